"""What waits for recruiters, managers and mentors, in numbers."""

import pytest

from tests.candidates.sentences import (
    amara,
    an_interviewed_candidate,
    consented,
    noor,
    opened,
    reviewed_match,
    the_next_job,
)

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    ("role", "user", "counts"),
    [
        ("recruiter", "ines", (1, 1, 0)), ("hiring_manager", "tomas", (1, 0, 0)), ("hiring_manager", "vera", (0, 0, 0)),
        ("interviewer", "ada", (0, 0, 0)),
    ],
)  # fmt: skip
async def test_work_counts_proposals_nobody_reviewed_and_held_members(browser, stage, role, user, counts):
    mei = an_interviewed_candidate("mei", "strong_yes", "strong_no")
    await stage.deliver(
        opened(), *amara(consented("amara")), *noor(consented("noor")), *mei, the_next_job(),
        reviewed_match("noor", "ws27"),
    )  # fmt: skip

    answer = await browser.get("/work", role, user=user)

    assert tuple(answer.json().values()) == counts
