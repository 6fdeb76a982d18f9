"""JSON Schema in words: which fields there are, of what type, within which bounds."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

LONGEST_PATTERN = 30  # longer ones keep out markup and control characters; nobody reads them in a table
_FORMATS = {"date-time": "instant", "date": "day", "uri": "address"}
_GENERIC, _FORM = re.compile(r"^([A-Za-z]+)_([A-Za-z]+)_$"), re.compile(r"^Body_.+$")
_RANGES = (
    ("minimum", "maximum", ""),
    ("exclusiveMinimum", "exclusiveMaximum", ", these excluded"),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
    ("minProperties", "maxProperties", " names"),
)


class Field(NamedTuple):
    """One row of a table: `type` and `says` are Markdown."""

    name: str
    type: str
    required: bool
    says: str


class Type(NamedTuple):
    """A schema that others name: an object's fields, or what one value may be."""

    name: str
    says: str
    type: str
    fields: list[Field]


def fields_of(schema: Schema) -> list[Field]:
    """The fields of an object, the required ones first."""
    required = schema.get("required", ())
    found = [
        Field(name, type_of(inner), name in required, says(inner))
        for name, inner in schema.get("properties", {}).items()
    ]
    return sorted(found, key=lambda field: not field.required)


def types_of(schema: Schema, definitions: Mapping[str, Schema]) -> list[Type]:
    """Every type that a schema names, directly or through another, in the order in which they are met."""
    met: dict[str, Schema] = {}
    waiting = list(named_in(schema))
    while waiting:
        name = waiting.pop(0)
        if name not in met:
            met[name] = definitions[name]
            waiting += named_in(met[name])
    return [Type(name, met[name].get("description", ""), _value(met[name]), fields_of(met[name])) for name in met]


def named_in(schema: Any) -> Iterator[str]:
    """The names of the types that a schema names itself."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rpartition("/")[2]
        for keyword, inner in schema.items():
            if keyword not in ("$defs", "examples"):
                yield from named_in(inner)
    if isinstance(schema, list):
        for inner in schema:
            yield from named_in(inner)


def type_of(schema: Schema) -> str:
    """What a value is: `list of [Rating](#type-rating)`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{spoken(name)}](#{anchor(name)})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(type_of(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"object of {type_of(values)}"
    kinds = schema.get("type", "anything")
    return _FORMATS.get(schema.get("format", "")) or (kinds if isinstance(kinds, str) else " or ".join(kinds))


def says(schema: Schema) -> str:
    """What a field's schema says beside its type: description, values, bounds, default."""
    sentences = [schema.get("description", ""), _bounds(schema)]
    if schema.get("default") not in (None, [], {}, ""):
        sentences.append(f"Default: {_code(schema['default'])}.")
    return " ".join(filter(None, sentences))


def anchor(name: str) -> str:
    """Where a type stands on its page."""
    return f"type-{name.lower()}"


def spoken(name: str) -> str:
    """A type's name for people: `Page_Job_` is a page of jobs, and what a form holds has no name of its own."""
    return _FORM.sub("Form", _GENERIC.sub(r"\1 of \2", name))


def _value(schema: Schema) -> str:
    """What may stand for a type that is no object."""
    return "" if "properties" in schema else f"{type_of(schema)}. {_bounds(schema)}".strip()


def _bounds(schema: Schema) -> str:
    told = "; ".join(_bounds_told(schema))
    return f"{told[0].upper()}{told[1:]}." if told else ""


def _bounds_told(schema: Schema) -> Iterator[str]:
    if "const" in schema:
        yield f"always {_code(schema['const'])}"
    if "enum" in schema:
        yield "one of " + ", ".join(map(_code, schema["enum"]))
    yield from filter(None, (_range(schema.get(low), schema.get(high), unit) for low, high, unit in _RANGES))
    if len(schema.get("pattern", "x" * LONGEST_PATTERN)) < LONGEST_PATTERN:
        yield _code(schema["pattern"])
    for inner in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        yield from _bounds_told(inner)


def _range(low: float | None, high: float | None, unit: str) -> str:
    """Both bounds, or the one there is: `1 to 200 characters`."""
    lowest, highest = (None if bound is None else f"{bound:,}".removesuffix(".0") for bound in (low, high))
    if lowest and highest:
        return f"{lowest} to {highest}{unit}"
    return f"at least {lowest}{unit}" if lowest else f"at most {highest}{unit}" if highest else ""


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"
