"""What happens because a fact arrived: everyone's place in the pool, and who is proposed for what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from services.candidates.domain import (
    candidacies,
    corrections,
    findable,
    keeping,
    mentoring,
    names,
    pool,
    tallies,
    waste,
)
from services.candidates.domain.candidacies import StandingMatch
from services.candidates.domain.keeping import DueStep
from services.candidates.domain.pool import PoolPlace
from services.candidates.domain.records import CandidateRecord, of_people
from services.candidates.sql.candidacies import MatchCandidates, load_candidacies, load_candidacies_for
from services.candidates.sql.concerns import load_concerns
from services.candidates.sql.corrections import load_corrected
from services.candidates.sql.findable import SKILLS, load_rated, load_texts, save_descriptions
from services.candidates.sql.jobs import JOBS, find_named, find_people_for, load_known_jobs
from services.candidates.sql.keeping import KEEPING, load_kept, load_terms
from services.candidates.sql.matches import forget_past_matches, load_kept_of_people, save_matches
from services.candidates.sql.mentoring import MENTORSHIPS, find_mentored, load_relations
from services.candidates.sql.names import load_registered_names, save_name_words
from services.candidates.sql.pool import MEMBERS
from services.candidates.sql.records import load_records
from services.candidates.sql.runs import forget_erased
from services.candidates.sql.waste import load_calendars, load_judged_and_said
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
    Event,
    FeedbackReleased,
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
    MentorshipAccepted,
    MentorshipEnded,
    MentorshipProposed,
    OutreachBounced,
    OutreachSent,
    ProfileCorrected,
    ReferralMade,
    RequestAnswered,
    Saying,
    UserRegistered,
)
from shared.kit.outbox import event_of
from shared.kit.people import Jobs, Pair, People, topics_of
from shared.kit.turn import Turn
from shared.kit.versions import Fact
from shared.people.identity import router_of_candidates


def say_what_remains(turn: Turn, erased: Mapping[Pair, datetime], gone: Sequence[Fact]) -> list[Saying]:
    """Of those who are erased: what each of their counted interviews came to, of nobody any more."""
    theirs: dict[Pair, list[Event]] = defaultdict(list)
    for fact in gone:
        if fact.candidate and fact.topic in topics_of(tallies.TELLING):
            theirs[fact.organization, fact.candidate].append(event_of(fact))
    said = (tallies.tally(pair[0], events, turn.pseudonym, erased[pair]) for pair, events in theirs.items())
    return sorted(chain.from_iterable(said), key=lambda saying: saying.event.fact_id)


router = router_of_candidates(say_what_remains)
router.spread(find_named, JobOpened, JobClosed)
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

_CORRECTING = (CandidateRegistered, ProfileCorrected, CandidateMerged)
_COUNTING = (
    *_PLACING, InterviewCompleted, InterviewCancelled, InterviewMissed, FeedbackReleased, OutreachBounced,
    MatchReviewed, MentorshipAccepted, ReferralMade,
)  # fmt: skip


@router.people(
    *_COUNTING, *_PROPOSING, *_MENTORING, *_KEEPING, *_CORRECTING, RequestAnswered
)  # the last for the page alone
async def apply_rules(turn: Turn, people: People) -> None:
    """Every rule about people, for those whom it concerns: most news is about somebody whom none concerns yet.

    Who is placed and looked at is loaded once, and what comes of it is said once, before it is asked who is kept.
    """
    concerns = await load_concerns(turn.conn, people)
    await forget_erased(turn.conn, people.heard_in(_PROPOSING))
    await keep_corrections(turn, people.only(concerns.corrected).heard_in(_CORRECTING))
    placed = people.only(concerns.place).heard_in(_PLACING)
    looked_at = people.only(concerns.look).heard_in(_PROPOSING)
    met = people.only(concerns.met).heard_in(_COUNTING)
    concerned = people.only({*placed.pairs, *looked_at.pairs, *met.pairs})
    records = await load_records(turn.conn, concerned, judged=placed.pairs)
    said = [*await _place(turn, placed, records), *await _look_at(turn, looked_at, records)]
    said += await _count(turn, met, records)
    await turn.say([*said, *await _pair(turn, people.only(concerns.mentor).heard_in(_MENTORING))])
    await keep_or_erase(turn, people.only(concerns.keep).heard_in(_KEEPING))


async def place_in_pool(turn: Turn, people: People) -> None:
    """Rule 1: tier and status of these people, what they are found by, and what their interviews came to."""
    records = await load_records(turn.conn, people, judged=people.pairs)
    await turn.say([*await _place(turn, people, records), *await _count(turn, people, records)])


async def _place(turn: Turn, people: People, records: Iterable[CandidateRecord]) -> list[Saying]:
    if not people:
        return []
    theirs = of_people(records, people.pairs)
    places = pool.place(theirs, turn.now)
    changed = await MEMBERS.keep_and_tell(turn.conn, people.ids, places)
    moved = await describe(turn, people, places, changed)
    await assess(turn, people, places, moved)
    return [*pool.sayings(changed), *pool.farewells(theirs)]


async def _count(turn: Turn, people: People, records: Iterable[CandidateRecord]) -> list[Saying]:
    """Rule 9: what their interviews came to, by where they stand in the pool now."""
    if not people:
        return []
    calendars = await load_calendars(turn.conn, people.organizations)
    theirs = of_people(records, people.pairs)
    return waste.sayings(*await load_judged_and_said(turn.conn, people, theirs, calendars, turn.now))


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
        skills = findable.skills(findable.placed(places, named.pairs), rated)
        await SKILLS.keep(turn.conn, named.ids, skills)


async def look_again(turn: Turn, people: People) -> None:
    """Rule 2 for these people, whatever job is open for them."""
    await turn.say(await _look_at(turn, people, await load_records(turn.conn, people)))


async def _look_at(turn: Turn, people: People, records: Iterable[CandidateRecord]) -> list[Saying]:
    if not people:
        return []
    kept = await load_kept_of_people(turn.conn, people)
    return await _look(turn, kept, await load_candidacies(turn.conn, people, of_people(records, people.pairs)))


async def pair_with_mentors(turn: Turn, people: People) -> None:
    """Rule 12: whose turn it is, and whose mentorship is over."""
    await turn.say(await _pair(turn, people))


async def _pair(turn: Turn, people: People) -> list[Saying]:
    if not people:
        return []
    found = mentoring.judge(await load_relations(turn.conn, people), turn.now.date())
    await MENTORSHIPS.keep(turn.conn, people.ids, found)
    return mentoring.sayings(found)


async def keep_or_erase(turn: Turn, people: People) -> Sequence[DueStep]:
    """Rule 11: until when everyone is kept; who asked to be erased, and is not held, is."""
    if not people:
        return ()
    terms = await load_terms(turn.conn, people.organizations)
    kept = await load_kept(turn.conn, people)
    due = keeping.due(kept, terms)
    await KEEPING.keep(turn.conn, people.ids, due, seen_at=turn.now)
    await turn.say(keeping.erasures(kept, terms, turn.now))
    return due


async def keep_corrections(turn: Turn, people: People) -> None:
    """Rule 11: a profile that says otherwise than its person is said again with their own words."""
    if people:
        for person in await load_corrected(turn.conn, people):
            await turn.say(corrections.said_again(person))


@router.people(CandidateRegistered, CandidateMerged, CandidateErased)
async def keep_names(turn: Turn, people: People) -> None:
    """The words that anybody is found by, in the pool or not."""
    registered = await load_registered_names(turn.conn, people)
    await save_name_words(turn.conn, people, names.name_words(registered))


@router.jobs(JobOpened, JobClosed)
async def keep_jobs(turn: Turn, jobs: Jobs) -> None:
    """Which jobs are open, and in which family."""
    known = await load_known_jobs(turn.conn, jobs)
    await JOBS.keep(turn.conn, jobs.columns, known)
    await forget_past_matches(turn.conn, Jobs((job.organization, job.job) for job in known if job.is_open))


@router.pairs(find_people_for)
async def propose_for_jobs(turn: Turn, people: People, jobs: Jobs) -> None:
    """Rule 2 for some of those who may be looked at for the jobs the news was about."""
    kept = [k for k in await load_kept_of_people(turn.conn, people) if (k.organization, k.job) in jobs.pairs]
    await turn.say(await _look(turn, kept, await load_candidacies_for(turn.conn, people, jobs)))


async def _look(turn: Turn, kept: Sequence[StandingMatch], found: MatchCandidates) -> list[Saying]:
    """Keep what comes of looking at people for open jobs."""
    looked = candidacies.look(found.candidacies, kept, found.openings, turn.now)
    await save_matches(turn.conn, looked, turn.now)
    return looked.sayings
