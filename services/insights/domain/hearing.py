"""From facts as they are saved to what was heard of one person: every fact at its newest version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from services.insights.domain.heard import (
    HeardApplication,
    HeardDelay,
    HeardFeedback,
    HeardInterview,
    HeardLetter,
    HeardMail,
    HeardMatch,
    HeardPerson,
    HeardPlace,
    HeardRating,
    HeardRelease,
    HeardReturn,
)
from shared.contracts import (
    CancelledBy,
    FeedbackKind,
    MemberStatus,
    MissedBy,
    Missing,
    Outcome,
    Overall,
    ReasonClass,
    Tier,
)
from shared.contracts.reading import SaidOfInterview

ASSUMED = "/assumed"
DECISION = "decision"  # the kind of letter that answers an application
TO_MANY = frozenset(("campaign", "keep_in_touch"))  # kinds that tell many the same

Body = Mapping[str, Any]
Word = TypeVar("Word", bound=StrEnum)


class SavedFact(NamedTuple):
    """One fact about somebody; of texts only how many there are."""

    topic: str
    fact: str
    job: str | None
    time: datetime
    historical: bool
    body: Body


_PLACE = attrgetter("topic", "fact", "time")
_NONE: Mapping[str, SavedFact] = {}


class _Saved:
    """The facts of one person by topic and id."""

    def __init__(self, facts: Iterable[SavedFact]) -> None:
        self._facts: dict[str, dict[str, SavedFact]] = {}
        for fact in sorted(facts, key=_PLACE):
            self._facts.setdefault(fact.topic, {})[fact.fact] = fact

    def all(self, topic: str) -> Iterable[SavedFact]:
        return self._facts.get(topic, _NONE).values()

    def get(self, topic: str, fact: str) -> SavedFact | None:
        return self._facts.get(topic, _NONE).get(fact)

    def body(self, topic: str, fact: str) -> Body:
        found = self.get(topic, fact)
        return found.body if found else {}

    def named(self, *topics: str) -> list[str]:
        return sorted({fact for topic in topics for fact in self._facts.get(topic, _NONE)})


def hear(organization: str, person: str, facts: Iterable[SavedFact]) -> HeardPerson:
    """`facts` are those under all of the person's ids."""
    saved = _Saved(facts)
    return HeardPerson(
        organization,
        person,
        applications=tuple(_applications(saved)),
        interviews=tuple(_interviews(saved)),
        feedback=tuple(_feedback(saved)),
        releases=tuple(_releases(saved)),
        letters=tuple(_letters(saved)),
        mails=tuple(_mails(saved)),
        delays=tuple(_delays(saved)),
        places=tuple(_places(saved)),
        matches=tuple(_matches(saved)),
        returns=tuple(_returns(saved)),
    )


def _applications(saved: _Saved) -> Iterator[HeardApplication]:
    for application in saved.named("application-submitted", "application-decided"):
        submitted, decided = (
            saved.get("application-submitted", application),
            saved.get("application-decided", application),
        )
        told = decided.body if decided else {}
        reason, notice = told.get("reason") or {}, told.get("notice") or {}
        asked = submitted.body if submitted else {}
        yield HeardApplication(
            application,
            job=(submitted and submitted.job) or (decided and decided.job) or None,
            submitted_at=_at(asked.get("submitted_at")),
            decided_at=_at(told.get("decided_at")),
            reversed_at=_at(saved.body("application-decision-reversed", application).get("reversed_at")),
            outcome=_one(Outcome, told.get("outcome")),
            reason_code=reason.get("code"),
            reason_class=_one(ReasonClass, reason.get("class")),
            noticed_at=_at(notice.get("sent_at")),
            is_rediscovered=asked.get("origin") == "rediscovered",
            is_historical=any(f.historical for f in (submitted, decided) if f),
        )


def _interviews(saved: _Saved) -> Iterator[HeardInterview]:
    ids = saved.named("interview-scheduled", "interview-completed", "interview-cancelled", "interview-missed")
    for interview in sorted({i.removesuffix(ASSUMED) for i in ids}):
        slot, held = saved.body("interview-scheduled", interview), saved.body("interview-completed", interview)
        assumed = saved.body("interview-completed", interview + ASSUMED)
        cancelled = saved.body("interview-cancelled", interview)
        missed = saved.body("interview-missed", interview)
        told = [body for body in (slot, held, assumed, cancelled, missed) if body]
        stage = slot.get("stage") or {}
        yield HeardInterview(
            interview,
            told[0]["application"],
            job=next((body["job"] for body in told if body.get("job")), None),
            stage=stage.get("name"),
            position=stage.get("position"),
            said=SaidOfInterview(
                starts_at=_at(slot.get("starts_at")),
                ends_at=_at(slot.get("ends_at")),
                completed_at=_at(held.get("completed_at")),
                assumed_at=_at(assumed.get("completed_at")),
                assumed_slot=_at(assumed.get("starts_at")),
                cancelled_at=_at(cancelled.get("cancelled_at")),
                cancelled_slot=_at(cancelled.get("starts_at")),
                missed_at=_at(missed.get("missed_at")),
                missed_slot=_at(missed.get("starts_at")),
            ),
            cancelled_by=_one(CancelledBy, cancelled.get("by")),
            missed_by=_one(MissedBy, missed.get("by")),
            owed_by=tuple(_owing(held.get("interviewers") or slot.get("interviewers") or ())),
            assesses=tuple(slot.get("assesses") or ()),
        )


