"""The contracts as documents for everybody else: a JSON Schema per event and one AsyncAPI 3 document."""

import json
from importlib.metadata import version
from inspect import cleandoc
from pathlib import Path

from pydantic.json_schema import models_json_schema

from shared.contracts import EACH, EVENTS, Event, key_of, schema_address
from shared.contracts.examples import example_of
from shared.contracts.published import Document, Published, named

FOLDER = Path(__file__).parent / "schema"  # the committed snapshot
ASYNCAPI = "asyncapi.json"


def documents() -> dict[str, Document]:
    """Every document by its file name in `schema/`."""
    return {file_name(contract): json_schema(contract) for contract in EVENTS} | {ASYNCAPI: asyncapi()}


def file_name(contract: type[Event]) -> str:
    """Where an event's JSON Schema stands."""
    return f"{contract.topic}.v{contract.version}.json"


def written(document: Document) -> str:
    """A document as the text of its file; the line separators in patterns are written so that they can be seen."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n"


def json_schema(contract: type[Event]) -> Document:
    """The body of one event; what starts with `x-` says how it travels."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": schema_address(contract)}
    template = "#/$defs/{model}"
    body = contract.model_json_schema(ref_template=template, schema_generator=Published)
    models = named({**body.pop("$defs", {}), contract.__name__: body}, template)
    shape = models.pop(contract.__name__)
    return head | {"$defs": models} | shape | {"examples": [example_of(contract)["payload"]]} | _layout(contract)


def key_template(contract: type[Event]) -> str:
    """The Kafka key with the names of the fields it consists of."""
    fields = {name: f"{{{name.rstrip('_')}}}" for name in contract.model_fields}
    return key_of("{organization}", contract.model_construct(None, **fields))


def _layout(contract: type[Event]) -> Document:
    return {
        "x-topic": contract.topic,
        "x-key": key_template(contract),
        "x-owner": contract.owner,
        "x-listeners": sorted(contract.listens),
        "x-partitions": contract.partitions,
        "x-compacted": contract.compacted,
    }


def asyncapi() -> Document:
    """All topics, messages and who says and hears them, from Talentloop's point of view."""
    template = "#/components/schemas/{model}"
    _, schemas = models_json_schema(
        [(contract, "validation") for contract in EVENTS], ref_template=template, schema_generator=Published
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Talentloop",
            "version": version("talentloop"),
            "description": "What happened in interviews, whom we know, and what was said. CloudEvents 1.0 on Kafka.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {contract.topic: _channel(contract) for contract in EVENTS},
        "operations": _operations(),
        "components": {
            "messages": {contract.__name__: _message(contract) for contract in EVENTS},
            "schemas": {"CloudEventHeaders": _headers(), **named(schemas["$defs"], template)},
        },
    }


def _said_of(contract: type[Event]) -> str:
    """What a contract says of itself, as every Python since 3.13 hands it out: without the source's indentation."""
    return cleandoc(contract.__doc__ or "")


def _channel(contract: type[Event]) -> Document:
    policy = "compact" if contract.compacted else "delete"
    kafka = {"partitions": contract.partitions, "topicConfiguration": {"cleanup.policy": [policy]}}
    return {
        "address": contract.topic,
        "description": _said_of(contract),
        "messages": {contract.__name__: {"$ref": f"#/components/messages/{contract.__name__}"}},
        "bindings": {"kafka": {**kafka, "bindingVersion": "0.5.0"}},
        "x-owner": contract.owner,
        "x-listeners": sorted(contract.listens),
    }


def _operations() -> Document:
    """Talentloop hears what its services listen to, and says everything it owns."""
    said = {f"say-{contract.topic}": _operation("send", contract) for contract in EVENTS}
    heard = {f"hear-{contract.topic}": _operation("receive", contract) for contract in EVENTS if contract.listens}
    return said | heard


def _operation(action: str, contract: type[Event]) -> Document:
    channel = f"#/channels/{contract.topic}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{contract.__name__}"}],
        "tags": [{"name": name} for name in _speakers(action, contract)],
    }


def _speakers(action: str, contract: type[Event]) -> list[str]:
    if action == "receive":
        return sorted(contract.listens)
    service = "every service" if contract.owner == EACH else contract.owner
    return [service, "platforms"] if contract.from_platforms else [service]


def _message(contract: type[Event]) -> Document:
    own = {"ce_type": {"const": contract.topic}, "ce_dataschema": {"const": schema_address(contract)}}
    return {
        "name": contract.topic,
        "title": contract.__name__,
        "summary": _said_of(contract).partition("\n")[0],
        "contentType": "application/json",
        "headers": {"allOf": [{"$ref": "#/components/schemas/CloudEventHeaders"}, {"properties": own}]},
        "payload": {"$ref": f"#/components/schemas/{contract.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": key_template(contract)}}},
        "examples": [{"name": contract.topic, **example_of(contract)}],
    }


def _headers() -> Document:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "type": "object",
        "description": "CloudEvents 1.0 in binary mode; structured mode is read too.",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_organization"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": {**text, "description": "Unique per event; ours are UUIDv7, of derived things UUIDv5."},
            "ce_source": text,
            "ce_type": {**text, "description": "The topic's name."},
            "ce_time": {"type": "string", "format": "date-time", "description": "When the record last changed."},
            "ce_organization": {"type": "string", "pattern": r"^[A-Za-z0-9._:\-]{1,64}$"},
            "ce_subject": {"type": "string", "description": "The fact's id."},
            "ce_dataschema": {"type": "string", "format": "uri"},
            "ce_causationid": {**text, "description": "The event that caused this one."},
            "ce_historical": {"enum": ["false", "true"], "description": "True: never a cause of mail."},
            "traceparent": {"type": "string"},
            "content-type": {"const": "application/json"},
        },
    }
