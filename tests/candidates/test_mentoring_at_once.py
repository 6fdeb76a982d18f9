"""Two at one thing of somebody's at once: who comes later finds what came first, and changes none of it."""

from datetime import timedelta

import pytest

from services.candidates.domain.mentoring import MentorAnswered
from shared.contracts import (
    MentorshipEnded,
    MentorshipProposed,
    OwnField,
    ProfileCorrected,
    ReferralMade,
    match_id,
)
from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.sentences import NOW, consented, registered, the_next_job
from tests.candidates.test_mentoring import PROPOSAL, YES, agree, browser, page, stage_of  # noqa: F401 - a fixture
from tests.interleaving import meanwhile

pytestmark = pytest.mark.db


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
    shown = (await browser.get("/mentorships/m1", "interviewer", user="ada")).json()["version"]
    goals = {"answer": "yes", "goals": shown}
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


async def test_a_match_is_accepted_by_what_stands_against_it_then(stage, browser):  # noqa: F811
    await stage.deliver(the_next_job(), consented("noor"))
    accepting = browser.put(
        f"/matches/{match_id('noor', 'ws27')}/review", {"outcome": "accepted", "reason": {"code": "strong-evidence"}}
    )

    refused = await meanwhile(stage, accepting, consented("noor", granted=False, given_at=NOW))

    assert (refused.status_code, refused.json()["code"]) == (409, "match-blocked")
    assert refused.json()["blockers"] == ["consent"]


async def test_of_two_corrections_at_once_both_stand(stage, browser):  # noqa: F811
    await stage.deliver(registered("noor", name="Noor Hadad", language="en"))
    as_it_is = {"name": "Noor Hadad", "preferred_name": "", "language": "en", "timezone": ""}
    form = {f"was_{field}": value for field, value in as_it_is.items()} | as_it_is | {"timezone": "Asia/Tokyo"}
    named = ProfileCorrected(candidate="noor", corrected=(OwnField.NAME,), name="Noor Haddad", corrected_at=NOW)

    await meanwhile(stage, browser.client.post(f"{page()}/data", data=form), named)

    known = (await browser.get("/candidates/noor")).json()
    assert (known["name"], known["timezone"]) == ("Noor Haddad", "Asia/Tokyo")
