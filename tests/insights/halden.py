"""The round su27-data of the demo as insights hears it: what platforms say, and what the other services make of it."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cli.demo import story
from cli.demo.cast import HANNA_AND_BEN, HELD, berlin
from cli.demo.notes import NOTES
from services.insights.domain.heard import HeardLetter, HeardMatch, HeardPerson, HeardPlace, HeardRelease, HeardReturn
from services.insights.domain.people import Workplace, derive_rows
from services.insights.domain.rounds import sum_up
from services.insights.domain.rows import PersonRows
from services.insights.domain.sums import SummedRound
from shared.business_days import Calendar
from shared.contracts import Event, MemberStatus, Tier, match_id
from tests.insights.hearing import heard_jobs, heard_people
from tests.insights.rounds import rows_of

NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
WORKPLACE = Workplace(Calendar("DE", None, "Europe/Berlin"), answer_after=5)
COUNTED_FROM = berlin(27, 18)
HALF_HOUR = timedelta(minutes=30)

PLACES = {
    "amara": (Tier.SILVER_MEDALIST, MemberStatus.ACTIVE),
    "lukas": (Tier.SILVER_MEDALIST, MemberStatus.ACTIVE),
    "hanna": (Tier.SILVER_MEDALIST, MemberStatus.ACTIVE),
    "noor": (Tier.PROMISING, MemberStatus.ACTIVE),
    "mei": (Tier.PROMISING, MemberStatus.INVITED),
    "priya": (Tier.PROMISING, MemberStatus.INVITED),
    "diego": (Tier.DEVELOPING, MemberStatus.NOT_INVITED),
    "tom": (Tier.UNASSESSED, MemberStatus.NOT_INVITED),
}
LEFT_AT = {"hanna": berlin(18, 12), "mei": berlin(16, 0), "priya": berlin(12, 8)}


def events() -> list[Event]:
    """What the platform of Halden says until the end of the year."""
    told = [
        *story.opening(),
        *(fact for day in range(3, 12) for facts in story.interviews(day) for fact in facts),
        *story.withdrawal(),
        *story.nobody_hired(),
        story.feedback(HANNA_AND_BEN, berlin(18, 11, 20)),
        *story.elsewhere(),
        *story.next_opening(),
        *story.rediscovered(),
        *story.hired(),
    ]
    return [fact.event for fact in told]


def people() -> dict[str, HeardPerson]:
    """Everybody of the round, with what we said of them."""
    return {person: _told(heard) for person, heard in heard_people(story.ORGANIZATION, events()).items()}


def rows() -> list[PersonRows]:
    """Everybody's rows."""
    jobs = heard_jobs(story.ORGANIZATION, events())
    return [derive_rows(person, jobs, WORKPLACE) for person in people().values()]


@cache
def round_of(job: str = story.FIRST_JOB) -> SummedRound:
    """One of the story's jobs, summed up."""
    jobs = heard_jobs(story.ORGANIZATION, events())
    return sum_up(jobs[job], rows_of(job, rows()), NOW)


def _told(heard: HeardPerson) -> HeardPerson:
    name, application = heard.person, f"a-{heard.person}-{story.FIRST_JOB}"
    own = [talk for talk in HELD if talk.candidate == name]
    left = HeardLetter(application, LEFT_AT.get(name, berlin(16, 8)))
    built_up = tuple(dict.fromkeys(NOTES[name, talk.interviewer].development[0] for talk in own))
    is_full = bool(built_up) and name != "priya"
    release = HeardRelease(f"l-{name}", application, left.left_at - HALF_HOUR, built_up)
    amara = name == "amara"
    match = HeardMatch(
        match_id(name, story.NEXT_JOB), story.NEXT_JOB, True, amara, amara, accepted_at=NOW if amara else None
    )
    return heard._replace(
        releases=(release,) if is_full else (),
        letters=(left,),
        places=(HeardPlace(application, *PLACES[name]),),
        matches=(match,) if name in ("amara", "hanna", "noor") else (),
        returns=tuple(HeardReturn(talk.id, COUNTED_FROM, _returned(name)) for talk in own),
    )


def _returned(name: str) -> str | None:
    return {"priya": None, "amara": "hire"}.get(name, "letter")
