"""CloudEvents: what we write the official SDK reads, what it writes we read, in both modes."""

import json
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, from_kafka, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.contracts import BY_TOPIC, body_json, fact_of, key_of
from shared.kit.cloudevents import encode
from shared.kit.decode import Accepted
from tests.contracts.keys import KEYS
from tests.contracts.pieces import NOW
from tests.contracts.records import envelope, headers, taken
from tests.contracts.samples import BODIES

FEEDBACK = BODIES["feedback-submitted"]
MINUTE = datetime(2026, 11, 23, 8, 30, 0, 250_000, tzinfo=UTC)


def sdk_event(topic, **attributes):
    usual = {
        "id": "e1",
        "source": "/ats",
        "type": topic,
        "time": MINUTE,
        "organization": "acme",
        "datacontenttype": "application/json",
        "partitionkey": KEYS[topic],
    }
    return CloudEvent(usual | attributes, BODIES[topic])


def as_taken(topic, message):
    return taken(topic, message.value, headers=list(message.headers.items()), key=message.key.encode())


@pytest.mark.parametrize("topic", BODIES)
def test_the_sdk_reads_what_we_write(topic):
    event = BY_TOPIC[topic].model_validate(BODIES[topic])
    ours = envelope(topic, body_json(event), subject=fact_of("acme", event), historical=True, causation="e0")

    key, value, written = encode(ours, key_of("acme", event))
    read = from_binary(KafkaMessage(dict(written), key, value), JSONFormat())

    assert (read.get_id(), read.get_type(), read.get_source()) == ("e1", topic, "/ats")
    assert (read.get_time(), read.get_subject()) == (ours.time, ours.subject)
    assert read.get_dataschema() == f"https://talentloop.dev/schemas/{topic}/v1"
    assert (read.get_extension("organization"), read.get_extension("causationid")) == ("acme", "e0")
    assert (read.get_extension("historical"), read.get_extension("partitionkey")) == ("true", KEYS[topic])
    assert read.get_data() == json.loads(value)


@pytest.mark.parametrize("mode", [to_binary, to_structured])
@pytest.mark.parametrize("topic", BODIES)
def test_we_read_what_the_sdk_writes(topic, mode):
    message = mode(sdk_event(topic, historical=True, causationid="e0", subject="x"), JSONFormat())

    outcome = as_taken(topic, message)

    assert isinstance(outcome, Accepted), outcome
    assert outcome.event == BY_TOPIC[topic].model_validate(BODIES[topic])
    assert outcome.envelope._replace(data=b"") == envelope(
        topic, b"", time=MINUTE, historical=True, causation="e0", subject="x"
    )


def test_both_modes_are_the_same_event():
    binary, structured = (mode(sdk_event("feedback-submitted"), JSONFormat()) for mode in (to_binary, to_structured))

    one, other = as_taken("feedback-submitted", binary), as_taken("feedback-submitted", structured)

    assert (one.event, one.body) == (other.event, other.body)
    assert one.envelope._replace(data=b"") == other.envelope._replace(data=b"")


def test_the_sdk_reads_back_what_went_through_us_in_structured_mode():
    message = to_structured(sdk_event("feedback-submitted"), JSONFormat())

    accepted = as_taken("feedback-submitted", message)
    key, value, written = encode(accepted.envelope._replace(data=accepted.body), "k")

    assert from_kafka(KafkaMessage(dict(written), key, value), JSONFormat()).get_data()["feedback"] == "f1"


WRONG = [
    ("ce_specversion", b"0.3", "unknown-version", "specversion"),
    ("ce_specversion", None, "missing-attribute", "specversion"),
    ("ce_id", b"", "missing-attribute", "id"),
    ("ce_id", b"x" * 201, "invalid-field", "id"),
    ("ce_id", b"a\nb", "invalid-field", "id"),
    ("ce_id", b"\xff", "not-cloudevent", None),
    ("ce_source", None, "missing-attribute", "source"),
    ("ce_type", b"feedback-withdrawn", "wrong-type", "type"),
    ("ce_type", b"feedback-submitted-v2", "wrong-type", "type"),
    ("ce_time", None, "missing-attribute", "time"),
    ("ce_organization", None, "missing-attribute", "organization"),
    ("ce_organization", b"ac me", "invalid-field", "organization"),
    ("ce_organization", b"acme,other", "invalid-field", "organization"),
    ("ce_organization", b"*", "invalid-field", "organization"),
    ("ce_dataschema", b"https://talentloop.dev/schemas/feedback-submitted/v2", "unknown-version", "dataschema"),
    ("ce_dataschema", b"https://example.org/mine", "unknown-version", "dataschema"),
    ("ce_historical", b"perhaps", "invalid-field", "historical"),
    ("ce_causationid", b"a\x00", "invalid-field", "causationid"),
]


