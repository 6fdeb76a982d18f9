"""Whoever sends CloudEvents as another protocol has them is told what was seen, and what is expected."""

import json

import pytest

from tests.contracts.pieces import NOW
from tests.contracts.records import headers, taken
from tests.contracts.samples import BODIES

TOPIC = "feedback-submitted"
BODY = json.dumps(BODIES[TOPIC]).encode()
ATTRIBUTES = {"specversion": "1.0", "id": "e1", "source": "/ats", "type": TOPIC, "time": NOW.isoformat()}
WHOLE = ATTRIBUTES | {"organization": "acme", "data": BODIES[TOPIC]}
EXPECTED = "application/cloudevents+json"


def refused(value, **given):
    return taken(TOPIC, value, headers=[(name.replace("__", "-"), text) for name, text in given.items()])


@pytest.mark.parametrize(
    "media_type",
    [
        "application/cloudevents",
        "application/cloudevents-batch+json",
        "application/cloudevents+avro",
        "application/cloudevents+protobuf; charset=utf-8",
        "Application/CloudEvents+XML",
    ],
)
def test_an_event_in_another_format_is_named_and_so_is_what_is_expected(media_type):
    outcome = refused(json.dumps(WHOLE).encode(), content__type=media_type.encode())

    assert (outcome.organization, outcome.code, outcome.field) == ("acme", "not-cloudevent", "content-type")
    assert f"is {media_type.lower().partition(';')[0]};" in outcome.detail
    assert EXPECTED in outcome.detail


def test_a_whole_event_without_its_header_is_told_which_header():
    outcome = refused(json.dumps(WHOLE).encode())

    assert (outcome.organization, outcome.code, outcome.field) == ("acme", "missing-attribute", "content-type")
    assert EXPECTED in outcome.detail


@pytest.mark.parametrize("spelled", ["ce-{}", "cloudEvents:{}", "cloudEvents_{}", "CE_{}", "Ce-{}"])
def test_headers_with_the_names_of_other_protocols_are_told_ours(spelled):
    theirs = [(spelled.format(name[3:]) if name.startswith("ce_") else name, v) for name, v in headers(TOPIC)]

    outcome = taken(TOPIC, BODY, headers=theirs)

    assert (outcome.organization, outcome.code, outcome.field) == ("acme", "missing-attribute", "specversion")
    assert all(name in outcome.detail for name in (spelled.format("specversion"), "ce_specversion"))


@pytest.mark.parametrize(
    ("value", "media_type", "seen"),
    [
        (b"Obj\x01\x04", b"application/avro", "application/avro"),
        (b"\x0a\x02f1", b"application/x-protobuf", "application/x-protobuf"),
        (b"\0\0\0\0\x07" + BODY, b"application/json", "schema registries"),
        (b"\0\0\0\0\x07" + BODY, None, "schema registries"),
        (b"<event/>", b"ana@mail.example", "unreadable"),
        (b"<event/>", b"text/" + b"x" * 200, "unreadable"),
    ],
)
def test_a_body_that_is_not_json_is_told_what_it_seems_to_be(value, media_type, seen):
    outcome = taken(TOPIC, value, headers=list((dict(headers(TOPIC)) | {"content-type": media_type}).items()))

    assert (outcome.organization, outcome.code) == ("acme", "not-json")
    assert seen in outcome.detail
    assert "application/json" in outcome.detail


def test_an_attribute_that_is_nowhere_is_named_in_both_forms():
    told = dict(headers(TOPIC))
    del told["ce_time"]

    assert "ce_time" in taken(TOPIC, BODY, headers=list(told.items())).detail
    assert "time" in refused(json.dumps(WHOLE | {"time": None}).encode(), content__type=EXPECTED.encode()).detail


@pytest.mark.parametrize(
    "value", [b"", b"[" * 9_000, b'"specversion"', b'{"specversion":1,"organization":["x"]}', b"\xff"]
)
def test_of_a_record_that_is_nothing_at_all_nothing_is_believed(value):
    outcome = refused(value)

    assert (outcome.organization, outcome.code) == (None, "missing-attribute")
