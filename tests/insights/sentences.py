"""The demo's round as the services say it: facts of platforms, and what the others make of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.insights.domain.heard import HeardPerson
from shared.contracts import (
    CandidateMatched,
    CandidatePooled,
    CandidateResponded,
    Event,
    FeedbackReleased,
    InterviewReturned,
    MatchReviewed,
    OutreachSent,
    letter_id,
)
from tests.heard import Heard
from tests.insights import halden
from tests.insights.halden import NOW


def everything_said() -> list[Heard]:
    """Halden's story until the end of the year."""
    told = [Heard(event, at=NOW, organization=halden.story.ORGANIZATION) for event in halden.events()]
    return [*told, *(said for person in halden.people().values() for said in said_of(person))]


def told_to_many(person: str, organization: str = "acme") -> Iterator[Heard]:
    """A campaign (g1) and a mail of news that reached somebody in December."""
    at = datetime(2026, 12, 1, 8, tzinfo=UTC)
    for kind, about in (("campaign", "g1"), ("keep_in_touch", "-")):
        mail = letter_id(organization, kind, about, person, 1)
        sent = OutreachSent(
            outreach=mail, candidate=person, stream="nurture", kind=kind, template_version="1", language="en",
            message_id=f"<{mail}@acme.example>",
        )  # fmt: skip
        yield Heard(sent, at=at, organization=organization)


def said_of(person: HeardPerson) -> Iterator[Heard]:
    """What candidates and notifications said of somebody."""
    for letter in person.letters:
        yield _heard(person, _letter(person, letter.application), letter.left_at)
    for event in (*_released(person), *_placed(person), *_matched(person), *_returned(person)):
        yield _heard(person, event, NOW)


def _heard(person: HeardPerson, event: Event, at: datetime) -> Heard:
    return Heard(event, at=at, organization=person.organization)


def _letter(person: HeardPerson, application: str) -> OutreachSent:
    return OutreachSent(
        outreach=f"o-{person.person}", candidate=person.person, stream="duty", kind="decision", application=application,
        template_version="1", language="en", message_id=f"<{person.person}@halden.example>",
    )  # fmt: skip


def _released(person: HeardPerson) -> Iterator[Event]:
    for release in person.releases:
        development = [
            {"competency": c, "observed": "It was seen.", "suggestion": "Do this.", "feedback": "f"}
            for c in release.development
        ]
        yield FeedbackReleased.model_validate(
            {
                "letter": release.letter, "application": release.application, "candidate": person.person,
                "language": "en", "strengths": [], "development": development, "approved_by": "hanna",
                "released_at": release.released_at,
            }
        )  # fmt: skip


def _placed(person: HeardPerson) -> Iterator[Event]:
    for place in person.places:
        yield CandidatePooled(
            membership=f"m-{person.person}", candidate=person.person, family="data", tier=place.tier,
            status=place.status, application=place.application, why=(), evidence=(), rules_version="1",
        )  # fmt: skip


def _matched(person: HeardPerson) -> Iterator[Event]:
    for match in person.matches:
        named = {"match": match.match, "job": match.job, "candidate": person.person}
        yield CandidateMatched.model_validate(
            {**named, "run": "r", "meets": 1, "of": 1, "coverage": 1.0, "factors": (), "gaps": (), "rules_version": "1"}
        )
        if match.accepted:
            review = {"outcome": "accepted", "by": "ben", "reviewed_at": NOW, "reason": {"code": "fits"}}
            yield MatchReviewed.model_validate({**named, **review})
        if match.interested:
            yield CandidateResponded(
                response=f"r-{match.match}", candidate=person.person, responded_at=NOW, kind="interested",
                match=match.match,
            )  # fmt: skip


def _returned(person: HeardPerson) -> Iterator[Event]:
    jobs = {i.interview: i for i in person.interviews}
    for returned in person.returns:
        interview = jobs[returned.interview]
        yield InterviewReturned(
            interview=returned.interview, candidate=person.person, application=interview.application,
            job=interview.job, counted_from=returned.counted_from, returned=returned.returned,
            without_loop=returned.without_loop,
        )  # fmt: skip
