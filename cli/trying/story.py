"""The round that is said: two jobs, four candidates, a record with a mistake in it. Nobody in it exists."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic_core import to_json

from services.notifications.domain.hours import next_open
from shared.contracts import BY_TOPIC, fact_of, key_of
from shared.kit.cloudevents import Envelope, Headers, encode

SOURCE = "/platform/try"
NAMES = {"ana": "Ana Ruiz", "bo": "Bo Chen", "cy": "Cy Novak", "di": "Di Moreau"}
COLLEAGUES = {"rita": "Rita Marsh", "hank": "Hank Oduya", "ivy": "Ivy Larsen"}
FIRST_JOB, NEXT_JOB = "data-1", "data-2"
INTERVIEWED = timedelta(days=-20)  # so long ago that no letter thanks for it before the decision is read
_TITLES = {FIRST_JOB: "Data Analyst", NEXT_JOB: "Senior Data Analyst"}
_ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
)
_COMPETENCIES = (
    {"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3},
    {"competency": "python", "name": "Python", "level": 3, "weight": 2},
)
_LEVEL_OF_NO_SCALE = 7

Body = dict[str, Any]


class StoryRecord(NamedTuple):
    """One fact as it goes to Kafka."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers
    event: str  # its id


class Story:
    """What is said, counted from the full hour: said again within the hour, it is word for word the same."""

    def __init__(self, now: datetime) -> None:
        self.start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self.organization = f"try-{self.start:%Y%m%d-%H}"
        self.zone = next((zone for zone in _ZONES if _is_open(self.start, zone)), _ZONES[0])

    @property
    def letters_leave_at(self) -> datetime:
        """At once, unless it is weekend everywhere: where they live it is a working day."""
        return next_open(self.start, self.zone)

    def records(self) -> list[StoryRecord]:
        """All of it; the organisation's settings last, as no letter leaves before them."""
        return [self._record(topic, when, body) for topic, when, body in self._facts()]

    def _record(self, topic: str, when: timedelta, body: Body) -> StoryRecord:
        contract, at = BY_TOPIC[topic], self.start + when
        event = contract.model_validate(_mended(body))
        fact = fact_of(self.organization, event)
        envelope = Envelope(
            organization=self.organization,
            id=f"{topic}:{fact}:{at:%Y%m%dT%H%M}",  # the same event again has the same id
            source=SOURCE,
            type=topic,
            time=at,  # when the record last changed, not when it is sent
            subject=fact,
            causation=None,
            historical=False,
            data=to_json(body),
        )
        return StoryRecord(topic, *encode(envelope, key_of(self.organization, event)), envelope.id)

    def _facts(self) -> Iterator[tuple[str, timedelta, Body]]:
        for user, name in COLLEAGUES.items():
            yield "user-registered", _days(-40), self._person(name) | {"user": user}
        yield "job-opened", _days(-30), self._job(FIRST_JOB, _days(-30))
        for candidate in ("ana", "bo", "cy"):
            yield from self._applied(candidate, FIRST_JOB, _days(-28), starts=INTERVIEWED)
        for candidate in ("ana", "bo"):
            yield from self._interviewed(candidate)
        yield from self._feedback()
        yield from self._decided()
        yield "job-opened", _hours(-1), self._job(NEXT_JOB, _hours(-1))
        yield from self._applied("di", NEXT_JOB, _hours(-1), starts=_hours(20))
        yield "organization-configured", _days(-40), self._settings()

    def _settings(self) -> Body:
        """Live, as nobody in here has a mailbox. Whoever says them last need not wait for what else may come."""
        return {
            "name": "Acme",
            "language": "en",
            "timezone": self.zone,
            "outreach_mode": "live",
            "automatic_release": True,
            "settling_minutes": 0,
            "reply_person": "rita",
            "controller": "Acme, made up to try Talentloop",
            "privacy_url": "https://acme.example/privacy",
            "imprint_url": "https://acme.example/imprint",
            "supervisory_authority": "Data Protection Authority of Example",
        }

    def _person(self, name: str) -> Body:
        """Names under `.example` lead nowhere (RFC 2606)."""
        address = f"{name.split(maxsplit=1)[0].lower()}@mail.example"
        return {"name": name, "email": address, "timezone": self.zone}

    def _job(self, job: str, opened: timedelta) -> Body:
        return {
            "job": job,
            "title": _TITLES[job],
            "opened_at": self.start + opened,
            "language": "en",
            "family": "Data",
            "team": [{"user": "rita", "role": "recruiter"}],
            "competencies": _COMPETENCIES,
        }

    def _applied(
        self, candidate: str, job: str, at: timedelta, *, starts: timedelta
    ) -> Iterator[tuple[str, timedelta, Body]]:
        application = {"application": f"app-{candidate}", "candidate": candidate, "job": job}
        yield "candidate-registered", at, self._person(NAMES[candidate]) | {"candidate": candidate, "language": "en"}
        yield "application-submitted", at, application | {"submitted_at": self.start + at}
        yield (
            "interview-scheduled",
            at,
            application
            | {
                "interview": f"int-{candidate}",
                "starts_at": self.start + starts,
                "ends_at": self.start + starts + _hours(1),
                "timezone": self.zone,
                "assesses": ["sql", "python"],
                "interviewers": [{"user": "hank"}, {"user": "ivy"}],
            },
        )

    def _interviewed(self, candidate: str) -> Iterator[tuple[str, timedelta, Body]]:
        body = {"interview": f"int-{candidate}", "application": f"app-{candidate}", "candidate": candidate}
        end = INTERVIEWED + _hours(1)
        times = {"starts_at": self.start + INTERVIEWED, "completed_at": self.start + end}
        yield "interview-completed", end, body | {"job": FIRST_JOB} | times

    def _feedback(self) -> Iterator[tuple[str, timedelta, Body]]:
        yield self._verdict("ana", "hank", "yes", (0.75, 0.5), _shared(_EXPLAINS, _READS_ALL))
        yield self._verdict("ana", "ivy", "strong_yes", (1.0, 0.75), _shared(_CLEAR))
        yield self._verdict("bo", "hank", "no", (0.25, 0.5), _shared(_NAMES_WELL, _DOUBLES))
        yield self._verdict("bo", "ivy", "no", (_LEVEL_OF_NO_SCALE, 0.5), None)

    def _verdict(
        self, candidate: str, interviewer: str, overall: str, levels: tuple[float, float], shareable: Body | None
    ) -> tuple[str, timedelta, Body]:
        at = INTERVIEWED + _hours(4)
        body = {
            "feedback": f"fb-{candidate}-{interviewer}",
            "interview": f"int-{candidate}",
            "application": f"app-{candidate}",
            "candidate": candidate,
            "interviewer": interviewer,
            "submitted_at": self.start + at,
            "overall": overall,
            "ratings": [{"competency": c, "level": level} for c, level in zip(("sql", "python"), levels, strict=True)],
        }
        return "feedback-submitted", at, body | ({"shareable": shareable} if shareable else {})

    def _decided(self) -> Iterator[tuple[str, timedelta, Body]]:
        cancelled = {"interview": "int-cy", "application": "app-cy", "candidate": "cy", "by": "candidate"}
        times = {"starts_at": self.start + INTERVIEWED, "cancelled_at": self.start + _days(-21)}
        yield "interview-cancelled", _days(-21), cancelled | times
        yield self._decision("cy", _days(-4), {"outcome": "withdrawn"})
        reason = {"code": "experience", "class": "we_declined"}
        for candidate in ("ana", "bo"):
            not_selected = {"outcome": "not_selected", "decided_by": "rita", "reason": reason}
            yield self._decision(candidate, _days(-3), not_selected)
        closed = {"job": FIRST_JOB, "closed_at": self.start + _days(-3), "outcome": "nobody_hired"}
        yield "job-closed", _days(-3), closed
        yield (
            "consent-changed",
            _days(-2),
            {
                "candidate": "ana",
                "purpose": "talent_pool",
                "granted": True,
                "given_at": self.start + _days(-2),
                "text_version": "2026-1",
                "language": "en",
                "how": "platform",
            },
        )

    def _decision(self, candidate: str, at: timedelta, said: Mapping[str, Any]) -> tuple[str, timedelta, Body]:
        body = {"application": f"app-{candidate}", "candidate": candidate, "job": FIRST_JOB}
        return "application-decided", at, body | {"decided_at": self.start + at, **said}


_EXPLAINS = {"competency": "sql", "observed": "You explained each join before you wrote it."}
_CLEAR = {"competency": "communication", "observed": "You gave the answer first, and then the way to it."}
_READS_ALL = {
    "competency": "python",
    "observed": "You read the whole file into memory.",
    "suggestion": "Try a generator where a file may be large.",
}
_NAMES_WELL = {"competency": "python", "observed": "You named every variable so that it could be read aloud."}
_DOUBLES = {
    "competency": "sql",
    "observed": "You counted rows before you removed doubles.",
    "suggestion": "Compare the row count with what you expect after each join.",
}


def _shared(strength: Body, development: Body | None = None) -> Body:
    return {"language": "en", "strengths": [strength], "development": [development] if development else []}


def _mended(body: Body) -> Body:
    """The body with levels of the scale: the key of a record that is refused is right."""
    if "ratings" not in body:
        return body
    return body | {"ratings": [rating | {"level": min(rating["level"], 1)} for rating in body["ratings"]]}


def _is_open(start: datetime, zone: str) -> bool:
    """For the whole hour."""
    return all(next_open(instant, zone) == instant for instant in (start, start + _hours(1)))


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)
