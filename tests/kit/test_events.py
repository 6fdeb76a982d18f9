"""What became of an event, and what it caused: stored, superseded, ignored, parked, or unknown."""

from datetime import timedelta

import pytest

from shared.contracts import CandidateErased
from shared.kit.dead_letters import count_parked
from shared.kit.trace import find_effects, find_events
from tests.heard import MONDAY, Heard
from tests.kit.conftest import feedback

pytestmark = pytest.mark.db


async def states(stage, *events: str, organization: str = "acme") -> dict[str, str]:
    async with stage.database.transaction([organization]) as conn:
        return {e.event: e.state for e in await find_events(conn, organization, events)}


def version(hours: int, **given) -> Heard:
    return Heard(feedback("f1", "ana", **given), MONDAY + timedelta(hours=hours), id=f"e{hours}")


async def test_the_version_that_stands_is_stored_and_the_one_before_superseded(stage):
    await stage.deliver(version(1))
    await stage.deliver(version(2, overall="no"))

    assert await states(stage, "e1", "e2", "e3") == {"e1": "superseded", "e2": "stored"}


@pytest.mark.parametrize("together", [True, False])
async def test_a_version_that_comes_behind_a_newer_one_is_ignored(stage, together):
    for batch in [[version(2), version(1)]] if together else [[version(2)], [version(1)]]:
        await stage.deliver(*batch)

    assert await states(stage, "e1", "e2") == {"e1": "ignored", "e2": "stored"}


async def test_what_comes_again_changes_nothing_about_it(stage):
    records = [stage.log.append(version(1)), stage.log.append(version(2))]
    for record in [records[0], records[1], *records, records[0], records[1]]:
        await stage.take([record])

    assert await states(stage, "e1", "e2") == {"e1": "superseded", "e2": "stored"}
    assert len(await stage.fetch("SELECT 1 FROM passed_events WHERE event IN ('e1', 'e2')")) == 1


async def test_a_parked_event_says_its_code_and_field(stage):
    record = stage.log.append(version(1))
    await stage.take([record._replace(value=record.value.replace(b'"yes"', b'"perhaps"'))])

    async with stage.database.transaction(["acme"]) as conn:
        [known] = await find_events(conn, "acme", ["e1"])
    assert (known.state, known.code, known.field) == ("parked", "invalid-field", "overall")
    assert await states(stage, "e1", organization="globex") == {}


WRONG_TIME = ("ce_time", b"1764150000000")  # milliseconds, as some platforms write it


def with_header(record, name: str, value: bytes):
    return record._replace(headers=list((dict(record.headers) | {name: value}).items()))


async def test_a_refused_event_is_found_by_its_sender_whatever_was_wrong_with_its_headers(stage):
    await stage.take([with_header(stage.log.append(version(1)), *WRONG_TIME)])

    async with stage.database.transaction(["acme"]) as conn:
        [known] = await find_events(conn, "acme", ["e1"])
    assert (known.state, known.source, known.code, known.field) == ("parked", "platform", "invalid-field", "time")


async def test_parked_records_are_counted_by_reason_field_and_source(stage):
    for hours in (1, 2):
        await stage.take([with_header(stage.log.append(version(hours)), *WRONG_TIME)])
    await stage.take([stage.log.append(version(3))._replace(key=b"acme/ana")])

    async with stage.database.transaction("*") as conn:
        counts = await count_parked(conn)

    assert counts == [
        ("invalid-field", "time", "feedback-submitted", "platform", 2),
        ("wrong-key", None, "feedback-submitted", "platform", 1),
    ]


async def test_a_parked_structured_event_is_found_by_its_name(stage):
    body = b'{"specversion":"1.0","id":"s1","source":"/ats","type":"feedback-submitted","data":{},'
    body += b'"time":"2026-11-02T08:00:00Z","organization":"acme"}'
    await stage.take(
        [stage.log.place("feedback-submitted", b"k", body, [("content-type", b"application/cloudevents+json")])]
    )

    assert await states(stage, "s1") == {"s1": "parked"}


async def test_what_an_event_caused_is_found_also_when_it_was_replaced_since(stage):
    await stage.deliver(version(1))
    await stage.deliver(Heard(feedback("f2", "ana"), id="e9"))

    async with stage.database.transaction(["acme"]) as conn:
        first = await find_effects(conn, "acme", ["e1"])
        second = await find_effects(conn, "acme", ["e9"])
    assert [(e.topic, e.state) for e in first] == [("candidate-pooled", "superseded")]
    assert [(e.topic, e.state) for e in second] == [("candidate-pooled", "stored")]


async def test_nothing_is_left_of_the_versions_of_an_erased_person(stage):
    await stage.deliver(version(1))
    await stage.deliver(version(2, overall="no"))

    erased = CandidateErased(candidate="ana", erased_at=MONDAY + timedelta(days=1))
    await stage.deliver(Heard(erased, MONDAY + timedelta(days=1)))

    assert await states(stage, "e1", "e2") == {}


async def test_after_thirty_days_the_names_are_forgotten(stage):
    await stage.deliver(version(1))
    await stage.deliver(version(2, overall="no"))
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE passed_events SET at = at - interval '31 days'")

    await stage.clock.run_due()

    assert await states(stage, "e1", "e2") == {"e2": "stored"}
