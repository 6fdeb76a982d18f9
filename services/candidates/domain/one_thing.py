"""The one thing that somebody can do next: what their page asks for first."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from services.candidates.domain.page import ApplicationStage, ShownApplication, ShownOpening
from shared.contracts import ResponseKind


class Deed(StrEnum):
    """What can be done, the weightiest first: somebody waits for the first two."""

    ANSWER_JOB = "answer_job"
    ANSWER_MENTOR = "answer_mentor"
    ANSWER_POOL = "answer_pool"
    RATE = "rate"
    ASK_FEEDBACK = "ask_feedback"
    COME = "come"  # to an interview: before it there is nothing to do
    NOTHING = "nothing"


class OneThing(NamedTuple):
    """What to do. `about`: the match, the letter, or the answer it is done about; `title`: of the job."""

    deed: Deed
    about: str = ""
    title: str | None = None


def one_thing(
    applications: Sequence[ShownApplication],
    proposed: Sequence[ShownOpening],
    *,
    is_mentor_waiting: bool,
    pool_stands: bool | None,
) -> OneThing:
    """What counts most of all they can do. `pool_stands`: None while they never answered about the talent pool."""
    for opening in proposed:
        if opening.match:
            return OneThing(Deed.ANSWER_JOB, opening.match, opening.title)
    if is_mentor_waiting:
        return OneThing(Deed.ANSWER_MENTOR)
    ended = [a for a in applications if a.stage is ApplicationStage.ENDED]
    if ended and pool_stands is None:
        return OneThing(Deed.ANSWER_POOL)
    if any(a.stage is ApplicationStage.INTERVIEW_AHEAD for a in applications):
        return OneThing(Deed.COME)
    return _of_answers(ended)


def _of_answers(ended: Sequence[ShownApplication]) -> OneThing:
    """What can be said of an answer they got, of the newest application first."""
    for application in ended:
        if application.letter and application.letter.rating is None:
            return OneThing(Deed.RATE, application.letter.letter, application.title)
        if not application.letter and not application.has_asked(ResponseKind.FEEDBACK_REQUESTED):
            return OneThing(Deed.ASK_FEEDBACK, application.answer, application.title)
    return OneThing(Deed.NOTHING)
