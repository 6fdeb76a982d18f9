"""What happens because a fact arrived: which letters it asks for, what a person must look at, and who waits."""

from services.notifications.domain import digests, full_letters, planning, promise, requests, tasks
from services.notifications.domain.new_links import LinkAsked
from services.notifications.sql.campaigns import find_addressed
from services.notifications.sql.digests import REVIEWS, add_digests
from services.notifications.sql.letters import LETTERS_AND_WORK, delete_erased
from services.notifications.sql.news import JOBS, find_untold, load_listed
from services.notifications.sql.organizations import find_named, find_reminded
from services.notifications.sql.readers import save_readers
from services.notifications.sql.records import load_records
from services.notifications.sql.tasks import finish_requests
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CampaignStarted,
    CandidateErased,
    CandidateLeftPool,
    CandidateMatched,
    CandidateMerged,
    CandidatePooled,
    CandidateRegistered,
    CandidateResponded,
    ConsentChanged,
    ErasureRequested,
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
    MatchWithdrawn,
    MembershipReviewed,
    MentorshipAccepted,
    MentorshipEnded,
    MentorshipProposed,
    NewsPublished,
    OrganizationConfigured,
    OutreachBounced,
    OutreachSent,
    ReferralMade,
    RequestAnswered,
    UserRegistered,
)
from shared.kit.people import Jobs, People
from shared.kit.turn import Turn
from shared.people.identity import router_of_candidates

router = router_of_candidates()
router.spread(find_named, JobOpened, JobClosed)
router.spread(find_reminded, UserRegistered)
router.spread(find_addressed, CampaignStarted)
router.spread(find_untold, NewsPublished, JobOpened)

# Decide who answers for whom, and what is to be decided about somebody
_STAFFED = (
    ApplicationSubmitted, ApplicationDecided, InterviewScheduled, InterviewCompleted, InterviewCancelled,
    InterviewMissed, CandidateMatched, JobOpened, OrganizationConfigured,
)  # fmt: skip
_REVIEWED = (
    CandidatePooled, CandidateLeftPool, MembershipReviewed, CandidateMatched, MatchWithdrawn, MatchReviewed,
    ApplicationSubmitted, ApplicationDecided, ErasureRequested, CandidateMerged, CandidateErased,
)  # fmt: skip
_READING = (CandidateRegistered, CandidateMerged, CandidateErased)  # decide at which address somebody reads


@router.people(
    ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, InterviewScheduled, InterviewCompleted,
    InterviewCancelled, InterviewMissed, FeedbackSubmitted, FeedbackWithdrawn, CandidateRegistered, ConsentChanged,
    CandidateResponded, CandidatePooled, CandidateLeftPool, MembershipReviewed, CandidateMatched, MatchWithdrawn,
    MatchReviewed, OutreachSent, OutreachBounced, CandidateMerged, ErasureRequested, CandidateErased, JobOpened,
    JobClosed, OrganizationConfigured, FeedbackReleased, RequestAnswered, LinkAsked, MentorshipProposed,
    MentorshipAccepted, MentorshipEnded, ReferralMade,
)  # fmt: skip
async def plan_letters(turn: Turn, people: People) -> None:
    """Rules 3 to 8 for everyone the news is about."""
    records = await load_records(turn.conn, people)
    if people.erased or people.heard_in(_READING):
        await save_readers(turn.conn, people, records)
    planned = planning.plan(records, turn.now)
    await delete_erased(turn.conn, people)
    work = tasks.tasks(records, planned), promise.waits(records, planned, turn.now), requests.waits(records, planned)
    await LETTERS_AND_WORK.keep(turn.conn, people.ids, [planned, *work])
    if ended := requests.ended(records):
        await finish_requests(turn.conn, ended)
    if people.erased or people.heard_in(_REVIEWED):
        await REVIEWS.keep(turn.conn, people.ids, digests.reviews(records))
    if people.heard_in(_STAFFED):
        await add_digests(turn.conn, digests.readers(records), turn.now)
    await turn.say([*full_letters.releases(records, planned, turn.now), *requests.answered(records, planned)])
    await turn.say(requests.overdue_requests(records, turn.now))
    await turn.say([*planning.sayings(planned), *promise.overdue(records, planned, turn.now)])


@router.jobs(JobOpened, JobClosed)
async def keep_jobs(turn: Turn, jobs: Jobs) -> None:
    """Which jobs are open, and in which field of work."""
    await JOBS.keep(turn.conn, jobs.columns, await load_listed(turn.conn, jobs))
