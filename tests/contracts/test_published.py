"""What is published is narrower than what is accepted, and says of everything what it is."""

import json
from functools import cache
from importlib.metadata import version

import jsonschema_rs
import pytest

from shared.contracts import BY_TOPIC, EVENTS, Event
from shared.contracts.generate import ASYNCAPI, FOLDER, file_name
from shared.contracts.vocabulary import FIELDS
from shared.kit.cloudevents import read
from shared.kit.decode import Accepted, examine
from tests.contracts.pieces import NOW
from tests.contracts.records import changed, fields, headers, paths, without
from tests.contracts.samples import BODIES


@cache
def published(topic):
    return json.loads((FOLDER / file_name(BY_TOPIC[topic])).read_text(encoding="utf-8"))


def models_of(topic):
    document = published(topic)
    return [document, *document["$defs"].values()]


def outcome_of(topic, body):
    return examine(topic, json.dumps(body).encode(), headers(topic), NOW)


def parts(schema):
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    yield schema
    for part in inner:
        yield from parts(part)


def at(topic, path):
    """The schema of a place in an event."""
    document = place = published(topic)
    for step in path.split("."):
        place = place["items"] if step.isdigit() else place["properties"][step]
        place = place | document["$defs"][place["$ref"].rpartition("/")[2]] if "$ref" in place else place
    return place


def edges(schema):
    """The values at the edges of what a schema allows."""
    yield from schema.get("enum", [])
    yield from (schema[bound] for bound in ("minimum", "maximum") if bound in schema)
    if schema.get("type") == "boolean":
        yield from (True, False)
    if schema.get("type") == "array" and not schema.get("minItems"):
        yield []


@pytest.mark.parametrize("topic", BODIES)
def test_every_document_the_schema_allows_is_accepted(topic):
    """But for rules that hold between fields, which no schema can tell: those name no field."""
    validator = jsonschema_rs.Draft202012Validator(published(topic))
    body = BODIES[topic]
    left_out = [without(body, path) for path in fields(body)]
    at_edges = [changed(body, path, value) for path in paths(body) for value in edges(at(topic, path))]
    allowed = [body, *filter(validator.is_valid, (*left_out, *at_edges))]

    refused = [found for found in (outcome_of(topic, body) for body in allowed) if not isinstance(found, Accepted)]

    assert [found for found in refused if found.field is not None] == []


@pytest.mark.parametrize("topic", BODIES)
def test_what_we_say_is_what_the_schema_allows_and_reads_back_the_same(topic):
    body = BODIES[topic]
    for version_of_it in (body, *(without(body, path) for path in fields(body))):
        outcome = outcome_of(topic, version_of_it)
        if isinstance(outcome, Accepted):
            said = outcome.event.as_published()
            jsonschema_rs.Draft202012Validator(published(topic)).validate(json.loads(said))
            assert type(outcome.event).model_validate_json(said) == outcome.event


def test_a_level_that_could_not_be_assessed_is_said():
    body = changed(BODIES["feedback-submitted"], "ratings.0.level", None)

    said = json.loads(outcome_of("feedback-submitted", body).event.as_published())

    assert said["ratings"][0] == {**BODIES["feedback-submitted"]["ratings"][0], "level": None}
    assert "url" not in json.loads(outcome_of("feedback-submitted", body | {"url": None}).event.as_published())


@pytest.mark.parametrize("topic", BODIES)
def test_generators_meet_nothing_that_they_make_bad_code_of(topic):
    for part in parts(published(topic)):
        if isinstance(part, dict):
            assert not {"anyOf", "oneOf", "allOf"} & part.keys()
            assert part.get("default", "") not in (None, [])
            assert isinstance(part.get("type", ""), str) or part["title"] == "Level"


def test_ids_have_one_name_and_are_text_though_whole_numbers_are_taken():
    body = {"candidate": 7, "erased_at": "2026-11-18T11:20:00Z"}
    schema = published("candidate-erased")

    assert schema["properties"]["candidate"]["$ref"] == "#/$defs/Id"
    assert schema["$defs"]["Id"]["type"] == "string"
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid(body)
    assert outcome_of("candidate-erased", body).event.candidate == "7"


@pytest.mark.parametrize("topic", BODIES)
def test_everything_has_a_title_and_says_what_it_is(topic):
    for model in models_of(topic):
        assert model["title"]
        assert model["description"]
        for name, field in model.get("properties", {}).items():
            assert field.get("title") or "$ref" in field, name
            assert len(field["description"]) > 3, name


def test_no_word_is_left_of_a_field_that_is_gone():
    known = {
        (model["title"], name) for topic in BODIES for model in models_of(topic) for name in model.get("properties", {})
    }

    assert {*FIELDS} <= {name for _, name in known} | {".".join(place) for place in known}


@pytest.mark.parametrize("topic", BODIES)
def test_the_example_is_a_whole_event_as_we_would_take_and_say_it(topic):
    message = json.loads((FOLDER / ASYNCAPI).read_text(encoding="utf-8"))["components"]["messages"]
    example = message[BY_TOPIC[topic].__name__]["examples"][0]
    raw = [(name, text.encode()) for name, text in example["headers"].items()]
    value = json.dumps(example["payload"]).encode()

    outcome = examine(topic, value, raw, read(topic, value, raw).time)

    assert isinstance(outcome, Accepted), outcome
    assert outcome.unknown == ()
    assert not outcome.envelope.historical
    assert json.loads(outcome.event.as_published()) == example["payload"]
    assert published(topic)["examples"] == [example["payload"]]


def test_fakes_made_of_the_headers_are_not_of_the_past():
    headers_of_all = json.loads((FOLDER / ASYNCAPI).read_text("utf-8"))["components"]["schemas"]["CloudEventHeaders"]

    assert headers_of_all["properties"]["ce_historical"]["enum"][0] == "false"


def test_the_document_is_of_this_release():
    document = json.loads((FOLDER / ASYNCAPI).read_text(encoding="utf-8"))

    assert document["info"]["version"] == version("talentloop")


def test_contracts_whose_nulls_say_something_say_them_themselves():
    """`as_published` leaves nulls out, but for those of fields that must be there."""
    own = {event.topic for event in EVENTS if event.as_published is not Event.as_published}

    assert own == {event.topic for event in EVENTS if _says_null(event)}


def _says_null(event: type[Event]) -> bool:
    return any(isinstance(part, dict) and isinstance(part.get("type"), list) for part in parts(published(event.topic)))