@pytest.mark.parametrize(("name", "value", "code", "field"), WRONG)
def test_a_wrong_attribute_is_named(name, value, code, field):
    raw = dict(headers("feedback-submitted")) | {name: value}

    outcome = taken("feedback-submitted", FEEDBACK, headers=list(raw.items()))

    assert (outcome.code, outcome.field) == (code, field)


@pytest.mark.parametrize("name", ["ce_subject", "ce_dataschema", "ce_historical", "ce_causationid", "content-type"])
def test_an_optional_attribute_may_be_absent_or_null(name):
    without = [(n, v) for n, v in headers("feedback-submitted") if n != name]

    assert isinstance(taken("feedback-submitted", FEEDBACK, headers=without), Accepted)
    assert isinstance(taken("feedback-submitted", FEEDBACK, headers=[*without, (name, None)]), Accepted)


@pytest.mark.parametrize(("written", "historical"), [(b"true", True), (b"True", True), (b"false", False)])
def test_history_is_said_in_any_spelling_of_the_sdks(written, historical):
    raw = dict(headers("feedback-submitted")) | {"ce_historical": written}

    outcome = taken("feedback-submitted", FEEDBACK, headers=list(raw.items()))

    assert outcome.envelope.historical is historical


@pytest.mark.parametrize(
    ("trace", "kept"),
    [(b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01", True), (b"00-short", False), (b"\x00" * 55, False)],
)
def test_only_a_real_traceparent_is_kept(trace, kept):
    outcome = taken("feedback-submitted", FEEDBACK, headers=[*headers("feedback-submitted"), ("traceparent", trace)])

    assert (outcome.envelope.traceparent is not None) is kept


STRUCTURED = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/ats",
    "type": "feedback-submitted",
    "time": NOW.isoformat(),
    "organization": "acme",
    "data": FEEDBACK,
}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"{", "not-json"),
        (b"[]", "not-cloudevent"),
        (json.dumps(STRUCTURED | {"data": None}).encode(), "missing-attribute"),
        (json.dumps(STRUCTURED | {"data": "text"}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"data_base64": "e30="}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"data": None, "data_base64": "{}"}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"data": None, "data_base64": 7}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"data": None, "data_base64": "W10="}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"data": None, "data_base64": "ew=="}).encode(), "not-json"),
        (json.dumps(STRUCTURED | {"id": ["x"]}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED | {"type": "job-opened"}).encode(), "wrong-type"),
        (json.dumps(STRUCTURED | {"data": FEEDBACK | {"overall": "meh"}}).encode(), "invalid-field"),
        (json.dumps(STRUCTURED).encode().replace(b"0.75", b"NaN"), "not-json"),
        (b'{"data":' + b"[" * 9_000 + b"]" * 9_000 + b"}", "not-json"),
    ],
)
def test_a_broken_structured_event_is_refused(value, code):
    outcome = taken("feedback-submitted", value, headers=[("content-type", b"application/cloudevents+json")])

    assert outcome.code == code


def test_an_sdk_that_was_given_bytes_writes_them_as_base64():
    body = json.dumps(FEEDBACK).encode()
    given = CloudEvent({"id": "e1", "source": "/ats", "type": "feedback-submitted", "time": MINUTE,
                        "organization": "acme", "partitionkey": KEYS["feedback-submitted"]}, body)  # fmt: skip
    message = to_structured(given, JSONFormat())

    outcome = as_taken("feedback-submitted", message)

    assert "data_base64" in json.loads(message.value)
    assert outcome.event == BY_TOPIC["feedback-submitted"].model_validate(FEEDBACK)


def test_data_of_the_wrong_type_is_not_called_missing():
    value = json.dumps(STRUCTURED | {"data": json.dumps(FEEDBACK)}).encode()

    outcome = taken("feedback-submitted", value, headers=[("content-type", b"application/cloudevents+json")])

    assert (outcome.organization, outcome.code, outcome.field) == ("acme", "invalid-field", "data")


@pytest.mark.parametrize(("name", "value", "code", "field"), WRONG)
def test_a_refusal_is_filed_under_the_organisation_wherever_that_is_readable(name, value, code, field):
    raw = dict(headers("feedback-submitted")) | {name: value}

    outcome = taken("feedback-submitted", FEEDBACK, headers=list(raw.items()))

    assert outcome.organization == (None if name == "ce_organization" else "acme")


def test_what_is_too_large_is_filed_under_the_organisation_its_headers_name():
    assert taken("feedback-submitted", b" " * 1_048_577).organization == "acme"


@pytest.mark.parametrize("spelled", [b"application/cloudevents+json; charset=utf-8", b"Application/CloudEvents+JSON"])
def test_a_media_type_may_have_parameters_and_capitals(spelled):
    outcome = taken("feedback-submitted", STRUCTURED, headers=[("content-type", spelled)])

    assert isinstance(outcome, Accepted)
