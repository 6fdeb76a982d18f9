"""One timeline of a person, from what several services tell; whatever happened by itself names what it follows from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CAUSES = frozenset({"applied", "decided", "interview", "response", "consent"})


@dataclass(frozen=True)
class Entry:
    """Something that happened, or is to come. `about`: as its service tells it; `cause`: the entry it follows from."""

    at: datetime
    kind: str
    about: Any
    cause: "Entry | None" = field(default=None, compare=False)


def timeline(
    applications: Iterable[Any],
    interviews: Iterable[Any],
    feedback: Iterable[Any],
    responses: Iterable[Any],
    consents: Iterable[Any],
    reviews: Iterable[Any],
    letters: Iterable[Any],
) -> list[Entry]:
    """The newest first."""
    entries = [Entry(one.submitted_at, "applied", one) for one in applications if one.submitted_at]
    entries += [Entry(one.decision.decided_at, "decided", one) for one in applications if _is_decided(one)]
    entries += [
        Entry(one.starts_at or one.ended_at, "interview", one) for one in interviews if one.starts_at or one.ended_at
    ]
    entries += [Entry(one.submitted_at, "feedback", one) for one in feedback]
    entries += [Entry(one.responded_at, "response", one) for one in responses]
    entries += [Entry(one.given_at, "consent", one) for one in consents]
    entries += [Entry(one.review.reviewed_at, "pool", one) for one in reviews if one.review]
    entries += [Entry(one.sent_at or one.send_at, "letter", one, _cause(entries, one.cause_at)) for one in letters]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _is_decided(application: Any) -> bool:
    return application.state == "decided" and getattr(application, "decision", None) is not None


def _cause(entries: Sequence[Entry], at: datetime) -> Entry | None:
    return next((one for one in entries if one.at == at and one.kind in CAUSES), None)
