"""A letter becomes a mail: words in the reader's language, text and HTML from one source, and its headers."""

import hashlib
import hmac
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import NamedTuple
from uuid import UUID

from babel.core import negotiate_locale
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from shared.contracts import Stream

TEMPLATE_VERSION = "mail-2026-11"
DEFAULT_LANGUAGE = "en"
COLOUR = "#14532d"
DARK = 140  # of 255: on a darker background white words are easier to read
_ACTION = "=> "
_TOKEN_BYTES = 8

mails = Environment(
    loader=PackageLoader("services.notifications", "templates/mail"),
    autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    undefined=StrictUndefined,
    keep_trailing_newline=False,
)
LANGUAGES = sorted({name.partition("/")[0] for name in mails.list_templates() if "/" in name})


class Unaddressable(Exception):
    """No mail can be made for this address: it says which part does not fit, never its words."""


class Block(NamedTuple):
    """A paragraph, or a button."""

    lines: tuple[str, ...]
    link: str | None = None


class Words(NamedTuple):
    """What a letter says, before it has a form."""

    subject: str
    blocks: tuple[Block, ...]


class Letterhead(NamedTuple):
    """Who writes to whom, and where answers go."""

    organization: str
    colour: str | None
    sender_name: str
    sender_address: str
    to_name: str
    to_address: str
    reply_address: str
    message_id: str
    written_at: datetime
    unsubscribe_link: str | None


def language_for(*preferred: str | None) -> str:
    """The first language we have words in, the most preferred first."""
    wanted = [p.replace("-", "_") for p in preferred if p]
    return negotiate_locale(wanted, LANGUAGES) or DEFAULT_LANGUAGE


def write(variant: str, language: str, **values: str | None) -> Words:
    """The words of a letter. The first line is the subject; a line `=> label | address` is a button."""
    source = mails.get_template(f"{language}/{variant}.txt").render(**values)
    subject, _, body = source.partition("\n")
    return Words(subject, tuple(_block(part) for part in body.split("\n\n") if part.strip()))


def _block(paragraph: str) -> Block:
    lines = tuple(line.strip() for line in paragraph.strip().splitlines())
    if lines[0].startswith(_ACTION):
        label, _, link = lines[0].removeprefix(_ACTION).partition(" | ")
        return Block((label,), link)
    return Block(lines)


def compose(words: Words, head: Letterhead, language: str, stream: Stream) -> bytes:
    """The whole mail as it leaves. Raises Unaddressable."""
    values = {
        "blocks": words.blocks,
        "subject": words.subject,
        "language": language,
        "organization": head.organization,
        "colour": head.colour or COLOUR,
        "on_colour": _readable_on(head.colour or COLOUR),
        "unsubscribe_link": head.unsubscribe_link,
    }
    try:
        policy = SMTP if head.to_address.isascii() else SMTPUTF8
        mail = EmailMessage(policy=policy.clone(cte_type="7bit"))  # relays that rewrite bodies would break signatures
        _address(mail, words.subject, head)
        _mark(mail, head, stream)
        mail.set_content(mails.get_template("layout.txt").render(values))
        mail.add_alternative(mails.get_template("layout.html").render(values), subtype="html")
        mail["Content-Language"] = language  # set before, it would belong to the first part only
        return mail.as_bytes()
    except (ValueError, IndexError, UnicodeError) as error:
        raise Unaddressable(type(error).__name__) from None


def _address(mail: EmailMessage, subject: str, head: Letterhead) -> None:
    """Values go into headers as values: a line break in one is an error, never a header of its own."""
    mail["Subject"] = subject
    mail["From"] = Address(head.sender_name, addr_spec=head.sender_address)
    mail["To"] = Address(head.to_name, addr_spec=head.to_address)
    mail["Reply-To"] = Address(addr_spec=head.reply_address)
    mail["Date"] = head.written_at
    mail["Message-ID"] = head.message_id


def _mark(mail: EmailMessage, head: Letterhead, stream: Stream) -> None:
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if stream is not Stream.DUTY and head.unsubscribe_link:
        mail["List-Unsubscribe"] = f"<{head.unsubscribe_link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _readable_on(colour: str) -> str:
    """White on dark, black on light."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < DARK else "#000000"


def message_id(letter: str, domain: str) -> str:
    """The same letter has the same Message-ID, however often it leaves."""
    return f"<{letter}@{domain}>"


def token(letter: str, key: str) -> str:
    """Names a letter in the local part of an address, so that nobody can make one up. The first of several keys."""
    name = UUID(letter).hex
    return name + _proof(name, key.partition(",")[0].strip())


def letter_of(named: str, key: str) -> str | None:
    """The letter a token names, by any of several keys; None for one that was made up or altered."""
    name, proof = named[:32], named[32:]
    known = [_proof(name, one.strip()) for one in key.split(",")]
    return str(UUID(name)) if any(hmac.compare_digest(proof, one) for one in known) else None


def _proof(name: str, key: str) -> str:
    return hmac.digest(key.encode(), f"reply/{name}".encode(), hashlib.sha256)[:_TOKEN_BYTES].hex()


def mailbox_of(address: str, key: str) -> str:
    """The keyed hash a mailbox is known by: without case, and without what comes after a plus."""
    local, _, domain = address.casefold().rpartition("@")
    normalised = f"{local.partition('+')[0]}@{domain}"
    return hmac.digest(key.encode(), f"mailbox/{normalised}".encode(), hashlib.sha256).hex()
