"""Poison on the way of a batch: parked with its code, alone and among five hundred, and nobody beside it is touched."""

import json
from itertools import count

import pytest

from tests.contracts.keys import KEYS
from tests.contracts.records import headers
from tests.contracts.samples import BODIES
from tests.contracts.test_poison import POISON
from tests.heard import Heard
from tests.kit.conftest import evidence_of, feedback

pytestmark = pytest.mark.db

TOPIC = "feedback-submitted"
KEY, HEADERS = KEYS[TOPIC].encode(), dict(headers(TOPIC))
OUT_OF_RANGE = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2999-01-01T00:00:00Z")
VERSION_9 = b"urn:talentloop:feedback-submitted:9"
AMONG = 500


def value_of(**changes: object) -> bytes:
    return json.dumps(BODIES[TOPIC] | changes).encode()


# form -> (key, value, headers, code)
FORMS = {form: (KEY, value, HEADERS, code) for form, (value, code) in POISON.items()}
FORMS |= {f"in {at[:4]}": (KEY, value_of(submitted_at=at), HEADERS, "time-out-of-range") for at in OUT_OF_RANGE}
FORMS |= {
    f"said in {at[:4]}": (KEY, value_of(), HEADERS | {"ce_time": at.encode()}, "time-out-of-range")
    for at in OUT_OF_RANGE
}
FORMS |= {
    "tomorrow": (KEY, value_of(submitted_at="2098-01-01T00:00:00Z"), HEADERS, "time-in-future"),
    "a wrong type": (KEY, value_of(), HEADERS | {"ce_type": b"job-opened"}, "wrong-type"),
    "an unknown version": (KEY, value_of(), HEADERS | {"ce_dataschema": VERSION_9}, "unknown-version"),
    "another key": (b"acme/ana/f2", value_of(), HEADERS, "wrong-key"),
    "no key": (None, value_of(), HEADERS, "wrong-key"),
    "no headers": (KEY, value_of(), {}, "missing-attribute"),
    "a header that is no text": (KEY, value_of(), HEADERS | {"ce_id": b"\xff\xfe"}, "not-cloudevent"),
}  # fmt: skip


def poisoned(stage, form):
    key, value, given, _ = FORMS[form]
    return stage.log.place(TOPIC, key, value, list(given.items()))


def neighbours(stage, numbers, size):
    return [stage.log.append(feedback(f"n{next(numbers)}", f"person-{n}")) for n in range(size)]


async def parked(stage) -> list[str]:
    return [
        row["code"] for row in await stage.fetch('SELECT code FROM dead_letters ORDER BY topic, partition, "offset"')
    ]


async def test_alone_every_form_is_parked_with_its_code(stage):
    found = {}
    for form in FORMS:
        record = poisoned(stage, form)
        await stage.take([record])
        [row] = await stage.fetch(
            'SELECT code, value FROM dead_letters WHERE partition = $1 AND "offset" = $2',
            record.partition,
            record.offset,
        )
        found[form] = (row["code"], row["value"] == record.value)

    assert found == {form: (code, True) for form, (_, _, _, code) in FORMS.items()}
    assert await stage.fetch("SELECT fact FROM facts WHERE topic = $1", TOPIC) == []


async def test_among_five_hundred_every_form_is_parked_and_its_neighbours_are_stored(stage):
    numbers, found = count(), {}
    for form in FORMS:
        good, bad = neighbours(stage, numbers, AMONG - 1), poisoned(stage, form)
        await stage.take([*good[: AMONG // 2], bad, *good[AMONG // 2 :]])
        [row] = await stage.fetch(
            'SELECT code FROM dead_letters WHERE partition = $1 AND "offset" = $2', bad.partition, bad.offset
        )
        found[form] = row["code"]

    assert found == {form: code for form, (_, _, _, code) in FORMS.items()}
    [row] = await stage.fetch("SELECT count(*) FROM facts WHERE topic = $1", TOPIC)
    assert row["count"] == len(FORMS) * (AMONG - 1)


async def test_all_forms_at_once_harm_nobody(stage):
    bad = [poisoned(stage, form) for form in FORMS]

    await stage.take([stage.log.append(feedback("f1", "ana")), *bad, stage.log.append(feedback("f2", "ana"))])

    assert await evidence_of(stage, "ana") == ["f1", "f2"]
    assert sorted(await parked(stage)) == sorted(code for _, _, _, code in FORMS.values())


async def test_a_corrected_record_takes_the_place_of_the_broken_one(stage):
    await stage.take([poisoned(stage, "truncated")])

    await stage.deliver(Heard(feedback("f1", "ana")))

    assert await evidence_of(stage, "ana") == ["f1"]
