"""What happens because a fact arrived: everybody's rows, and what every job is summed up to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.insights.domain.heard import HeardJob, HeardPerson
from services.insights.domain.people import derive_rows
from services.insights.domain.rounds import sum_up
from services.insights.domain.rows import PersonRows, RoundRows
from services.insights.domain.telling import plan_telling
from services.insights.sql.openings import find_people_of, load_openings
from services.insights.sql.organizations import load_workplaces
from services.insights.sql.people import load_heard
from services.insights.sql.rounds import load_told, lock_rounds, save_rounds
from services.insights.sql.rows import find_parts, load_round_rows, save_rows
from services.insights.sql.told import find_written_to, load_said_to_many
from shared.contracts import (
    AnswerOverdue,
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CampaignStarted,
    CandidateErased,
    CandidateLeftPool,
    CandidateMatched,
    CandidateMerged,
    CandidatePooled,
    CandidateResponded,
    FeedbackReleased,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewReturned,
    InterviewScheduled,
    InterviewTallied,
    JobClosed,
    JobOpened,
    MatchReviewed,
    MatchWithdrawn,
    NewsPublished,
    OutreachBounced,
    OutreachSent,
    RoundSummedUp,
    Saying,
    tally_name,
)
from shared.kit.people import Jobs, Pair, People
from shared.kit.turn import Turn
from shared.people.identity import router_of_candidates

router = router_of_candidates()
router.spread(find_people_of, JobOpened, JobClosed)
router.spread(find_written_to, NewsPublished, CampaignStarted)


@router.people(
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, InterviewScheduled, InterviewCompleted,
    InterviewCancelled, InterviewMissed, FeedbackSubmitted, FeedbackWithdrawn, FeedbackReleased, OutreachSent,
    OutreachBounced, CandidateResponded, AnswerOverdue, CandidatePooled, CandidateLeftPool, CandidateMatched,
    MatchWithdrawn, MatchReviewed, InterviewReturned, CandidateMerged, CandidateErased,
)  # fmt: skip
async def derive_people(turn: Turn, people: People) -> None:
    """Everybody's rows, whole; the rounds that they change are summed up later, each once."""
    heard = await load_heard(turn.conn, people)
    jobs = _by_organization(await load_openings(turn.conn, {(h.organization, job) for h in heard for job in _named(h)}))
    workplaces = await load_workplaces(turn.conn, people.organizations)
    said = await load_said_to_many(turn.conn, {h.organization for h in heard if h.mails})
    rows = [derive_rows(h, jobs[h.organization], workplaces[h.organization], said[h.organization]) for h in heard]
    await _tell_for_the_last_time(turn, people, rows)
    await turn.remember_jobs(await save_rows(turn.conn, people, rows))


def _by_organization(openings: Mapping[Pair, HeardJob]) -> Mapping[str, dict[str, HeardJob]]:
    found: dict[str, dict[str, HeardJob]] = defaultdict(dict)
    for (organization, job), opening in openings.items():
        found[organization][job] = opening
    return found


def _named(heard: HeardPerson) -> set[str]:
    """The jobs that somebody's facts name."""
    named = {a.job for a in heard.applications} | {i.job for i in heard.interviews} | {m.job for m in heard.matches}
    return {job for job in named if job}


async def _tell_for_the_last_time(turn: Turn, people: People, rows: Sequence[PersonRows]) -> None:
    """Before an erasure takes somebody out of a round that is over, its figures are said for good."""
    erased = people.only(people.erased)
    if not erased:
        return
    applied = {(c.organization, c.candidate, c.job) for p in rows for c in p.candidacies}
    invited = {(s.organization, s.candidate, s.job) for p in rows for s in p.sittings}
    leaving = await find_parts(turn.conn, erased) - applied - invited
    if leaving:
        await _sum_up(turn, Jobs({(organization, job) for organization, _, job in leaving}), is_last=True)


@router.jobs(JobOpened, JobClosed, RoundSummedUp, InterviewTallied)
async def sum_up_rounds(turn: Turn, jobs: Jobs) -> None:
    """Each job from the rows of everybody who took part, and what there is to say of it."""
    await _sum_up(turn, jobs, is_last=False)


def _told_once(turn: Turn, rows: RoundRows) -> RoundRows:
    """An interview is tallied before, or after, its person is erased here: until then it counts by its tally alone."""
    if not rows.tallies:
        return rows
    tallied = {t.tally for t in rows.tallies}
    return rows._replace(
        sittings=[
            s._replace(is_counted=False, counted_from=None)
            if turn.pseudonym(tally_name(s.organization, s.interview)) in tallied
            else s
            for s in rows.sittings
        ]
    )


async def _sum_up(turn: Turn, jobs: Jobs, *, is_last: bool) -> None:
    waiting_for = await lock_rounds(turn.conn, jobs)
    openings = await load_openings(turn.conn, jobs.pairs)
    told = await load_told(turn.conn, jobs)
    rows = {pair: _told_once(turn, found) for pair, found in (await load_round_rows(turn.conn, jobs)).items()}
    summed = {pair: sum_up(job, rows[pair], turn.now) for pair, job in openings.items()}
    kept = [
        plan_telling(summed[pair], rows[pair], told.get(pair), waiting_for.get(pair), turn.now, is_last=is_last)
        for pair in summed
    ]
    await save_rounds(turn.conn, jobs, kept)
    await turn.say(Saying(k.organization, k.telling) for k in kept if k.telling)