def _owing(interviewers: Sequence[Body]) -> Iterator[str]:
    """Who a completion names as interviewers were those who came."""
    yield from dict.fromkeys(i["user"] for i in interviewers if i.get("feedback_required", True))


def _feedback(saved: _Saved) -> Iterator[HeardFeedback]:
    for fact in saved.all("feedback-submitted"):
        body = fact.body
        yield HeardFeedback(
            fact.fact,
            body["application"],
            body["interviewer"],
            datetime.fromisoformat(body["submitted_at"]),
            interview=body.get("interview"),
            kind=FeedbackKind(body["kind"]),
            withdrawn_at=_at(saved.body("feedback-withdrawn", fact.fact).get("withdrawn_at")),
            overall=_one(Overall, body.get("overall")),
            ratings=tuple(HeardRating(r["competency"], r.get("level")) for r in body.get("ratings") or ()),
            strengths=body["strengths"],
            development=body["development"],
            misconceptions=tuple(body["misconceptions"]),
        )


def _releases(saved: _Saved) -> Iterator[HeardRelease]:
    for fact in saved.all("feedback-released"):
        released_at = datetime.fromisoformat(fact.body["released_at"])
        yield HeardRelease(fact.fact, fact.body["application"], released_at, tuple(fact.body["development"]))


def _letters(saved: _Saved) -> Iterator[HeardLetter]:
    for fact in saved.all("outreach-sent"):
        if fact.body["kind"] == DECISION and fact.body.get("application"):
            yield HeardLetter(fact.body["application"], fact.time, _came_back(saved, fact))


def _mails(saved: _Saved) -> Iterator[HeardMail]:
    for fact in saved.all("outreach-sent"):
        if fact.body["kind"] in TO_MANY and _came_back(saved, fact) is None:
            yield HeardMail(fact.fact, fact.body["candidate"], fact.body["kind"], fact.time)


def _came_back(saved: _Saved, sent: SavedFact) -> datetime | None:
    """For good."""
    bounced = saved.get("outreach-bounced", sent.fact)
    return bounced.time if bounced and bounced.body["bounce"] == "hard" else None


def _delays(saved: _Saved) -> Iterator[HeardDelay]:
    """Of answers to applications: what somebody asked a person for besides is another promise."""
    for fact in saved.all("answer-overdue"):
        if fact.body.get("response"):
            continue
        due_at = datetime.fromisoformat(fact.body["due_at"])
        yield HeardDelay(fact.body["application"], Missing(fact.body["missing"]), due_at)


def _places(saved: _Saved) -> Iterator[HeardPlace]:
    for fact in saved.all("candidate-pooled"):
        if _is_newest(fact, saved.get("candidate-left-pool", fact.fact)):
            tier, status = Tier(fact.body["tier"]), MemberStatus(fact.body["status"])
            yield HeardPlace(fact.body["application"], tier, status, fact.body.get("family"))


def _matches(saved: _Saved) -> Iterator[HeardMatch]:
    interested = {f.body.get("match") for f in saved.all("candidate-responded") if f.body.get("kind") == "interested"}
    for match in saved.named("candidate-matched", "match-withdrawn", "match-reviewed"):
        proposed, withdrawn = saved.get("candidate-matched", match), saved.get("match-withdrawn", match)
        reviewed = saved.get("match-reviewed", match)
        known = proposed or withdrawn or reviewed
        if known and known.job:
            is_accepted = reviewed is not None and reviewed.body.get("outcome") == "accepted"
            yield HeardMatch(
                match,
                known.job,
                stands=proposed is not None and _is_newest(proposed, withdrawn),
                accepted=is_accepted,
                interested=match in interested,
                accepted_at=_at(reviewed.body.get("reviewed_at")) if reviewed and is_accepted else None,
            )


def _returns(saved: _Saved) -> Iterator[HeardReturn]:
    for fact in saved.all("interview-returned"):
        body = fact.body
        yield HeardReturn(fact.fact, _at(body.get("counted_from")), body.get("returned"), body.get("without_loop"))


def _is_newest(fact: SavedFact, other: SavedFact | None) -> bool:
    """Of topics that replace one another the newest version stands."""
    return other is None or fact.time > other.time


def _at(instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant) if instant else None


def _one(kind: type[Word], value: str | None) -> Word | None:
    return kind(value) if value else None
