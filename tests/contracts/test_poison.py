"""Records that harm nobody: every form of poison is refused with a code, and nothing unclean is ever stored."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import BY_TOPIC
from shared.kit.decode import Accepted, Ignored, RefusedRecord
from tests.contracts.keys import KEYS
from tests.contracts.pieces import NOW
from tests.contracts.records import changed, headers, paths, taken
from tests.contracts.samples import BODIES

FEEDBACK = BODIES["feedback-submitted"]
VALUE = json.dumps(FEEDBACK).encode()


def with_text(raw):
    """The feedback with raw JSON in the place of a free text."""
    return VALUE.replace(b'"Start with the conclusion."', raw)


POISON = {
    "empty": (b"", "not-json"),
    "truncated": (VALUE[:-1], "not-json"),
    "not JSON": (b"\x00\x01\x02", "not-json"),
    "not UTF-8": (with_text(b'"\xff\xfe"'), "not-json"),
    "null": (b"null", "invalid-field"),
    "a list": (b"[]", "invalid-field"),
    "a NUL": (with_text(b'"a\\u0000b"'), "invalid-field"),
    "a raw NUL": (with_text(b'"a\x00b"'), "not-json"),
    "a lone surrogate": (with_text(b'"\\ud800"'), "not-json"),
    "a lone trail surrogate": (with_text(b'"\\udc00 x"'), "not-json"),
    "surrogates as UTF-8": (with_text(b'"\xed\xa0\x80"'), "not-json"),
    "NaN": (VALUE.replace(b"0.75", b"NaN"), "not-json"),
    "infinity": (VALUE.replace(b"0.75", b"Infinity"), "not-json"),
    "minus infinity": (VALUE.replace(b"0.75", b"-Infinity"), "not-json"),
    "NaN in an unknown field": (VALUE[:-1] + b',"x":NaN}', "not-json"),
    "NaN as an id": (VALUE.replace(b'"a1"', b"NaN"), "not-json"),
    "beyond a float": (VALUE.replace(b"0.75", b"1e999"), "invalid-field"),
    "a number of 5,000 digits": (VALUE.replace(b"0.75", b"9" * 5_000), "not-json"),
    "deep nesting": (VALUE[:-1] + b',"x":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "not-json"),
    "too large": (VALUE[:-1] + b',"x":"' + b"x" * 1_048_576 + b'"}', "too-large"),
    "two events": (VALUE + VALUE, "not-json"),
    "a duplicate key whose last value is wrong": (VALUE[:-1] + b',"overall":"perhaps"}', "invalid-field"),
}


@pytest.mark.parametrize("form", POISON)
def test_poison_is_refused_with_its_code(form):
    value, code = POISON[form]

    assert taken("feedback-submitted", value).code == code


@pytest.mark.parametrize("form", POISON)
def test_what_is_said_about_poison_can_be_stored(form):
    refused = taken("feedback-submitted", POISON[form][0])

    said = f"{refused.organization} {refused.field} {refused.detail}"
    assert len(refused.detail) <= 300
    assert "\x00" not in said
    assert said.encode()


def test_exactly_one_mebibyte_is_acceptable():
    padding = b" " * (1_048_576 - len(VALUE))

    assert isinstance(taken("feedback-submitted", VALUE + padding), Accepted)
    assert taken("feedback-submitted", VALUE + padding + b" ").code == "too-large"


def test_of_a_duplicate_key_the_last_value_counts():
    outcome = taken("feedback-submitted", VALUE[:-1] + b',"overall":"strong_yes"}')

    assert outcome.event.overall == "strong_yes"


def test_the_word_nan_is_no_number():
    outcome = taken("feedback-submitted", with_text(b'"Explain NaN and Infinity."'))

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_text_of_any_event_takes_a_nul(body):
    topic = next(t for t, b in BODIES.items() if b is body)

    for path in paths(body):
        outcome = taken(topic, changed(body, path, "a\x00b"))
        assert isinstance(outcome, RefusedRecord), path
        assert "\x00" not in outcome.detail


def test_a_record_without_a_value_is_a_tombstone():
    assert taken("feedback-submitted", VALUE, headers=[]).code == "missing-attribute"
    from shared.kit.decode import accept

    assert isinstance(accept("feedback-submitted", b"acme/ana/f1", None, [], 0, NOW), Ignored)


def test_reserved_keys_belong_to_the_kit():
    assert isinstance(taken("feedback-submitted", b"whatever", key=b"~nudge"), Ignored)


@given(st.integers(0, len(VALUE) - 1))
def test_no_beginning_of_an_event_is_an_event(length):
    assert taken("feedback-submitted", VALUE[:length]).code == "not-json"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(value):
    assert isinstance(taken("feedback-submitted", value), RefusedRecord)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(datetime.isoformat),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(list(BODIES)), st.data(), JSON)
def test_whatever_stands_in_a_field_is_refused_or_stored_clean(topic, data, junk):
    path = data.draw(st.sampled_from(paths(BODIES[topic])))

    outcome = taken(topic, changed(BODIES[topic], path, junk))

    if isinstance(outcome, Accepted):
        assert b"\\u0000" not in outcome.body
        assert BY_TOPIC[topic].model_validate_json(outcome.body, extra="forbid") == outcome.event
    else:
        assert outcome.code in {"invalid-field", "not-json", "wrong-key", "time-out-of-range", "time-in-future"}


@given(st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=60)), max_size=12))
def test_any_headers_are_refused(some):
    assert isinstance(taken("feedback-submitted", VALUE, headers=some), RefusedRecord)


@given(st.sampled_from([name for name, _ in headers("feedback-submitted")]), st.none() | st.binary(max_size=260))
def test_any_value_of_a_header_is_taken_or_refused(name, value):
    usual = dict(headers("feedback-submitted")) | {name: value}

    outcome = taken("feedback-submitted", VALUE, headers=list(usual.items()))

    assert isinstance(outcome, Accepted | RefusedRecord)


@pytest.mark.parametrize("topic", KEYS)
def test_the_stored_body_says_the_same_again(topic):
    outcome = taken(topic, BODIES[topic])

    again = taken(topic, outcome.body)

    assert (again.event, again.body, again.unknown) == (outcome.event, outcome.body, ())
