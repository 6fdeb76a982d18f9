"""What a document shows of a value: the example of its schema, or one put together field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

PAGE = "text/html"
ORGANIZATION = "halden"
_INSTANT, _DAY = "2026-11-13T15:00:00Z", "2026-11-23"

# One story through all documents, told by the names of fields; what stands here is shown, optional or not.
STORY: dict[str, str | int] = {
    "application": "amara-su27",
    "author": "ada",
    "campaign": "sql-evening",
    "candidate": "amara",
    "cause": "application-decided:amara-su27",
    "code": "invalid-field",
    "competency": "sql",
    "country": "DE",
    "decided_by": "ines",
    "email": "amara@example.org",
    "event": "feedback-submitted:amara-su27-f1",
    "expected": 7,
    "family": "data",
    "feedback": "amara-su27-f1",
    "goal": "After each join compare the row count with what you expected.",
    "how": "phone",
    "id": "amara",
    "interview": "amara-su27-i1",
    "interviewer": "ada",
    "job": "su27",
    "language": "en",
    "letter": "5f0c9a52-4d5e-5c39-8f0e-2a6f6f3f6c11",
    "limit": 50,
    "match": "0b0dd0c6-3f4b-5a1c-9a59-5f2f3c1f7c55",
    "membership": "9d5a0a3e-6d6e-5b1d-8c1e-0e6f1f2a3b44",
    "merged": "amara-2024",
    "name": "Amara Nwosu",
    "observed": "Explained an outer join without being asked.",
    "organization": ORGANIZATION,
    "owner": "ines",
    "rating": 5,
    "reason": "The panel saw it so, too.",
    "recipient": "amara",
    "referral": "ada-amara",
    "relation": "ada-amara-2026",
    "run": "3f7d2f6a-8e0b-5d11-9c2f-6b1c2d3e4f50",
    "source": "ats",
    "submitted_by": "ada",
    "suggestion": "After each join compare the row count with what you expected.",
    "surviving": "amara",
    "task": "reply:amara",
    "text": "Explained an outer join without being asked.",
    "text_version": "pool-2026-11",
    "timezone": "Europe/Berlin",
    "title": "Data Analyst Intern",
    "token": "TOKEN",
    "url": "https://ats.halden.example/amara",
    "user": "ines",
    "version": "pool-2026-11",
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
    for told in _told(schema):
        return told
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], definitions, name)
    return _made(schema, definitions, name)


def _told(schema: Schema) -> Iterator[Any]:
    """What the schema shows of itself."""
    yield from schema.get("examples", ())
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())


def _made(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:
    kind = schema.get("type")
    match kind if isinstance(kind, str) else "string":
        case "object":
            return _object(schema, definitions, name)
        case "array":
            item = example_of(schema.get("items", {}), definitions, name.removesuffix("s"))
            return [item] * schema.get("minItems", 1)
        case "boolean":
            return schema.get("default", True)
        case "integer" | "number":
            told = STORY.get(name, schema.get("default"))
            return told if isinstance(told, int) else int(schema.get("minimum", 1))
        case _:
            return _text(schema, name)


def _object(schema: Schema, definitions: Mapping[str, Schema], name: str) -> dict[str, Any]:
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return {name.removesuffix("s"): example_of(values, definitions, name.removesuffix("s"))}
    required = schema.get("required", ())
    shown = {n: s for n, s in schema.get("properties", {}).items() if n in required or n in STORY}
    return {n: example_of(s, definitions, n) for n, s in shown.items()}


def _text(schema: Schema, name: str) -> str:
    told = {"date-time": _INSTANT, "date": _DAY}.get(schema.get("format", "")) or STORY.get(name)
    return told if isinstance(told, str) else str(schema.get("default") or name)
