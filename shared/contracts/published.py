"""The contracts as generators of code want them: narrower than what is accepted, one name for each thing.

Ids are text, though whole numbers are taken; what may be left out is not also null; and where leaving out means nothing
or an empty list, no default says so. See docs/decisions/057-published-narrower-than-accepted.md.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from shared.contracts.values import ID_PATTERN
from shared.contracts.vocabulary import words_for

Document = dict[str, Any]
_ID = "Id"
_ID_SCHEMA: Document = {
    "description": "An id of its owner's own, unique within organisation and topic. Whole numbers are read as text.",
    "pattern": ID_PATTERN,
    "title": _ID,
    "type": "string",
}


class Published(GenerateJsonSchema):
    """Writes every model once, without nulls and defaults that only say that something is not there."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default that is worth a line of code stays."""
        inner = schema["schema"]
        if schema.get("default", ()) not in (None, ()):
            return super().default_schema(schema)
        return self.generate_inner(inner["schema"] if inner["type"] == "nullable" else inner)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A null that says something is one more type of the same value."""
        inner = self.generate_inner(schema["schema"])
        return {**inner, "type": [inner["type"], "null"]}


def named(models: dict[str, Document], template: str) -> dict[str, Document]:
    """The same models, with words for every field, and ids by their name; `template` makes references."""
    reference = {"$ref": template.format(model=_ID)}
    for model, schema in models.items():
        for name, field in schema.get("properties", {}).items():
            words = field.get("description") or words_for(model, name)
            schema["properties"][name] = _with_ids(field, reference) | {"description": words}
    return models | {_ID: _ID_SCHEMA}


def _with_ids(field: Document, reference: Document) -> Document:
    """A field that is an id, or a list of ids, says so by the name alone."""
    if "items" in field:
        return field | {"items": _with_ids(field["items"], reference)}
    return reference if field.get("pattern") == ID_PATTERN else field
