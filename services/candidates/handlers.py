"""What happens because a fact arrived: everyone's place in the pool, and who is proposed for what."""

from collections.abc import Sequence
from datetime import datetime

from services.candidates import sql
from services.candidates.domain import considered, findable, keeping, mentoring, pool
from services.candidates.domain.considered import Kept
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CandidateErased,
    CandidateMerged,
    CandidateRegistered,
    CandidateResponded,
    ConsentChanged,
    ErasureRequested,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    MatchReviewed,
    MembershipReviewed,
    MentorshipEnded,
    MentorshipProposed,
    OutreachSent,
    UserRegistered,
)
from shared.kit.db import Connection
from shared.kit.people import Jobs, People
from shared.kit.router import Router
from shared.kit.say import say

router = Router()
router.spread(sql.find_applicants, JobOpened, JobClosed)
router.spread(sql.find_mentored, UserRegistered)

_PLACING = (
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, FeedbackSubmitted, FeedbackWithdrawn,
    ConsentChanged, CandidateResponded, OutreachSent, MembershipReviewed, CandidateMerged, ErasureRequested,
    CandidateErased, JobOpened,
)  # fmt: skip


@router.people(*_PLACING)
async def place_in_pool(conn: Connection, people: People, now: datetime) -> None:
    """Rule 1: tier and status of everyone the news is about."""
    records = await sql.load_records(conn, people)
    places = pool.place(records, now)
    changed = await sql.save_members(conn, people, places)
    await say(conn, [*pool.sayings(changed), *pool.farewells(records)], now)


@router.people(*_PLACING, CandidateRegistered)
async def describe_members(conn: Connection, people: People, _: datetime) -> None:
    """The words everyone in the pool is found by; of who is no longer in it, nothing, levels neither."""
    members, places = await sql.find_members(conn, people)
    if members:
        words = findable.describe(places, await sql.load_texts(conn, people.only(members)))
        moved = await sql.save_descriptions(conn, people.only(members), words)
        await _assess(conn, people.only(moved), places)


@router.people(
    FeedbackSubmitted, FeedbackWithdrawn, ApplicationSubmitted, InterviewScheduled, CandidateMerged
)  # fmt: skip
async def assess_members(conn: Connection, people: People, _: datetime) -> None:
    """The levels that interviewers saw of everyone in the pool."""
    members, places = await sql.find_members(conn, people)
    await _assess(conn, people.only(members), places)


async def _assess(conn: Connection, people: People, places: Sequence[findable.Placed]) -> None:
    if people:
        rated = await sql.load_rated(conn, people)
        await sql.save_skills(conn, people, findable.skills(places, rated))


@router.people(
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, FeedbackSubmitted, FeedbackWithdrawn,
    InterviewScheduled, InterviewCompleted, InterviewCancelled, InterviewMissed, ConsentChanged, CandidateRegistered,
    CandidateResponded, MatchReviewed, CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip
async def propose_people(conn: Connection, people: People, now: datetime) -> None:
    """Rule 2 for everyone the news is about, whatever job is open for them."""
    await sql.forget_erased(conn, people)
    looked_at = people.only(await sql.find_looked_at(conn, people))
    if looked_at:
        await look(conn, looked_at, await sql.load_kept_of_people(conn, looked_at), now)


@router.people(
    MentorshipProposed, MentorshipEnded, mentoring.MentorAnswered, ConsentChanged, ApplicationDecided,
    ApplicationDecisionReversed, CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip
async def pair_with_mentors(conn: Connection, people: People, now: datetime) -> None:
    """Rule 12: whose turn it is, and whose mentorship is over."""
    found = mentoring.judge(await sql.load_relations(conn, people), now.date())
    await sql.save_mentorships(conn, people, found)
    await say(conn, mentoring.sayings(found), now)


@router.people(
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, ConsentChanged, CandidateResponded,
    CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip
async def keep_or_erase(conn: Connection, people: People, now: datetime) -> None:
    """Rule 11: until when everyone is kept; who asked to be erased, and is not held, is."""
    terms = await sql.load_terms(conn, {organization for organization, _ in people.pairs})
    kept = await sql.load_kept(conn, people)
    await sql.save_keeping(conn, people, keeping.due(kept, terms), now)
    await say(conn, keeping.erasures(kept, terms, now), now)


@router.jobs(JobOpened, JobClosed)
async def keep_jobs(conn: Connection, jobs: Jobs, _: datetime) -> None:
    """Which jobs are open, and in which family."""
    known = await sql.load_known_jobs(conn, jobs)
    await sql.save_jobs(conn, known)
    await sql.forget_past_matches(conn, Jobs((job.organization, job.job) for job in known if job.is_open))


@router.pairs(sql.find_people_for)
async def propose_for_jobs(conn: Connection, people: People, jobs: Jobs, now: datetime) -> None:
    """Rule 2 for some of those who may be looked at for the jobs the news was about."""
    kept = [k for k in await sql.load_kept_of_people(conn, people) if (k.organization, k.job) in jobs.pairs]
    await look(conn, people, kept, now, jobs)


async def look(conn: Connection, people: People, kept: Sequence[Kept], now: datetime, jobs: Jobs | None = None) -> None:
    """Look at these people for every open job, or for these jobs only; keep and say what comes of it."""
    found = await sql.load_candidacies(conn, people, jobs)
    looked = considered.look(found.candidacies, kept, found.openings, now)
    await sql.save_matches(conn, looked, now)
    await say(conn, looked.sayings, now)
