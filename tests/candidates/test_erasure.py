"""Rule 11: who is kept until when, and what is left of somebody who was erased."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.domain.keeping import (
    CandidateMerge,
    ErasureRequest,
    RetentionBasis,
    RetentionRecord,
    RetentionTerms,
    due,
    joined_before,
)
from services.candidates.sql.keeping import GRACE
from shared.contracts import (
    CandidateErased,
    CandidateMerged,
    CandidateResponded,
    Event,
    OrganizationConfigured,
    RequestedBy,
)
from shared.kit.dead_letters import ConsumedRecord
from tests.candidates.sentences import (
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    consented,
    decided,
    later,
    noor,
    opened,
    place_of,
    registered,
    the_next_job,
)
from tests.heard import Heard

ASKED = {"requested_at": "2026-11-20T08:00:00Z", "by": "candidate"}
DECIDED_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
A_YEAR_ON = DECIDED_AT + timedelta(days=365)


def configured(**given) -> OrganizationConfigured:
    whole = {"organization": "acme", "name": "Halden", "timezone": "Europe/Berlin"}
    return OrganizationConfigured.model_validate(whole | given)


async def facts_of(stage, *candidates: str) -> set[str]:
    rows = await stage.fetch("SELECT topic FROM facts WHERE candidate = ANY($1)", list(candidates))
    return {row["topic"] for row in rows}


async def topics_of(stage, candidate: str) -> set[str]:
    """Topics on which a key of theirs gets a tombstone."""
    rows = await stage.fetch("SELECT topic, key FROM outbox WHERE value IS NULL")
    return {row["topic"] for row in rows if f"/{candidate}/".encode() in row["key"]}


async def test_somebody_who_asks_is_gone_with_everything_derived(stage, browser):
    await stage.deliver(opened(), the_next_job(), *amara(consented("amara")), *noor())
    await browser.get("/jobs/ws27/matches")
    assert await stage.fetch("SELECT 1 FROM runs WHERE candidate = 'amara'")

    answer = await browser.put("/candidates/amara/erasure", ASKED)

    assert answer.status_code == 201
    assert await facts_of(stage, "amara") == {"candidate-erased", "erasure-completed"}
    for table in ("members", "descriptions", "words", "names", "skills", "matches", "runs", "keeping"):
        assert await stage.fetch(f"SELECT 1 FROM {table} WHERE candidate = 'amara'") == []  # noqa: S608
    ours = {"candidate-registered", "consent-changed", "candidate-pooled", "erasure-requested", "candidate-left-pool"}
    assert ours | {"interview-returned"} <= await topics_of(stage, "amara")
    progress = (await browser.get("/candidates/amara/erasure")).json()
    assert (progress["state"], list(progress["receipts"])) == ("erasing", ["candidates"])
    assert await place_of(stage, "noor") == ("promising", "invited")


async def test_whoever_asks_themselves_is_restricted_at_once_and_has_a_day_to_object(stage, browser):
    await stage.deliver(opened(), the_next_job(), *amara(consented("amara")), *noor())

    for who, by in (("amara", "candidate"), ("noor", "platform")):
        await browser.put(f"/candidates/{who}/erasure", {"requested_at": NOW.isoformat(), "by": by})

    asked = (await browser.get("/candidates/amara/erasure")).json()
    assert (asked["state"], asked["held_until"]) == ("restricted", "2026-11-24T09:00:00Z")
    assert await place_of(stage, "amara") is None
    assert [e["candidate"] for e in await stage.said("candidate-erased")] == ["noor"]

    await stage.move(NOW + timedelta(days=1) - timedelta(seconds=1))
    assert "candidate-registered" in await facts_of(stage, "amara")
    await stage.move(NOW + timedelta(days=1))
    assert await facts_of(stage, "amara") == {"candidate-erased", "erasure-completed"}


async def test_example_28_a_legal_hold_restricts_at_once_and_erases_when_it_ends(stage, browser):
    await stage.deliver(configured(legal_hold_months=6), opened(), the_next_job(), *amara(consented("amara")))
    await stage.move(datetime(2026, 12, 1, 9, tzinfo=UTC))

    await browser.put("/candidates/amara/erasure", {"requested_at": "2026-12-01T08:00:00Z", "by": "candidate"})

    asked = (await browser.get("/candidates/amara/erasure")).json()
    assert (asked["state"], asked["held_until"]) == ("restricted", "2027-05-13T15:00:00Z")
    assert await place_of(stage, "amara") is None
    refused = await browser.get("/candidates/amara")
    assert (refused.status_code, refused.json()["code"]) == (403, "candidate-restricted")
    assert (await browser.get("/candidates/amara", "auditor")).status_code == 200
    matches = (await browser.get("/jobs/ws27/matches")).json()
    assert matches["items"] == []
    seen = (await browser.get("/jobs/ws27/matches", "auditor")).json()
    assert [x["blockers"] for x in seen["items"]] == [["restricted"]]

    await stage.move(datetime(2027, 5, 13, 14, 59, tzinfo=UTC))
    assert await stage.said("candidate-erased") == []
    await stage.move(datetime(2027, 5, 13, 15, 0, tzinfo=UTC))
    [erased] = await stage.said("candidate-erased")
    [receipt] = await stage.said("erasure-completed")
    assert erased["erased_at"] == receipt["at"] == "2027-05-13T15:00:00Z"
    assert (erased["candidate"], receipt["service"]) == ("amara", "candidates")


async def test_example_29_a_nightly_copy_is_dropped_and_a_new_application_is_welcome(stage, browser):
    await stage.deliver(configured(), opened(), *amara(consented("amara")))
    await browser.put("/candidates/amara/erasure", ASKED)
    tomorrow = int((NOW + timedelta(days=1) - datetime(2026, 11, 2, 8, tzinfo=UTC)) / timedelta(hours=1))
    await stage.move(NOW + timedelta(days=2))

    await stage.deliver(*(later(event, tomorrow) for event in amara(consented("amara"))))

    assert await facts_of(stage, "amara") == {"candidate-erased", "erasure-completed"}

    again = applied("amara", "ws27", submitted_at=NOW + timedelta(days=1))
    await stage.deliver(the_next_job(), later(again, tomorrow), later(registered("amara"), tomorrow + 1))
    assert await facts_of(stage, "amara") == {
        "candidate-erased", "erasure-completed", "application-submitted", "candidate-registered",
    }  # fmt: skip
    page = (await browser.get("/candidates/amara")).json()
    assert page["name"] == "Amara"


async def test_a_parked_record_that_names_them_goes_too(stage, browser):
    await stage.deliver(opened(), *amara(), *noor())
    await stage.take([broken(stage, "amara"), broken(stage, "noor")])
    assert len(await stage.fetch("SELECT 1 FROM dead_letters")) == 2

    await browser.put("/candidates/amara/erasure", ASKED)

    [left] = await stage.fetch("SELECT key FROM dead_letters")
    assert left["key"] == b"acme/noor/noor"


def broken(stage, who: str) -> ConsumedRecord:
    """A profile that is parked, with their name in it."""
    value = json.dumps({"candidate": who, "name": f"{who} who is 7", "email": 7}).encode()
    given = {"id": f"broken-{who}", "source": "platform", "type": "candidate-registered", "specversion": "1.0"}
    given |= {"time": "2026-11-20T08:00:00Z", "organization": "acme", "subject": "x"}
    headers = [(f"ce_{k}", v.encode()) for k, v in given.items()] + [("content-type", b"application/json")]
    return stage.log.place("candidate-registered", f"acme/{who}/{who}".encode(), value, headers)


async def test_a_merge_before_the_request_erases_all_ids_and_a_later_one_nobody(stage, browser):
    def merged(surviving: str, *ids: str, at: str) -> Event:
        return CandidateMerged.model_validate({"surviving": surviving, "merged": ids, "merged_at": at})

    bo, cy = registered("bo"), registered("cy")
    await stage.deliver(*amara(), bo, cy, merged("amara", "bo", at="2026-11-18T08:00:00Z"))
    await stage.deliver(merged("cy", "amara", at="2026-11-21T08:00:00Z"))

    await browser.put("/candidates/bo/erasure", ASKED)

    assert {e["candidate"] for e in await stage.said("candidate-erased")} == {"amara", "bo"}
    assert "candidate-registered" in await facts_of(stage, "cy")
    assert (await browser.get("/candidates/cy")).json()["name"] == "Cy"


async def test_retention_asks_after_its_months_and_a_consent_keeps(stage):
    await stage.deliver(configured(), opened(), *an_interviewed_candidate("ana", "yes"), *amara(consented("amara")))

    await stage.move(datetime(2027, 5, 13, 14, 59, tzinfo=UTC))
    assert await stage.said("erasure-requested") == []
    await stage.move(datetime(2027, 5, 13, 15, tzinfo=UTC))

    assert [e["candidate"] for e in await stage.said("candidate-erased")] == ["ana"]
    [asked] = await stage.fetch("SELECT value FROM outbox WHERE topic = 'erasure-requested' AND value IS NOT NULL")
    assert json.loads(asked["value"])["by"] == "retention"
    await stage.move(datetime(2027, 5, 20, 9, tzinfo=UTC))
    await stage.deliver(later(consented("amara", granted=False, given_at="2027-05-20T08:00:00Z"), 24 * 199))
    await stage.move(datetime(2027, 5, 20, 10, tzinfo=UTC))
    assert {e["candidate"] for e in await stage.said("candidate-erased")} == {"ana", "amara"}


async def test_who_unsubscribed_is_kept_no_longer_for_having_wanted_to_hear_from_us(stage):
    agreed = consented("ana", purpose="keep_in_touch", given_at="2026-11-16T08:00:00Z")
    await stage.deliver(configured(), opened(), *an_interviewed_candidate("ana", "yes"), agreed)
    await stage.move(datetime(2027, 5, 14, tzinfo=UTC))
    assert await stage.said("candidate-erased") == []

    left = {"response": "r1", "candidate": "ana", "responded_at": "2027-05-13T09:00:00Z", "kind": "unsubscribed"}
    await stage.deliver(CandidateResponded.model_validate(left))
    await stage.move(datetime(2027, 5, 14, 1, tzinfo=UTC))

    assert [e["candidate"] for e in await stage.said("candidate-erased")] == ["ana"]


async def test_what_is_imported_old_has_a_month_until_its_consents_come(stage):
    old = {"decided_at": "2024-02-01T08:00:00Z"}
    known = (registered("ana"), applied("ana", submitted_at="2024-01-01T08:00:00Z"), decided("ana", **old))
    facts = [Heard(e, historical=True) for e in known]
    await stage.deliver(opened(), *facts)
    await stage.move(NOW + GRACE - timedelta(hours=1))
    assert await stage.said("erasure-requested") == []

    await stage.move(NOW + GRACE + timedelta(hours=1))

    assert [e["candidate"] for e in await stage.said("candidate-erased")] == ["ana"]


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (RetentionRecord("o", "c"), None),
        (RetentionRecord("o", "c", decided_at=DECIDED_AT), "2027-05-13T15:00:00+00:00"),
        (RetentionRecord("o", "c", decided_at=DECIDED_AT, has_open_application=True), None),
        (RetentionRecord("o", "c", decided_at=DECIDED_AT, bases=[RetentionBasis(DECIDED_AT)]), None),
        (
            RetentionRecord("o", "c", decided_at=DECIDED_AT, bases=[RetentionBasis(DECIDED_AT, A_YEAR_ON)]),
            "2027-11-13T15:00:00+00:00",
        ),
        (
            RetentionRecord("o", "c", {"c": ErasureRequest(NOW, RequestedBy.PLATFORM)}, DECIDED_AT),
            "2026-11-23T09:00:00+00:00",
        ),
        (RetentionRecord("o", "c", {"c": ErasureRequest(NOW)}, DECIDED_AT), "2026-11-24T09:00:00+00:00"),
    ],
)
def test_when_the_next_step_is(kept, expected):
    found = due([kept], {"o": RetentionTerms()})
    assert [d.due_at.isoformat() for d in found if d.due_at] == ([expected] if expected else [])


IDS = st.sampled_from("abcdef")
DAYS = st.integers(1, 28).map(lambda day: datetime(2026, 11, day, tzinfo=UTC))
MERGES = st.lists(
    st.builds(CandidateMerge, IDS, st.lists(IDS, max_size=3).map(tuple), DAYS),
    max_size=6,
)


@given(MERGES, IDS, DAYS)
def test_whoever_was_joined_before_is_the_same_from_every_one_of_them(merges, asking, instant):
    joined = joined_before(merges, asking, instant)
    assert asking in joined
    assert all(joined_before(merges, other, instant) == joined for other in joined)
    assert joined_before(merges, asking, datetime(2026, 10, 1, tzinfo=UTC)) == [asking]


async def test_asking_for_a_stranger_or_with_a_wrong_word_is_refused(browser, stage):
    await stage.deliver(*amara())
    assert (await browser.put("/candidates/x/erasure", ASKED)).json()["code"] == "candidate-not-found"
    wrong = await browser.put("/candidates/amara/erasure", ASKED | {"by": "retention"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/by")
    assert (await browser.get("/candidates/amara/erasure")).json()["state"] == "none"


async def test_an_erasure_heard_in_a_backlog_erases_when_it_is_derived(stage):
    from shared.kit.inbox import Mode

    erased = CandidateErased(candidate="amara", erased_at=NOW)
    told = [stage.log.append(e) for e in [opened(), *amara(), later(erased, 24 * 20)]]
    await stage.inbox.take([*told, broken(stage, "amara")], Mode.REMEMBER)
    await stage.drain.exhaust()
    await stage.take([stage.log.append(amara()[0])])  # again, later

    assert await facts_of(stage, "amara") == {"candidate-erased", "erasure-completed"}
    assert await stage.fetch("SELECT 1 FROM dead_letters") == []
    assert len(await stage.said("erasure-completed")) == 1
    assert await place_of(stage, "amara") is None
