"""Two at one mentorship or referral at once: who comes later finds what came first, and changes none of it."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from services.candidates.domain.mentoring import MentorAnswered
from shared.contracts import Event, MentorshipEnded, MentorshipProposed, ReferralMade, Saying, derived_id
from shared.kit.people import lock_organizations, lock_people
from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.sentences import NOW
from tests.candidates.test_mentoring import GOAL, PROPOSAL, YES, agree, browser, page, stage_of  # noqa: F401 - a fixture
from tests.interleaving import done_or_blocked

pytestmark = pytest.mark.db


async def meanwhile(stage, late: Coroutine[Any, Any, Response], *said: Event) -> Response:
    """What somebody is answered who came a moment after all this was said, and before anybody could know it."""
    async with stage.turns.open(["acme"]) as turn:
        await lock_organizations(turn.conn, {"acme": False})
        people = await lock_people(turn.conn, [("acme", "noor")])
        waiting = asyncio.create_task(late)
        await done_or_blocked(stage, waiting)
        await turn.say((Saying("acme", event) for event in said), publish=False)
        await stage.router.derive(turn, people)
    return await waiting


OVER = MentorshipEnded(relation="m1", candidate="noor", user="ada", reason="ended_by_organization")


async def test_whoever_comes_a_moment_later_finds_it_over(stage, browser):  # noqa: F811
    await browser.put("/mentorships/m1", PROPOSAL)
    answered = await meanwhile(stage, agree(browser), OVER)
    await browser.put("/mentorships/m2", PROPOSAL)
    await agree(browser, "m2")
    await browser.client.post(page(), data=YES | {"relation": "m2"})
    over = OVER.model_copy(update={"relation": "m2"})
    renewed = await meanwhile(stage, browser.put("/mentorships/m2/renewal", None), over)

    assert [(a.status_code, a.json()["code"]) for a in (answered, renewed)] == [(409, "mentorship-ended")] * 2
    assert [await stage_of(browser, r) for r in ("m1", "m2")] == [("ended", "ended_by_organization")] * 2
    assert [m.get("renewed_at") for m in await stage.said("mentorship-proposed")] == [None, None]


async def test_the_reason_that_came_first_stays(stage, browser):  # noqa: F811
    await browser.put("/mentorships/m1", PROPOSAL)
    no = MentorAnswered(relation="m1", candidate="noor", user="ada", agreed=False, answered_at=NOW)

    await meanwhile(stage, browser.put("/mentorships/m1/end", None), no)

    assert await stage_of(browser) == ("ended", "declined")


async def test_a_yes_that_comes_a_moment_later_is_to_nothing_else_than_was_shown(stage, browser):  # noqa: F811
    await browser.put("/mentorships/m1", PROPOSAL)
    others = MentorshipProposed.model_validate(
        PROPOSAL | {"relation": "m1", "goals": ["Draw it first."], "ends_on": "2027-02-23"}
    )
    mentors = "/mentoring/" + Links(KEY).sign("mentor", "acme", "m1/ada", NOW + timedelta(days=60))
    goals = {"answer": "yes", "goals": derived_id("goals", GOAL)}
    to_goals = await meanwhile(stage, browser.client.post(mentors, data=goals), others)
    unanswered = await stage_of(browser)
    await agree(browser)
    ben = others.model_copy(update={"relation": "m2", "user": "ben"})
    agreed = MentorAnswered(relation="m2", candidate="noor", user="ben", agreed=True, answered_at=NOW)
    to_ada = await meanwhile(stage, browser.client.post(page(), data=YES), OVER, ben, agreed)

    assert "What it would be about has changed: please read it, then answer." in to_goals.text
    assert "Somebody else is asking you now: please read it, then answer." in to_ada.text
    assert (unanswered, await stage_of(browser, "m2")) == (("proposed", None), ("agreed", None))


async def test_of_two_who_recommend_under_one_id_the_first_stays(stage, browser):  # noqa: F811
    bens = ReferralMade(referral="r1", candidate="noor", user="ben")

    eves = await meanwhile(stage, browser.put("/referrals/r1", {"candidate": "noor"}, "interviewer", user="eve"), bens)

    assert (eves.status_code, eves.json()["code"]) == (403, "not-your-referral")
