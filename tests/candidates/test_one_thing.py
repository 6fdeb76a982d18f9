"""What their page asks of somebody first: one thing, and the one that somebody waits for."""

import pytest

from services.candidates.domain.one_thing import Deed, one_thing
from services.candidates.domain.page import ApplicationStage, ShownApplication, ShownOpening
from services.candidates.domain.page_letters import ShownLetter
from services.candidates.domain.page_requests import PageRequest
from shared.contracts import ResponseKind
from tests.candidates.sentences import NOW

LETTER = ShownLetter("l1", "en", NOW, (), ())
ENDED = ShownApplication("a1", "Analyst", ApplicationStage.ENDED, NOW, answer="answer-1")
WAITING = ENDED._replace(stage=ApplicationStage.WAITING)
ASKED = PageRequest(ResponseKind.FEEDBACK_REQUESTED, NOW, None, NOW)
OPEN = ShownOpening("ws27", "Working Student", None, None, ())


@pytest.mark.parametrize(
    ("applications", "proposed", "mentor", "pool", "deed", "about"),
    [
        ([ENDED], [OPEN, OPEN._replace(match="m1")], True, None, Deed.ANSWER_JOB, "m1"),
        ([ENDED], [OPEN], True, None, Deed.ANSWER_MENTOR, ""),
        ([ENDED._replace(letter=LETTER)], [OPEN], False, None, Deed.ANSWER_POOL, ""),
        ([ENDED._replace(letter=LETTER)], [], False, False, Deed.RATE, "l1"),
        ([ENDED], [], False, True, Deed.ASK_FEEDBACK, "answer-1"),
        ([ENDED._replace(requests=(ASKED,))], [], False, True, Deed.NOTHING, ""),
        ([ENDED._replace(letter=LETTER._replace(rating=0))], [], False, True, Deed.NOTHING, ""),
        ([WAITING._replace(stage=ApplicationStage.INTERVIEW_AHEAD), ENDED], [], False, True, Deed.COME, ""),
        ([WAITING], [OPEN], False, None, Deed.NOTHING, ""),
        ([], [], False, None, Deed.NOTHING, ""),
    ],
)
def test_the_weightiest_of_what_can_be_done_is_asked_for(applications, proposed, mentor, pool, deed, about):
    found = one_thing(applications, proposed, is_mentor_waiting=mentor, pool_stands=pool)

    assert (found.deed, found.about) == (deed, about)
