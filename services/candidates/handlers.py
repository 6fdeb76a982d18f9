"""What happens because a fact arrived: everyone's place in the pool, and who is proposed for what."""

from collections.abc import Collection, Iterable, Sequence

from services.candidates.domain import candidacies, findable, keeping, mentoring, pool
from services.candidates.domain.candidacies import StandingMatch
from services.candidates.domain.keeping import DueStep
from services.candidates.domain.pool import PoolPlace
from services.candidates.sql.candidacies import load_candidacies
from services.candidates.sql.concerns import load_concerns
from services.candidates.sql.findable import load_rated, load_texts, save_descriptions, save_skills
from services.candidates.sql.jobs import find_applicants, find_people_for, load_known_jobs, save_jobs
from services.candidates.sql.keeping import load_kept, load_terms, save_keeping
from services.candidates.sql.matches import forget_past_matches, load_kept_of_people, save_matches
from services.candidates.sql.mentoring import find_mentored, load_relations, save_mentorships
from services.candidates.sql.pool import save_members
from services.candidates.sql.records import load_records
from services.candidates.sql.runs import forget_erased
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
from shared.kit.people import Jobs, Pair, People
from shared.kit.turn import Turn
from shared.people.identity import router_of_candidates

router = router_of_candidates()
router.spread(find_applicants, JobOpened, JobClosed)
router.spread(find_mentored, UserRegistered)

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
async def apply_rules(turn: Turn, people: People) -> None:
    """Every rule about people, for those whom it concerns: most news is about somebody whom none concerns yet."""
    concerns = await load_concerns(turn.conn, people)
    await place_in_pool(turn, people.only(concerns.place).heard_in(_PLACING))
    await propose_people(turn, people.heard_in(_PROPOSING), concerns.look)
    await pair_with_mentors(turn, people.only(concerns.mentor).heard_in(_MENTORING))
    await keep_or_erase(turn, people.only(concerns.keep).heard_in(_KEEPING))


async def place_in_pool(turn: Turn, people: People) -> None:
    """Rule 1: tier and status of everyone the news is about, and what they are found by."""
    if not people:
        return
    records = await load_records(turn.conn, people)
    places = pool.place(records, turn.now)
    changed = await save_members(turn.conn, people, places)
    await turn.say([*pool.sayings(changed), *pool.farewells(records)])
    moved = await describe(turn, people, places, changed)
    await assess(turn, people, places, moved)


async def describe(
    turn: Turn, people: People, places: Sequence[PoolPlace], changed: Iterable[PoolPlace]
) -> Collection[Pair]:
    """The words everyone in the pool is found by, where they may differ; who came to a place, or left one."""
    named = people.only({(p.organization, p.candidate) for p in changed}.union(people.heard_in(_DESCRIBING).pairs))
    if not named:
        return ()
    words = findable.describe(findable.placed(places, named.pairs), await load_texts(turn.conn, named))
    return await save_descriptions(turn.conn, named, words)


async def assess(turn: Turn, people: People, places: Sequence[PoolPlace], moved: Collection[Pair]) -> None:
    """The levels that interviewers saw of everyone in the pool, where they may differ."""
    named = people.only({*moved, *people.heard_in(_ASSESSING).pairs})
    if named:
        rated = await load_rated(turn.conn, named)
        await save_skills(turn.conn, named, findable.skills(findable.placed(places, named.pairs), rated))


async def propose_people(turn: Turn, people: People, looked_at: Collection[Pair]) -> None:
    """Rule 2 for everyone the news is about, whatever job is open for them."""
    await forget_erased(turn.conn, people)
    some = people.only(looked_at)
    if some:
        await look_again(turn, some)


async def look_again(turn: Turn, people: People) -> None:
    """The same for people who may be looked at."""
    await look(turn, people, await load_kept_of_people(turn.conn, people))


async def pair_with_mentors(turn: Turn, people: People) -> None:
    """Rule 12: whose turn it is, and whose mentorship is over."""
    if people:
        found = mentoring.judge(await load_relations(turn.conn, people), turn.now.date())
        await save_mentorships(turn.conn, people, found)
        await turn.say(mentoring.sayings(found))


async def keep_or_erase(turn: Turn, people: People) -> Sequence[DueStep]:
    """Rule 11: until when everyone is kept; who asked to be erased, and is not held, is."""
    if not people:
        return ()
    terms = await load_terms(turn.conn, {organization for organization, _ in people.pairs})
    kept = await load_kept(turn.conn, people)
    due = keeping.due(kept, terms)
    await save_keeping(turn.conn, people, due, turn.now)
    await turn.say(keeping.erasures(kept, terms, turn.now))
    return due


@router.jobs(JobOpened, JobClosed)
async def keep_jobs(turn: Turn, jobs: Jobs) -> None:
    """Which jobs are open, and in which family."""
    known = await load_known_jobs(turn.conn, jobs)
    await save_jobs(turn.conn, known)
    await forget_past_matches(turn.conn, Jobs((job.organization, job.job) for job in known if job.is_open))


@router.pairs(find_people_for)
async def propose_for_jobs(turn: Turn, people: People, jobs: Jobs) -> None:
    """Rule 2 for some of those who may be looked at for the jobs the news was about."""
    kept = [k for k in await load_kept_of_people(turn.conn, people) if (k.organization, k.job) in jobs.pairs]
    await look(turn, people, kept, jobs)


async def look(turn: Turn, people: People, kept: Sequence[StandingMatch], jobs: Jobs | None = None) -> None:
    """Look at these people for every open job, or for these jobs only; keep and say what comes of it."""
    found = await load_candidacies(turn.conn, people, jobs)
    looked = candidacies.look(found.candidacies, kept, found.openings, turn.now)
    await save_matches(turn.conn, looked, turn.now)
    await turn.say(looked.sayings)
