"""A written letter becomes a mail: its headers, and both of its forms."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueAddressHeader, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from typing import NamedTuple
from uuid import UUID

from services.notifications.letters.rendering import LetterFrame, LetterWords, as_html, as_text
from shared.contracts import Stream, as_sent

_TOKEN_BYTES = 8


class LinkHeader(UnstructuredHeader, BaseHeader):
    """A link, or a mail's id, whole: the library would cut a long one into encoded words, which nobody follows."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


class SubjectHeader(UnstructuredHeader, BaseHeader):
    """A subject with all of its spaces: the library loses some between encoded words (python/cpython#92081)."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {_spelled(str(self), self.name, policy)}{policy.linesep}"


class PersonHeader(UniqueAddressHeader, BaseHeader):  # type: ignore[misc]  # so does the registry join them
    """Somebody by their whole name: the library loses spaces as in subjects, and the quotes of what it folds."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        if len(self.addresses) != 1 or not self.addresses[0].display_name:
            return super().fold(policy=policy)
        who, line = self.addresses[0], f"{self.name}: {self}{policy.linesep}"
        if who.display_name.isascii() and len(line) <= (policy.max_line_length or len(line)):
            return line
        name = _spelled(who.display_name, self.name, policy, "utf-8")
        return f"{self.name}: {name}{policy.linesep} <{who.addr_spec}>{policy.linesep}"


def _spelled(words: str, header: str, policy: Policy, charset: str | None = None) -> str:
    said = Header(words, charset, header_name=header, maxlinelen=policy.max_line_length)
    return said.encode(linesep=policy.linesep)


class Headers(HeaderRegistry):
    """The library makes a class for every header of every mail; here once for each name."""

    def __init__(self) -> None:
        super().__init__()
        self.map_to_type("subject", SubjectHeader)
        for name in ("from", "to", "reply-to"):
            self.map_to_type(name, PersonHeader)
        for name in ("list-unsubscribe", "in-reply-to", "references"):
            self.map_to_type(name, LinkHeader)
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


def policy_for(address: str) -> Policy:
    """How a mail to this address is made into bytes."""
    return _POLICIES[as_sent(address).isascii()]


class Unaddressable(Exception):
    """No mail can be made for this address: it says which part does not fit, never its words."""


class Letterhead(NamedTuple):
    """Who writes to whom, in which thread, and where answers go."""

    sender_name: str
    sender_address: str
    to_name: str
    to_address: str
    reply_address: str
    message_id: str
    written_at: datetime
    follows: tuple[str, ...] = ()  # the mails in whose thread it stands


class CalendarFile(NamedTuple):
    """What a mail program does with it (RFC 5546), and its bytes."""

    method: str
    content: bytes


def compose(
    words: LetterWords, frame: LetterFrame, head: Letterhead, stream: Stream, calendar: Sequence[CalendarFile] = ()
) -> bytes:
    """The whole mail as it leaves. Raises Unaddressable."""
    try:
        mail = EmailMessage(policy=policy_for(head.to_address))
        _address(mail, words.subject, head)
        _mark(mail, frame, stream)
        mail.set_content(as_text(words, frame))
        mail.add_alternative(as_html(words, frame), subtype="html")
        _attach(mail, calendar)
        mail["Content-Language"] = frame.language  # set before, it would belong to the first part only
        return mail.as_bytes()
    except (ValueError, IndexError, UnicodeError) as error:
        raise Unaddressable(type(error).__name__) from None


def _attach(mail: EmailMessage, calendar: Sequence[CalendarFile]) -> None:
    for number, file in enumerate(calendar, start=1):
        mail.add_attachment(
            file.content,
            maintype="text",
            subtype="calendar",
            params={"method": file.method, "charset": "utf-8"},
            filename=f"interview-{number}.ics",
        )


def _address(mail: EmailMessage, subject: str, head: Letterhead) -> None:
    """Values go into headers as values: a line break in one is an error, never a header of its own."""
    mail["Subject"] = subject
    mail["From"] = addressed(head.sender_name, head.sender_address)
    mail["To"] = addressed(head.to_name, head.to_address)
    mail["Reply-To"] = addressed("", head.reply_address)
    mail["Date"] = head.written_at
    mail["Message-ID"] = head.message_id
    follow(mail, head.follows)


def follow(mail: EmailMessage, mails: Sequence[str]) -> None:
    """Put it into the thread of these mails (RFC 5322, 3.6.4)."""
    if mails:
        mail["In-Reply-To"] = mails[-1]
        mail["References"] = " ".join(mails)


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
    return Spelled(" ".join(name.split()) if name.isprintable() else name, local, domain)


def _mark(mail: EmailMessage, frame: LetterFrame, stream: Stream) -> None:
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if stream is not Stream.DUTY and frame.unsubscribe_link:
        mail["List-Unsubscribe"] = f"<{frame.unsubscribe_link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


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
