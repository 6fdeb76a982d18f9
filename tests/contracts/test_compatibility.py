"""Within a version contracts only grow: proven against the committed snapshot, and on made-up changes."""

import copy

import pytest

from cli.contracts import committed
from shared.contracts.compatibility import breaks, breaks_of_all
from shared.contracts.generate import documents

NAME = "feedback-submitted.v1.json"


@pytest.fixture
def old():
    return committed()[NAME]


@pytest.fixture
def new(old):
    return copy.deepcopy(old)


def test_the_contracts_keep_what_the_snapshot_promised():
    assert breaks_of_all(committed(), documents()) == {}


def test_no_change_is_no_break(old, new):
    assert breaks(old, new) == []


def test_a_new_optional_field_is_compatible(old, new):
    new["properties"]["mood"] = {"type": "string", "default": "calm"}
    new["$defs"]["Rating"]["properties"]["note"] = {"type": "string"}

    assert breaks(old, new) == []


def test_a_new_required_field_is_not(old, new):
    new["properties"]["mood"] = {"type": "string"}
    new["required"].append("mood")

    assert breaks(old, new) == ["mood: a new field must be optional"]


def test_an_optional_field_stays_optional(old, new):
    new["required"].append("interview")

    assert breaks(old, new) == ["interview: is required now"]


def test_a_required_field_stays_required(old, new):
    new["required"].remove("application")

    assert breaks(old, new) == ["application: is no longer required"]


def test_a_field_may_not_go(old, new):
    del new["properties"]["url"]

    assert breaks(old, new) == ["url: is gone"]


def test_a_new_value_needs_readers_that_know_unknown(old, new):
    new["$defs"]["Overall"]["enum"].append("maybe")

    assert breaks(old, new) == ["overall: 'maybe' is new, and readers have no `unknown`"]


def test_where_unknown_is_declared_values_may_be_added(old, new):
    old["$defs"]["Overall"]["enum"].append("unknown")
    new["$defs"]["Overall"]["enum"] += ["unknown", "maybe"]

    assert breaks(old, new) == []


def test_a_value_may_not_go(old, new):
    new["$defs"]["Overall"]["enum"].remove("no_decision")

    assert breaks(old, new) == ["overall: no longer takes 'no_decision'"]


@pytest.mark.parametrize(
    ("name", "bound", "sentence"),
    [
        ("maxItems", 49, "ratings: maxItems is tightened from 50 to 49"),
        ("maxItems", 51, None),
        ("minItems", 1, "ratings: minItems is tightened from None to 1"),
        ("uniqueItems", True, "ratings: uniqueItems changes from None to True"),
    ],
)
def test_bounds_only_widen(old, new, name, bound, sentence):
    new["properties"]["ratings"][name] = bound

    assert breaks(old, new) == ([sentence] if sentence else [])


def test_changes_deep_inside_are_found(old, new):
    new["$defs"]["Rating"]["properties"]["level"]["maximum"] = 0.5
    new["$defs"]["Strength"]["properties"]["observed"]["maxLength"] = 300

    assert breaks(old, new) == [
        "ratings[].level: maximum is tightened from 1 to 0.5",
        "shareable.strengths[].observed: maxLength is tightened from 600 to 300",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "integer"}, "submitted_at: type changes from 'string' to 'integer'"),
        ({"format": "date"}, "submitted_at: format changes from 'date-time' to 'date'"),
        ({"pattern": "Z$"}, "submitted_at: pattern changes from None to 'Z$'"),
        ({"enum": ["now"]}, "submitted_at: the set of values is new"),
        ({"title": "When", "description": "Words may change."}, None),
    ],
)
def test_only_words_may_change(old, new, change, sentence):
    new["properties"]["submitted_at"] |= change

    assert breaks(old, new) == ([sentence] if sentence else [])


def test_null_may_not_be_taken_away(old, new):
    new["$defs"]["Rating"]["properties"]["level"]["type"] = "number"

    assert breaks(old, new) == ["ratings[].level: type changes from ['number', 'null'] to 'number'"]


def test_defaults_keys_and_owners_stay(old, new):
    new["properties"]["kind"]["default"] = "work_sample"
    new["x-key"] = "{organization}/{feedback}/{feedback}"
    new["x-listeners"] = []

    assert len(breaks(old, new)) == 2


def test_a_topic_may_not_go_and_a_new_one_may_come(old):
    assert breaks_of_all({NAME: old}, {}) == {NAME: ["is gone"]}
    assert breaks_of_all({}, {NAME: old}) == {}
