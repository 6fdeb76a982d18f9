"""What a mail that came back means: a bounce, an absence, something automatic, or words of a person."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from typing import NamedTuple, cast

from services.notifications.domain.away import last_day_away, speaks_of_absence

_LONGEST_TEXT = 20_000
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: refusals for good that speak of the moment, the letter or of us, and not of the address
_ADDRESS_IS_FINE = {("2", "2"), ("3", "4"), ("2", "3"), ("4", "7")}
_ABOUT_POLICY = "7"
# What mailboxes put before the subject when they answer by themselves, some of them with no other sign
_BY_ITSELF = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office(?: autoreply| reply)?|"
    r"automatische antwort|autom\. antwort|abwesenheits(?:notiz|meldung|nachricht|assistent)|abwesend|abwesenheit|"
    r"réponse automatique|absence du bureau|(?:message|avis|notification) d['’]absence|absente?|"
    r"respuesta automática|fuera de (?:la )?oficina|mensaje de ausencia|ausente|ausencia)\s*[:：]",
)
_TAGS = re.compile(r"<[^>]*>")


class Meaning(StrEnum):
    """What a mail is."""

    HARD = "hard_bounce"
    SOFT = "soft_bounce"
    OUT_OF_OFFICE = "out_of_office"
    AUTOMATIC = "automatic"  # nobody wrote it, and it says nothing we can use
    REPLY = "replied"


class Read(NamedTuple):
    """What a mail means, who it says wrote it, and what it is known by when it is brought again."""

    meaning: Meaning
    name: str
    last_day_away: date | None = None


def read(content: bytes, *, has_sender: bool, received: date) -> Read:
    """What a mail means. `has_sender`: false for the null return path, which only machines use."""
    mail = message_from_bytes(content, policy=default)
    name = hashlib.sha256(_header(mail, "Message-ID").encode("utf-8", "replace") or content).hexdigest()
    if meaning := _bounce(mail, has_sender=has_sender):
        return Read(meaning, name)
    if _is_automatic(mail) or not has_sender:
        text = f"{_header(mail, 'Subject')}\n{_text(mail)}"
        day = last_day_away(text, received)
        is_absence = day is not None or speaks_of_absence(text)
        return Read(Meaning.OUT_OF_OFFICE if is_absence else Meaning.AUTOMATIC, name, day)
    return Read(Meaning.REPLY, name)


def hops(content: bytes) -> int:
    """How many servers a mail went through. One that goes round gathers them."""
    head = content.partition(b"\r\n\r\n")[0]
    return len(re.findall(rb"(?mi)^received:", head))


def _bounce(mail: EmailMessage, *, has_sender: bool) -> Meaning | None:
    """RFC 3464, else the first status code in what a server without a return path says."""
    if mail.get_content_type() == "multipart/report":
        statuses = [
            s for part in mail.walk() if part.get_content_type() == "message/delivery-status" for s in _said(part)
        ]
        if statuses:
            return max((_weigh(action, status) for action, status in statuses), key=_weight)
    found = None if has_sender or _is_answer(mail) else _STATUS.search(_text(mail))
    return _weigh("failed", found[0]) if found and found[1] != "2" else None


def _said(part: object) -> Iterator[tuple[str, str]]:
    """(action, status) for each recipient of a delivery status."""
    for block in cast(EmailMessage, part).get_payload():
        if isinstance(block, EmailMessage) and (block.get("Action") or block.get("Status")):
            yield _header(block, "Action").casefold(), _header(block, "Status")


def _weigh(action: str, status: str) -> Meaning:
    found = _STATUS.search(status)
    if action not in ("failed", ""):
        return Meaning.SOFT if action == "delayed" else Meaning.AUTOMATIC
    if not found or found[1] != "5":
        return Meaning.SOFT
    is_fine = (found[2], found[3]) in _ADDRESS_IS_FINE or found[2] == _ABOUT_POLICY
    return Meaning.SOFT if is_fine else Meaning.HARD


def _weight(meaning: Meaning) -> int:
    return (Meaning.AUTOMATIC, Meaning.SOFT, Meaning.HARD).index(meaning)


def _is_automatic(mail: EmailMessage) -> bool:
    """RFC 3834, what was used before it, and what Exchange does: it marks what it answers, or only says so."""
    submitted = _header(mail, "Auto-Submitted").casefold()
    if submitted and not submitted.startswith("no"):
        return True
    precedence = _header(mail, "Precedence").casefold()
    return (
        precedence in ("auto_reply", "bulk", "junk", "list")
        or any(
            name in mail
            for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Response-Suppress", "List-Id")
        )
        or bool(_BY_ITSELF.match(_header(mail, "Subject").casefold()))
    )


def _is_answer(mail: EmailMessage) -> bool:
    return _header(mail, "Auto-Submitted").casefold().startswith("auto-replied")


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return str(mail.get(name, "")).strip()
    except (ValueError, IndexError, AttributeError):  # the header of a broken mail
        return ""


def _text(mail: EmailMessage) -> str:
    """The beginning of its words, however they are packed."""
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        words = str(part.get_content())[:_LONGEST_TEXT]
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        words = (payload if isinstance(payload, bytes) else b"")[:_LONGEST_TEXT].decode("utf-8", "replace")
    return _TAGS.sub(" ", words) if part.get_content_type() == "text/html" else words
