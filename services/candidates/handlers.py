"""What happens because a fact arrived: everyone's place in the pool, and who is proposed for what."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from services.candidates import sql
from services.candidates.domain import candidacies, findable, keeping, mentoring, pool
from services.candidates.domain.candidacies import StandingMatch
from services.candidates.domain.pool import PoolPlace
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
from shared.kit.people import Jobs, Pair, People
from shared.kit.say import say
from shared.people.identity import router_of_candidates

router = router_of_candidates()
router.spread(sql.find_applicants, JobOpened, JobClosed)
router.spread(sql.find_mentored, UserRegistered)

_PLACING = (
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, FeedbackSubmitted, FeedbackWithdrawn,
    ConsentChanged, CandidateResponded, OutreachSent, MembershipReviewed, CandidateMerged, ErasureRequested,
    CandidateErased, JobOpened, CandidateRegistered, InterviewScheduled,
)  # fmt: skip
_DESCRIBING = (
    CandidateRegistered, ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, CandidateMerged,
    ErasureRequested, CandidateErased, JobOpened,
)  # fmt: skip
_ASSESSING = (FeedbackSubmitted, FeedbackWithdrawn, ApplicationSubmitted, InterviewScheduled, CandidateMerged)
_PROPOSING = (
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, FeedbackSubmitted, FeedbackWithdrawn,
    InterviewScheduled, InterviewCompleted, InterviewCancelled, InterviewMissed, ConsentChanged, CandidateRegistered,
    CandidateResponded, MatchReviewed, CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip
_MENTORING = (
    MentorshipProposed, MentorshipEnded, mentoring.MentorAnswered, ConsentChanged, ApplicationDecided,
    ApplicationDecisionReversed, CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip
_KEEPING = (
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, ConsentChanged, CandidateResponded,
    CandidateMerged, ErasureRequested, CandidateErased,
)  # fmt: skip


@router.people(*_PLACING, *_PROPOSING, *_MENTORING, *_KEEPING)
async def apply_rules(conn: Connection, people: People, now: datetime) -> None:
    """Every rule about people, for those whom it concerns: most news is about somebody whom none concerns yet."""
    concerns = await sql.load_concerns(conn, people)
    await place_in_pool(conn, people.only(concerns.place).heard_in(_PLACING), now)
    await propose_people(conn, people.heard_in(_PROPOSING), concerns.look, now)
    await pair_with_mentors(conn, people.only(concerns.mentor).heard_in(_MENTORING), now)
    await keep_or_erase(conn, people.only(concerns.keep).heard_in(_KEEPING), now)


async def place_in_pool(conn: Connection, people: People, now: datetime) -> None:
    """Rule 1: tier and status of everyone the news is about, and what they are found by."""
    if not people:
        return
    records = await sql.load_records(conn, people)
    places = pool.place(records, now)
    changed = await sql.save_members(conn, people, places)
    await say(conn, [*pool.sayings(changed), *pool.farewells(records)], now)
    moved = await describe(conn, people, places, changed)
    await assess(conn, people, places, moved)


async def describe(
    conn: Connection, people: People, places: Sequence[PoolPlace], changed: Iterable[PoolPlace]
) -> Collection[Pair]:
    """The words everyone in the pool is found by, where they may differ; who came to a place, or left one."""
    named = people.only({(p.organization, p.candidate) for p in changed}.union(people.heard_in(_DESCRIBING).pairs))
    if not named:
        return ()
    words = findable.describe(findable.placed(places, named.pairs), await sql.load_texts(conn, named))
    return await sql.save_descriptions(conn, named, words)


async def assess(conn: Connection, people: People, places: Sequence[PoolPlace], moved: Collection[Pair]) -> None:
    """The levels that interviewers saw of everyone in the pool, where they may differ."""
    named = people.only({*moved, *people.heard_in(_ASSESSING).pairs})
    if named:
        rated = await sql.load_rated(conn, named)
        await sql.save_skills(conn, named, findable.skills(findable.placed(places, named.pairs), rated))


async def propose_people(conn: Connection, people: People, looked_at: Collection[Pair], now: datetime) -> None:
    """Rule 2 for everyone the news is about, whatever job is open for them."""
    await sql.forget_erased(conn, people)
    some = people.only(looked_at)
    if some:
        await look(conn, some, await sql.load_kept_of_people(conn, some), now)


async def pair_with_mentors(conn: Connection, people: People, now: datetime) -> None:
    """Rule 12: whose turn it is, and whose mentorship is over."""
    if people:
        found = mentoring.judge(await sql.load_relations(conn, people), now.date())
        await sql.save_mentorships(conn, people, found)
        await say(conn, mentoring.sayings(found), now)


async def keep_or_erase(conn: Connection, people: People, now: datetime) -> None:
    """Rule 11: until when everyone is kept; who asked to be erased, and is not held, is."""
    if people:
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


async def look(
    conn: Connection, people: People, kept: Sequence[StandingMatch], now: datetime, jobs: Jobs | None = None
) -> None:
    """Look at these people for every open job, or for these jobs only; keep and say what comes of it."""
    found = await sql.load_candidacies(conn, people, jobs)
    looked = candidacies.look(found.candidacies, kept, found.openings, now)
    await sql.save_matches(conn, looked, now)
    await say(conn, looked.sayings, now)
