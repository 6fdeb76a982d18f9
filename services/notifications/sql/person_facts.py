"""Facts of one person as they are read, and which of their interviews took place."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from services.notifications.domain.records import Completed
from shared.contracts import Cause

Body = dict[str, Any]


class PersonFact(NamedTuple):
    """One fact of one person."""

    topic: str
    fact: str
    candidate: str
    job: str | None
    time: datetime
    is_historical: bool
    known_at: datetime | None
    body: Body


Facts = dict[str, list[PersonFact]]


def interviews(facts: Facts) -> dict[str, list[PersonFact]]:
    """What was said of each interview."""
    by_interview: dict[str, list[PersonFact]] = defaultdict(list)
    for topic in ("interview-scheduled", "interview-completed", "interview-cancelled", "interview-missed"):
        for k in facts.get(topic, ()):
            by_interview[k.body["interview"]].append(k)
    return by_interview


def completions(facts: Facts) -> list[tuple[str, str, str | None, Completed]]:
    """Interviews that took place, by the instants inside their facts: (application, candidate, job, interview)."""
    by_interview = interviews(facts)
    found = []
    for interview in sorted(by_interview):
        if said := standing_completion(by_interview[interview]):
            cause = Cause(said.topic, said.fact)
            done = Completed(interview, instant(said.body["completed_at"]), cause, said.is_historical)
            found.append((said.body["application"], said.candidate, said.job, done))
    return found


def standing_completion(known: list[PersonFact]) -> PersonFact | None:
    """The fact that says an interview took place, unless something later says that its slot did not."""
    slot = _slot(known)
    against = called_off(known)
    said_at = max((_said_at(k) for k in against), default=None)
    completions = [k for k in known if k.topic == "interview-completed"]
    said = [k for k in completions if k.body.get("basis") != "assumed"]
    if said and (said_at is None or _said_at(said[-1]) > said_at):
        return said[-1]
    assumed = [k for k in completions if k.body.get("basis") == "assumed" and _is_of(k, slot)]
    return None if against or not assumed else assumed[-1]


def called_off(known: list[PersonFact]) -> list[PersonFact]:
    """What says that the interview's slot did not take place."""
    slot = _slot(known)
    return [k for k in known if _is_against(k) and maybe(k.body["starts_at"]) == slot]


def _slot(known: list[PersonFact]) -> datetime | None:
    """The start in its newest schedule, else in the newest fact that calls it off."""
    schedules = [k for k in known if k.topic == "interview-scheduled"]
    newest = max(schedules or [k for k in known if _is_against(k)], key=lambda k: k.time, default=None)
    return instant(newest.body["starts_at"]) if newest else None


def _is_against(k: PersonFact) -> bool:
    return k.topic in ("interview-cancelled", "interview-missed")


def _is_of(k: PersonFact, slot: datetime | None) -> bool:
    starts_at = maybe(k.body.get("starts_at"))
    return starts_at is None or slot is None or starts_at == slot


def _said_at(k: PersonFact) -> datetime:
    body = k.body
    return instant(body.get("completed_at") or body.get("cancelled_at") or body["missed_at"])


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
