"""What a document shows of a value: the example of its schema, or one put together field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

PAGE = "text/html"
ORGANIZATION = "halden"
_INSTANT, _DAY = "2026-11-13T15:00:00Z", "2026-11-23"

# One story through all documents, told by the names of fields; what stands here is shown, optional or not.
STORY: dict[str, Any] = {
    "answer_id": "b7f1",
    "application": "amara-su27",
    "author": "ada",
    "campaign": "sql-evening",
    "candidate": "amara",
    "competency": "sql",
    "country": "DE",
    "decided_by": "ines",
    "email": "amara@example.org",
    "family": "data",
    "feedback": "amara-su27-f1",
    "interview": "amara-su27-i1",
    "interviewer": "ada",
    "job": "su27",
    "language": "en",
    "limit": 50,
    "name": "Amara Nwosu",
    "organization": ORGANIZATION,
    "owner": "ines",
    "recipient": "amara",
    "submitted_by": "ada",
    "surviving": "amara",
    "timezone": "Europe/Berlin",
    "title": "Data Analyst Intern",
    "url": "https://ats.halden.example/candidates/amara",
    "user": "ines",
}


def add_to(operation: dict[str, Any], definitions: Mapping[str, Schema]) -> None:
    """Show an example of each parameter, of the body, and of what is answered where all is well."""
    for parameter in operation.get("parameters", ()):
        if parameter["required"] or parameter["name"] in STORY:
            parameter["example"] = example_of(parameter["schema"], definitions, parameter["name"])
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in (operation.get("requestBody", {}), *answers):
        for media_type, content in part.get("content", {}).items():
            if media_type != PAGE and "schema" in content:
                content.setdefault("example", example_of(content["schema"], definitions))


def example_of(schema: Schema, definitions: Mapping[str, Schema], name: str = "") -> Any:
    """A value that the schema takes. `name` is the field it stands in."""
    if "$ref" in schema:
        return example_of(definitions[schema["$ref"].rpartition("/")[2]], definitions, name)
    for told in _told(schema, name):
        return told
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], definitions, name)
    return _plain(schema, definitions, name)


def _told(schema: Schema, name: str) -> Iterator[Any]:
    """What the schema shows of itself, or the story of this field."""
    yield from schema.get("examples", ())
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())
    if name in STORY:
        yield STORY[name]


def _plain(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:
    kind = schema.get("type")
    match kind if isinstance(kind, str) else "string":
        case "object":
            return _object(schema, definitions)
        case "array":
            item = example_of(schema.get("items", {}), definitions, name.removesuffix("s"))
            return [item] * schema.get("minItems", 1)
        case "boolean":
            return schema.get("default", True)
        case "integer" | "number":
            return schema.get("default", schema.get("minimum", 1))
        case _:
            return _text(schema, name)


def _object(schema: Schema, definitions: Mapping[str, Schema]) -> dict[str, Any]:
    required = schema.get("required", ())
    shown = {n: s for n, s in schema.get("properties", {}).items() if n in required or n in STORY}
    return {n: example_of(s, definitions, n) for n, s in shown.items()}


def _text(schema: Schema, name: str) -> str:
    match schema.get("format"):
        case "date-time":
            return _INSTANT
        case "date":
            return _DAY
    return str(schema.get("default") or name)
