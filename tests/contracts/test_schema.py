"""The committed documents: what the contracts say, valid by their own standards, true of real events."""

import json
from functools import cache

import jsonschema
import jsonschema_rs
import pytest
from faststream.specification.asyncapi.v3_0_0.schema.schema import ApplicationSchema

from cli.contracts import stale
from shared.contracts import BY_TOPIC, EVENTS
from shared.contracts.generate import ASYNCAPI, FOLDER, file_name
from shared.kit.decode import Accepted
from tests.contracts.records import changed, headers, paths, taken
from tests.contracts.samples import BODIES
from tests.contracts.test_bounds import LIMITS


def committed(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def validator(topic):
    return jsonschema.Draft202012Validator(committed(file_name(BY_TOPIC[topic])))


def references(part):
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    own = [part["$ref"]] if isinstance(part, dict) and "$ref" in part else []
    return own + [found for value in inner for found in references(value)]


def test_the_committed_documents_are_what_the_contracts_say():
    assert stale() == [], "run `talentloop contracts write`"


@pytest.mark.parametrize("topic", BODIES)
def test_each_schema_is_valid_and_takes_a_real_event(topic):
    jsonschema.Draft202012Validator.check_schema(validator(topic).schema)

    validator(topic).validate(BODIES[topic])
    validator(topic).validate(json.loads(taken(topic, BODIES[topic]).event.as_published()))


@pytest.mark.parametrize(("topic", "path", "inside", "outside"), LIMITS)
def test_what_we_accept_the_schema_accepts(topic, path, inside, outside):
    body = changed(BODIES[topic], path, inside)

    assert isinstance(taken(topic, body), Accepted)
    assert validator(topic).is_valid(body)


@pytest.mark.parametrize("topic", BODIES)
def test_what_the_schema_refuses_we_refuse(topic):
    quick = jsonschema_rs.Draft202012Validator(validator(topic).schema)
    for path in paths(BODIES[topic]):
        for junk in ("<b>", 2**70, -1, {"x": 1}, [[]], True, "x" * 20_001):
            body = changed(BODIES[topic], path, junk)
            is_id = type(junk) is int and quick.is_valid(changed(BODIES[topic], path, str(junk)))
            if not quick.is_valid(body) and not is_id:
                assert not isinstance(taken(topic, body), Accepted), (path, junk)


@pytest.mark.parametrize("topic", BODIES)
def test_the_schema_says_how_an_event_travels(topic):
    schema = committed(file_name(BY_TOPIC[topic]))

    assert schema["$id"] == dict(headers(topic))["ce_dataschema"].decode()
    assert schema["x-key"].startswith("{organization}/")
    assert (schema["x-topic"], schema["x-owner"]) == (topic, BY_TOPIC[topic].owner)


def test_asyncapi_names_every_topic_message_and_listener():
    document = committed(ASYNCAPI)

    ApplicationSchema.model_validate(document)
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == {e.topic for e in EVENTS}
    assert {f"say-{e.topic}" for e in EVENTS} <= set(document["operations"])
    assert {f"hear-{e.topic}" for e in EVENTS if e.listens} <= set(document["operations"])


def test_every_reference_in_asyncapi_leads_somewhere():
    document = committed(ASYNCAPI)

    for reference in set(references(document)):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


@pytest.mark.parametrize("topic", BODIES)
def test_asyncapis_messages_take_real_records(topic):
    document = committed(ASYNCAPI)
    message = document["components"]["messages"][BY_TOPIC[topic].__name__]
    text = {name: value.decode() for name, value in headers(topic)}

    for schema, instance in ((message["payload"], BODIES[topic]), (message["headers"], text)):
        jsonschema.Draft202012Validator({**document, **schema}).validate(instance)
