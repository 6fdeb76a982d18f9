"""The OpenAPI document: an introduction, subjects in order, and for each route examples and the problems it answers."""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from shared.web import openapi_examples, problems
from shared.web.openapi_examples import PAGE
from shared.web.problems import MEDIA_TYPE, Problem, ProblemDetails
from shared.web.rate_limits import QUIET

INTRODUCTION = """\
Whoever calls is known by a bearer token of your identity provider. It names the organisation, of which alone anything
is seen, and the roles. Pages behind links in mails need none: the link itself is signed.

- **To say something** is a `PUT` of the whole record under an id of your own. Said again it corrects, and what says
  nothing new changes nothing: `recorded` tells.
- **Versions.** Answers carry an `ETag`; `If-Match` and `If-None-Match` make a request depend on it.
- **Lists** take `limit` and `cursor`, and answer `items` and the `cursor` of the next page, null on the last.
- **Fields and parameters** that a route does not know are refused.
- **Refusals** are problem details (RFC 9457) with a `code` that stays; `errors` names each field by JSON pointer.
"""
SERVERS = [{"url": "/", "description": "The host that this document came from."}]

_WRITES = {"put", "post", "patch", "delete"}
_TAG_LIST = r'^(\*|"[!#-~]+"(, ?"[!#-~]+")*)$'
_CONDITIONS = {
    "put": {
        "If-Match": "Only change what still has this `ETag`; `*`: only what there is.",
        "If-None-Match": "`*`: only make what there is not.",
    },
    "get": {"If-None-Match": "Only answer with what has another `ETag`."},
}
_SCHEMA = "#/components/schemas/ProblemDetails"


def subjects_of(routers: Iterable[APIRouter]) -> list[dict[str, str]]:
    """The tags in the order of the routers, described by what the module of a tag's first route says of itself."""
    found: dict[str, str] = {}
    for router in routers:
        for tag in map(str, router.tags):
            found.setdefault(tag, _module_says(router))
    return [{"name": name, "description": says} for name, says in found.items()]


def _module_says(router: APIRouter) -> str:
    [first, *_] = [route for route in router.routes if isinstance(route, APIRoute)]
    return sys.modules[first.endpoint.__module__].__doc__ or ""


def describe(app: FastAPI) -> None:
    """Make the app's document show, for each route, examples and the refusals it can meet."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _add_schema(document)
            _close_bodies(document)
            for path, method, operation in _operations(document):
                _describe(path, method, operation)
                openapi_examples.add_to(operation, document["components"]["schemas"])
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


def _close_bodies(document: dict[str, Any]) -> None:
    """What a body may hold is all it may hold: unknown fields are refused."""
    schemas = document["components"]["schemas"]
    bodies = [operation["requestBody"] for _, _, operation in _operations(document) if "requestBody" in operation]
    waiting, closed = list(_references(bodies)), set()
    while waiting:
        name = waiting.pop()
        if name not in closed:
            closed.add(name)
            waiting += _references(schemas[name])
    for name in closed:
        if "properties" in schemas[name]:
            schemas[name].setdefault("additionalProperties", False)


def _references(part: Any) -> Iterator[str]:
    """The names of the schemas a part of the document names."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for inner in part.values():
            yield from _references(inner)
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    _describe_versions(method, operation)
    responses = operation["responses"]
    for problem in _expected(path, method, operation):
        responses[str(problem.status)] = _response(problem.title)
    responses["default"] = _response("Any other problem")
    if any(PAGE in response.get("content", {}) for response in responses.values()):
        for response in responses.values():
            if "content" in response:
                response["content"].setdefault(PAGE, {"schema": {"type": "string"}})


def _describe_versions(method: str, operation: dict[str, Any]) -> None:
    """Every PUT and GET of a caller takes conditions, and what it answers has an `ETag`."""
    if method not in _CONDITIONS or not operation.get("security"):
        return
    for name, words in _CONDITIONS[method].items():
        schema = {"type": "string", "pattern": _TAG_LIST}
        header = {"name": name, "in": "header", "required": False, "description": words, "schema": schema}
        operation.setdefault("parameters", []).append(header)
    tagged = {"headers": {"ETag": {"schema": {"type": "string"}}}}
    for status in {"200", "201"} & set(operation["responses"]):
        operation["responses"][status] |= tagged
    if method == "get":
        operation["responses"]["304"] = {"description": "It is what the caller holds already."} | tagged


def _expected(path: str, method: str, operation: dict[str, Any]) -> Iterator[type[Problem]]:
    if operation.get("security"):
        yield from (problems.Unauthorized, problems.Forbidden)
    if "{" in path:
        yield problems.NotFound
    if method in _WRITES:
        yield problems.Conflict
    if method == "put" and operation.get("security"):
        yield problems.PreconditionFailed
    if "requestBody" in operation:
        yield from (problems.TooLarge, problems.UnsupportedMediaType)
    if operation.get("security") or "requestBody" in operation or operation.get("parameters"):
        yield problems.Unprocessable
    if path not in QUIET:
        yield from (problems.TooManyRequests, problems.Unavailable)


def _response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": _SCHEMA}}}}
