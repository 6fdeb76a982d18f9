"""The OpenAPI document: every route also says which problems it answers."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from shared.kit import problems
from shared.kit.problems import MEDIA_TYPE, Problem, ProblemDetails

_WRITES = {"put", "post", "patch", "delete"}
_SCHEMA = "#/components/schemas/ProblemDetails"


def describe_problems(app: FastAPI) -> None:
    """Make the app's document name, for each route, the refusals it can meet."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _add_schema(document)
            for path, method, operation in _operations(document):
                _describe(path, method, operation)
        return app.openapi_schema or plain()

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _add_schema(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["ProblemDetails"] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    for problem in _expected(path, method, operation):
        responses[str(problem.status)] = _response(problem.title)
    responses["default"] = _response("Any other problem")


def _expected(path: str, method: str, operation: dict[str, Any]) -> Iterator[type[Problem]]:
    if operation.get("security"):
        yield from (problems.Unauthorized, problems.Forbidden, problems.TooManyRequests)
    if "{" in path:
        yield problems.NotFound
    if method in _WRITES:
        yield problems.Conflict
    if "requestBody" in operation:
        yield from (problems.TooLarge, problems.UnsupportedMediaType)
    if "requestBody" in operation or operation.get("parameters"):
        yield problems.Unprocessable
    if path not in {"/live", "/ready", "/metrics"}:
        yield problems.Unavailable


def _response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": _SCHEMA}}}}
