"""What a person decided about a membership: it stands as rule 1 says, and shows who decided and why."""

from datetime import timedelta

import pytest

from shared.contracts import CandidateMerged, MembershipReviewed, membership_id
from shared.kit import facts
from shared.kit.db import EVERYONE
from tests.candidates.sentences import (
    NOW,
    an_interviewed_candidate,
    consented,
    feedback,
    later,
    opened,
    registered,
    reviewed_membership,
    said_of,
)
from tests.heard import Heard

LATER = {"submitted_at": "2026-11-18T08:00:00Z"}
REVIEWED = "2026-11-16T15:00:00Z"
CONFIRMED = "A person looked at it on 2026-11-16 and confirmed it."


def review(action: str, **given) -> MembershipReviewed:
    reason = "I was in the room: the question was unfair."
    return reviewed_membership("mei", action=action, reviewed_at=REVIEWED, reason=reason, **given)


def held(*more) -> list:
    return [opened(), *an_interviewed_candidate("mei", "strong_yes", "strong_no"), consented("mei"), *more]


async def replay(stage, *known) -> None:
    """Everything comes again, and everything is derived again."""
    await stage.deliver(*known)
    async with stage.database.transaction(EVERYONE) as conn:
        await facts.remember_organizations(conn, ["acme"])
    await stage.drain.exhaust()


async def shown(browser, candidate: str = "mei") -> dict:
    """Her place, which the pool and the membership tell alike."""
    [member] = [m for m in (await browser.get("/pool")).json()["items"] if m["candidate"] == candidate]
    one = (await browser.get(f"/memberships/{member['membership']}")).json()
    assert {field: member[field] for field in one} == one
    return member


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ({"action": "confirm"}, ("promising", "active"), ("developing", "active")),
        ({"action": "retier", "tier": "silver_medalist"}, ("silver_medalist", "active"), ("silver_medalist", "active")),
    ],
    ids=["confirm", "retier"],
)
async def test_a_review_survives_replay_and_newer_evidence_as_rule_1_says(stage, browser, action, before, after):
    known = held(review(**action))
    await stage.deliver(*known)
    await replay(stage, *known)
    standing = await shown(browser)
    assert (standing["tier"], standing["status"]) == before

    await stage.deliver(later(feedback("mei", "no", 1, **LATER), 1))
    await replay(stage, *known)

    now = await shown(browser)
    assert (now["tier"], now["status"]) == after
    assert (now["review"]["by"], now["review"]["reason"]) == ("ines", "I was in the room: the question was unfair.")


async def test_a_confirmation_lapses_with_newer_evidence_and_still_shows_who_gave_it(stage, browser):
    await stage.deliver(*held(review("confirm")))
    confirmed = await shown(browser)
    assert (confirmed["status"], CONFIRMED in confirmed["why"]) == ("active", True)

    await stage.deliver(later(feedback("mei", "strong_yes", 1, **LATER), 1))

    lapsed = await shown(browser)
    assert (lapsed["status"], CONFIRMED in lapsed["why"], lapsed["review"]["by"]) == ("held", False, "ines")


async def test_a_confirmation_is_of_what_a_platform_dates_ahead_too(stage, browser):
    """Its clock may be ten minutes ahead: what a person looked at does not make their review lapse."""
    ahead = (NOW + timedelta(minutes=8)).isoformat()
    await stage.deliver(*held(), later(feedback("mei", "strong_yes", 1, submitted_at=ahead), 1))
    member = await shown(browser)
    assert member["status"] == "held"

    await browser.put(f"/memberships/{member['membership']}/review", {"action": "confirm", "reason": "I was there."})

    assert (await shown(browser))["status"] == "active"


async def test_a_review_under_a_former_id_holds_and_shows_after_the_merge(stage, browser):
    await stage.deliver(*held(review("confirm")), registered("mei-2"))
    await stage.deliver(CandidateMerged(surviving="mei-2", merged=("mei",), merged_at="2026-11-17T08:00:00Z"))

    after = await shown(browser, "mei-2")
    assert (after["status"], after["review"]["membership"]) == ("active", membership_id("mei", "data"))
    again = {"action": "confirm", "reason": "Still."}
    assert (await browser.put(f"/memberships/{after['membership']}/review", again)).status_code == 201
    assert (await shown(browser, "mei-2"))["review"]["reason"] == "Still."


async def test_what_leaves_the_service_names_nobody_and_repeats_no_reason(stage):
    await stage.deliver(*held(Heard(review("retier", tier="silver_medalist"))))

    topic, said = await said_of(stage, "mei")

    assert (topic, said["why"][0]) == ("candidate-pooled", "Silver medalist: a person chose this tier on 2026-11-16.")
    assert not any(word in sentence for sentence in said["why"] for word in ("ines", "unfair"))
