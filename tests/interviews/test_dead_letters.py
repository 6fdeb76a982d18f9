"""What could not be accepted, as the admins of the organisation that it names are told of it."""

import pytest

from shared.kit.dead_letters import ConsumedRecord, DeadLetter, park
from tests.candidates.sentences import NOW

pytestmark = pytest.mark.db

SECRET = b'{"name": "Amara Nwosu"}'


def parked(offset: int, organization: str | None, code: str, field: str | None = None) -> DeadLetter:
    record = ConsumedRecord("feedback-submitted", 0, offset, 0, b"acme/amara", SECRET, [("ce_id", b"f1")])
    return DeadLetter(record, organization, code, field, "is not between 0 and 1")


@pytest.fixture
async def story(stage) -> None:
    """Three records of acme for two reasons, one of somebody else's, and one that names nobody."""
    letters = [
        parked(1, "acme", "invalid-field", "level"), parked(2, "acme", "invalid-field", "level"),
        parked(3, "acme", "wrong-key"), parked(4, "globex", "wrong-key"), parked(5, None, "not-json"),
    ]  # fmt: skip
    async with stage.database.transaction("*") as conn:
        await park(conn, letters, NOW)


async def test_admins_see_their_own_records_by_reason_and_never_what_stood_in_them(browser, story):
    summary = (await browser.get("/dead-letters/summary", "admin")).json()["items"]
    first = (await browser.get("/dead-letters?limit=2", "admin")).json()
    rest = (await browser.get(f"/dead-letters?limit=2&cursor={first['cursor']}", "admin")).json()
    fields = await browser.get("/dead-letters?code=invalid-field", "admin")
    unknown = await browser.get("/dead-letters?code=nonsense", "admin")

    assert [(c["code"], c["field"], c["parked"]) for c in summary] == [
        ("invalid-field", "level", 2), ("wrong-key", None, 1),
    ]  # fmt: skip
    assert [r["offset"] for r in first["items"] + rest["items"]] == [3, 2, 1]
    assert [r["offset"] for r in fields.json()["items"]] == [2, 1]
    assert not any(word in fields.text for word in ("Amara", "amara", "ce_id"))
    assert unknown.status_code == 422


async def test_a_record_is_tried_again_or_let_be_by_its_own_organisation(browser, stage, story):
    three, two, one = (r["record"] for r in (await browser.get("/dead-letters", "admin")).json()["items"])

    foreign = await browser.put(f"/dead-letters/{three}/discarding", {}, "admin", organization="globex")
    redriving = await browser.put(f"/dead-letters/{three}/redriving", {}, "admin")
    await stage.drain.exhaust()
    discarded = await browser.put(f"/dead-letters/{two}/discarding", {}, "admin")
    left = (await browser.get("/dead-letters", "admin")).json()["items"]

    assert (foreign.status_code, foreign.json()["code"]) == (404, "dead-letter-not-found")
    assert (redriving.json()["state"], discarded.json()["state"]) == ("redriving", "discarded")
    assert await stage.fetch("SELECT attempts FROM dead_letters WHERE id = $1", three) == [{"attempts": 2}]
    assert [record["record"] for record in left] == [one]
