"""What somebody answered is read in its order; what they rated is told of nobody alone."""

import pytest

from shared.contracts import CandidateResponded
from tests.notifications.facts import at, heard, profile

pytestmark = pytest.mark.db


def said(kind: str, hour: int, **more: object):
    whole = {"response": f"{kind}-{hour}", "candidate": "amara", "responded_at": at(f"2026-11-20 {hour}:00")}
    return heard(CandidateResponded.model_validate({**whole, "kind": kind, **more}))


async def test_answers_come_in_their_order_by_kind_and_without_ratings(browser, halden_stage):
    await halden_stage.move_to("2026-11-23 09:00")
    await halden_stage.deliver(
        profile("amara"), said("not_now", 12), said("feedback_rated", 11, rating=2, letter="l1"), said("interested", 10)
    )

    every = await browser.get("/responses?candidate=amara")
    first = (await browser.get("/responses?candidate=amara&limit=2")).json()
    rest = (await browser.get(f"/responses?candidate=amara&limit=2&cursor={first['cursor']}")).json()
    wishes = (await browser.get("/responses?candidate=amara&kind=not_now")).json()["items"]

    assert [r["kind"] for r in every.json()["items"]] == ["interested", "feedback_rated", "not_now"]
    assert first["items"] + rest["items"] == every.json()["items"]
    assert [r["response"] for r in wishes] == ["not_now-12"]
    assert "rating" not in every.text
