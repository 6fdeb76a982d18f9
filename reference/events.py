"""Pages of the events, out of the committed schemas: one for all, one for each."""

import json
from typing import Any

from reference.fields import Schema, fields_of, types_of
from reference.pages import Pages, render
from shared.contracts.generate import ASYNCAPI, FOLDER
from shared.web.openapi_examples import ORGANIZATION, example_of

GROUPS = {
    "interviews": "What happened",
    "candidates": "Whom we know",
    "notifications": "What we say",
    "insights": "What we learnt",
    "each": "What every service says of itself",
}


def event_pages() -> Pages:
    """Every page and file of the events, by its path beside the others."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.json"))}
    documents = {name: json.loads(text) for name, text in texts.items()}
    everything = documents.pop(ASYNCAPI)
    events = [_event(name, schema, everything) for name, schema in documents.items()]
    groups = {title: [event for event in events if event["owner"] == owner] for owner, title in GROUPS.items()}
    headers = fields_of(everything["components"]["schemas"]["CloudEventHeaders"])
    return {
        "index.md": render("events.md", groups=groups, headers=headers),
        **{f"{event['topic']}.md": render("event.md", **event) for event in events},
        **{f"schemas/{name}": text for name, text in texts.items()},
    }


def _event(file: str, schema: dict[str, Any], everything: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.pop("$defs", {})
    example = example_of(schema, definitions)
    topic, says = schema["x-topic"], schema.get("description", "")
    return {
        "file": file,
        "topic": topic,
        "owner": schema["x-owner"],
        "says": says,
        "summary": says.partition("\n")[0],
        "said_by": [tag["name"] for tag in everything["operations"][f"say-{topic}"]["tags"]],
        "heard_by": schema["x-listeners"] or ["platforms"],
        "key": schema["x-key"],
        "key_example": _key(schema, example),
        "partitions": schema["x-partitions"],
        "policy": "compact" if schema["x-compacted"] else "delete",
        "address": schema["$id"],
        "fields": fields_of(schema),
        "types": types_of(schema, definitions),
        "example": example,
    }


def _key(schema: Schema, example: dict[str, Any]) -> str:
    known = {"organization": ORGANIZATION, **{name.rstrip("_"): value for name, value in example.items()}}
    return str(schema["x-key"]).format_map(known)
