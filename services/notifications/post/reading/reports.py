"""Fields that machines write for machines: RFC 3464 and 6533, and the notifications of Amazon SES."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.notifications.post.reading.parsed_mail import ParsedMail

_FIELD = re.compile(
    r"^[>| \t]{0,8}(?P<name>action|status|diagnostic-code|final-recipient|"
    r"original-recipient)[ \t]{0,4}:(?P<value>[^\n]*(?:\n[ \t]{1,100}(?=\S)[^\n]*)*)|^(?P<blank>[>| \t]{0,8})$",
    re.I | re.M,
)
_NOTIFIED = re.compile(r'"(?:notification|event)type"\s{0,4}:\s{0,4}"(bounce|complaint|delivery)"', re.I)
_NOTIFIED_FIELD = re.compile(
    r'"(action|status|diagnosticcode|bouncetype)"\s{0,4}:\s{0,4}"((?:[^"\\]|\\.){0,2000})"', re.I
)
_FEEDBACK = re.compile(r"^feedback-type:[ \t]{0,4}([a-z-]{1,20})[ \t]{0,4}$", re.I | re.M)
AUTHENTICATION_FAILURE = "auth-failure"  # RFC 6591
NO_COMPLAINTS = frozenset((AUTHENTICATION_FAILURE, "not-spam"))
_DELIVERED = frozenset(("delivered", "deliverable", "relayed", "expanded"))
_SUCCESS = "2."


class Recipient(NamedTuple):
    """What became of a letter to one address."""

    action: str
    status: str = ""
    diagnostic: str = ""

    @property
    def has_it(self) -> bool:
        """True when nothing went wrong."""
        return self.action in _DELIVERED or self.status.startswith(_SUCCESS)


def recipients(mail: ParsedMail, text: str) -> list[Recipient]:
    """Those of the fields in `text`, in a part of their own or written into the words; or of a notification."""
    return list(_written(text)) or list(_notified(mail.words()))


def notification(mail: ParsedMail) -> str:
    """`bounce`, `complaint` or `delivery`, where it is a notification of Amazon SES; else nothing."""
    found = _NOTIFIED.search(mail.words())
    return found[1].casefold() if found else ""


def feedback(mail: ParsedMail) -> str:
    """The kind of feedback a provider reports (RFC 5965), wherever it stands; else nothing."""
    found = _FEEDBACK.search(mail.statements())
    return found[1].casefold() if found and _is_feedback(mail) else ""


def _is_feedback(mail: ParsedMail) -> bool:
    """A report of its own, or one that fell out of its wrapping."""
    return "message/feedback-report" in mail.kinds or "feedback-report" in mail.header("Content-Type")


def _written(text: str) -> Iterator[Recipient]:
    group: dict[str, str] = {}
    for found in _FIELD.finditer(text):
        name = (found["name"] or "").casefold()
        if not name or name in group:
            yield from _recipient(group)
            group = {}
        if name:
            group[name] = found["value"].strip()
    yield from _recipient(group)


def _recipient(group: dict[str, str]) -> Iterator[Recipient]:
    if group.keys() & {"action", "status"} and len(group) > 1:
        action = group.get("action", "failed").casefold().partition(" ")[0]
        kind, _, words = group.get("diagnostic-code", "").partition(";")
        yield Recipient(action, group.get("status", ""), words.strip() or kind)


def _notified(words: str) -> Iterator[Recipient]:
    found = _NOTIFIED.search(words)
    if found is None:
        return
    said = {name.casefold(): value for name, value in _NOTIFIED_FIELD.findall(words)}
    action = "delivered" if found[1].casefold() == "delivery" else said.get("action", "failed")
    kind, _, why = said.get("diagnosticcode", "").partition(";")
    yield Recipient(action.casefold(), said.get("status", ""), why.strip() or kind)
