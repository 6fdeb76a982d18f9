"""A letter becomes a mail: words in the reader's language, text and HTML from one source, and its headers."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notifications.domain.organizations import SoughtCompetency
from services.notifications.domain.records import FeedbackItem
from shared.contracts import Stream, as_sent
from shared.web.translation import LANGUAGES, spoken, words_of

TEMPLATE_VERSION = "mail-2026-11"
COLOUR = "#14532d"
DARK = 140  # of 255: on a darker background white words are easier to read
BUTTON, HEADING, ITEM = "\x01", "\x02", "\x03"  # begin a line; no value holds them
_TOKEN_BYTES = 8
_LOCALES = {"en": "en_GB"}  # the day before the month

Value = str | int | None | Sequence[Mapping[str, str | None]] | Sequence[str]


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("services.notifications", "templates/mail"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    words = words_of(("services.notifications",), language)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(button=BUTTON, heading=HEADING, item=ITEM)
    return environment


mails = {language: _environment(language) for language in LANGUAGES}


class LinkHeader(UnstructuredHeader, BaseHeader):
    """One link, whole: the library would cut a long one into encoded words, which no mail program takes for a link."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


class Headers(HeaderRegistry):
    """The library makes a class for every header of every mail; here once for each name."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("list-unsubscribe", LinkHeader)
        self._known: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        """The class of a header."""
        if name not in self._known:
            self._known[name] = super().__getitem__(name)
        return self._known[name]


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
# Relays that rewrite bodies would break signatures.
_POLICIES = {
    is_ascii: policy.clone(cte_type="7bit", header_factory=Headers())
    for is_ascii, policy in ((True, SMTP), (False, SMTPUTF8))
}


class Unaddressable(Exception):
    """No mail can be made for this address: it says which part does not fit, never its words."""


class Block(NamedTuple):
    """A paragraph; a button where it has a link; an interviewer's words under a label, in a language of their own."""

    text: str
    link: str | None = None
    is_heading: bool = False
    label: str | None = None
    language: str | None = None


class LetterWords(NamedTuple):
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
    page_link: str | None = None  # the candidate's own page; a colleague has none


def language_for(*preferred: str | None) -> str:
    """The first language we have words in, the most preferred first."""
    return spoken(*preferred)


def write(variant: str, language: str, **values: Value) -> LetterWords:
    """The words of a letter. The first line is the subject, each other one a block; values stay within their line."""
    source = mails[language].get_template(f"{variant}.txt").render({k: _in_one_line(v) for k, v in values.items()})
    subject, *lines = (line.strip(" ") for line in source.splitlines() if line.strip(" "))
    return LetterWords(subject, tuple(_block(line) for line in lines))


def said_on(instant: datetime, zone: str, language: str) -> str:
    """`Thursday, 19 November 2026, 10:00`, as people there say it; the clock of 24 hours."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_date(local, 'full', locale=_LOCALES.get(language, language))}, {local:%H:%M}"


def _in_one_line(value: Any) -> Any:
    """What a person typed begins no line of its own and marks none."""
    match value:
        case str():
            return " ".join("".join(c if c >= " " else " " for c in value).split())
        case Mapping():
            return {key: _in_one_line(one) for key, one in value.items()}
        case Sequence():
            return [_in_one_line(one) for one in value]
        case _:
            return value


def _block(line: str) -> Block:
    mark, rest = line[0], line[1:].strip()
    if mark == BUTTON:
        label, _, link = rest.rpartition(" | ")
        return Block(label, link)
    if mark == HEADING:
        return Block(rest, is_heading=True)
    if mark == ITEM:
        language, _, said = rest.partition(" ")
        label, _, text = said.partition(" | ")
        return Block(text, label=label, language=language)
    return Block(line)


def shown_items(items: Sequence[FeedbackItem], names: Mapping[str, SoughtCompetency]) -> list[dict[str, str | None]]:
    """Items as the templates read them: with the competency's name, and what the job looks for."""
    return [
        {
            "name": names[i.competency].name.replace(" | ", ", ") if i.competency in names else i.competency,
            "looks_for": names[i.competency].looks_for if i.competency in names else None,
            "observed": i.observed,
            "suggestion": i.suggestion,
            "language": i.language,
        }
        for i in items
    ]


def compose(words: LetterWords, head: Letterhead, language: str, stream: Stream) -> bytes:
    """The whole mail as it leaves. Raises Unaddressable."""
    values = {
        "blocks": words.blocks,
        "subject": words.subject,
        "language": language,
        "organization": head.organization,
        "colour": head.colour or COLOUR,
        "on_colour": _readable_on(head.colour or COLOUR),
        "unsubscribe_link": head.unsubscribe_link,
        "page_link": head.page_link,
    }
    try:
        mail = EmailMessage(policy=_POLICIES[as_sent(head.to_address).isascii()])
        _address(mail, words.subject, head)
        _mark(mail, head, stream)
        mail.set_content(mails[language].get_template("layout.txt").render(values))
        mail.add_alternative(mails[language].get_template("layout.html").render(values), subtype="html")
        mail["Content-Language"] = language  # set before, it would belong to the first part only
        return mail.as_bytes()
    except (ValueError, IndexError, UnicodeError) as error:
        raise Unaddressable(type(error).__name__) from None


def _address(mail: EmailMessage, subject: str, head: Letterhead) -> None:
    """Values go into headers as values: a line break in one is an error, never a header of its own."""
    mail["Subject"] = subject
    mail["From"] = addressed(head.sender_name, head.sender_address)
    mail["To"] = addressed(head.to_name, head.to_address)
    mail["Reply-To"] = addressed("", head.reply_address)
    mail["Date"] = head.written_at
    mail["Message-ID"] = head.message_id


class Spelled(Address):
    """An address whose local part stands as it is sent: Python's own quotes no dots, and takes ASCII only."""

    @property
    def addr_spec(self) -> str:
        """Local part and domain."""
        return f"{self.username}@{self.domain}"


def addressed(name: str, address: str) -> Address:
    """Somebody as a header names them. Raises ValueError for what could stand in no header."""
    if not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise ValueError("no address")
    local, _, domain = as_sent(address).rpartition("@")
    return Spelled(name, local, domain)


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
