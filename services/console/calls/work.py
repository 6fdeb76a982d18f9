"""How much there is to do, as each service counts it."""

from services.console.calls.route import Told, reading


class InterviewsWork(Told):
    """Feedback that is owed."""

    feedback_owed_by_me: int
    feedback_owed: int


class CandidatesWork(Told):
    """Proposals that wait for somebody."""

    matches_to_review: int
    memberships_to_confirm: int
    mentorships_to_answer: int


class NotificationsWork(Told):
    """Letters, people who wait, and tasks."""

    letters_to_approve: int
    waiting: int
    overdue: int
    tasks: int
    my_tasks: int


INTERVIEWS_WORK = reading("interviews", "/work", InterviewsWork)
CANDIDATES_WORK = reading("candidates", "/work", CandidatesWork)
NOTIFICATIONS_WORK = reading("notifications", "/work", NotificationsWork)
