"""What within one version of a contract must not change: only optional fields are added, bounds only widen."""

from collections.abc import Iterable, Iterator
from typing import Any

Schema = dict[str, Any]

UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum")
WORDS = frozenset(("title", "description", "examples", "$defs", "$schema", "x-listeners"))
_WALKED = frozenset((*UPPER, *LOWER, *WORDS, "properties", "required", "items", "anyOf", "enum", "$ref"))


def breaks(old: Schema, new: Schema) -> list[str]:
    """Every change from one JSON Schema to another that needs a new topic `...-v2`, as sentences."""
    return list(_compare(_Pair(old, new), old, new, ""))


def breaks_of_all(old: dict[str, Schema], new: dict[str, Schema]) -> dict[str, list[str]]:
    """The same for whole sets of schemas by name; those without a break are left out."""
    found = {name: breaks(schema, new[name]) if name in new else ["is gone"] for name, schema in old.items()}
    return {name: sentences for name, sentences in found.items() if sentences}


class _Pair:
    """The definitions of both documents, to look references up in."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old = old.get("$defs", {})
        self.new = new.get("$defs", {})


def _open(definitions: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    return {**definitions[reference.rpartition("/")[2]], **schema} if reference else schema


def _compare(pair: _Pair, old: Schema, new: Schema, path: str) -> Iterator[str]:
    old, new = _open(pair.old, old), _open(pair.new, new)
    at = path or "the event"
    yield from _bounds(old, new, at)
    yield from _values(old.get("enum"), new.get("enum"), at)
    yield from _rest(old, new, at)
    yield from _fields(pair, old, new, path)
    yield from _alternatives(pair, old.get("anyOf", []), new.get("anyOf", []), path)
    if "items" in old and "items" in new:
        yield from _compare(pair, old["items"], new["items"], f"{path}[]")


def _bounds(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for name in (*UPPER, *LOWER):
        before, after = old.get(name), new.get(name)
        if after is None or after == before:
            continue
        if before is None or (after < before if name in UPPER else after > before):
            yield f"{at}: {name} is tightened from {before} to {after}"


def _values(old: list[Any] | None, new: list[Any] | None, at: str) -> Iterator[str]:
    if old is None or new is None:
        if old != new:
            yield f"{at}: the set of values is {'new' if old is None else 'gone'}"
        return
    yield from (f"{at}: no longer takes {value!r}" for value in old if value not in new)
    if "unknown" not in old:
        yield from (f"{at}: {value!r} is new, and readers have no `unknown`" for value in new if value not in old)


def _rest(old: Schema, new: Schema, at: str) -> Iterator[str]:
    """Whatever is not known to be harmless must stay as it is: type, pattern, format, default, key, owner ..."""
    for name in sorted((old.keys() | new.keys()) - _WALKED):
        if old.get(name) != new.get(name):
            yield f"{at}: {name} changes from {old.get(name)!r} to {new.get(name)!r}"
    for name in ("items", "properties"):
        if (name in old) != (name in new):
            yield f"{at}: {name} {'is new' if name in new else 'is gone'}"


def _fields(pair: _Pair, old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    inside = f"{path}." if path else ""
    yield from _required(old.get("required", ()), new.get("required", ()), before, inside)
    for name, schema in before.items():
        if name in after:
            yield from _compare(pair, schema, after[name], inside + name)
        else:
            yield f"{inside}{name}: is gone"


def _required(old: Iterable[str], new: Iterable[str], known: Schema, inside: str) -> Iterator[str]:
    for name in sorted(set(new) - set(old)):
        yield f"{inside}{name}: is required now" if name in known else f"{inside}{name}: a new field must be optional"
    yield from (f"{inside}{name}: is no longer required" for name in sorted(set(old) - set(new)))


def _alternatives(pair: _Pair, old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
    if len(old) != len(new):
        yield f"{path}: {len(new)} alternatives in place of {len(old)}"
        return
    for before, after in zip(old, new, strict=True):
        yield from _compare(pair, before, after, path)
