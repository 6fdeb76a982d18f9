"""Requests that schemathesis makes of a document. Importing it takes a second, so whoever asks for them does."""

from collections.abc import Callable
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES = 8  # of each kind for each route
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "414", "415", "422", "428", "429"]
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TURNS_TIME = "/clock"  # would move the clock of everything else

Call = Callable[[Any, bool], httpx.Response]


async def send(client: httpx.AsyncClient, case: Any, headers: dict[str, str]) -> httpx.Response:
    """Ask with a case of schemathesis; its own headers come before these."""
    ours = {name: value for name, value in headers.items() if name not in (case.headers or {})}
    given = case.as_transport_kwargs(base_url="http://localhost", headers=ours)
    names = ("method", "url", "params", "headers", "cookies", "json", "data", "content")
    request = {name: given[name] for name in names if given.get(name) is not None}
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    return await client.send(client.build_request(**request))


def try_everything(document: dict[str, Any], call: Call) -> list[str]:
    """What is wrong with each route, in schemathesis' words."""
    found: list[str] = []
    schema = schemathesis.openapi.from_dict(_with_nulls(_signed_in(document)), config=CONFIG)
    for each in schema.get_all_operations():
        operation = each.ok()
        if operation.path == TURNS_TIME:
            continue
        found += _try(operation, GenerationMode.POSITIVE, call)
        if _takes_anything(document["paths"][operation.path][operation.method.lower()]):
            found += _try(operation, GenerationMode.NEGATIVE, call)
    return found


def _signed_in(document: dict[str, Any]) -> dict[str, Any]:
    """The same without sign-in: every request has our token, and who may ask is asked elsewhere."""
    operations = {
        path: {method: {k: v for k, v in told.items() if k != "security"} for method, told in found.items()}
        for path, found in document["paths"].items()
    }
    return {**document, "paths": operations}


def _with_nulls(document: dict[str, Any]) -> dict[str, Any]:
    """Null is taken wherever a field may be left out, though the document names the better way only."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        for name in schema.get("properties", {}).keys() - schema.get("required", []):
            schema["properties"][name] = {"anyOf": [schema["properties"][name], {"type": "null"}]}
    return document


def _takes_anything(told: dict[str, Any]) -> bool:
    """Whether there is anything about a request that could be wrong."""
    return bool(told.get("parameters") or told.get("requestBody"))


def _try(operation: Any, mode: GenerationMode, call: Call) -> list[str]:
    checks = CHECKS if mode is GenerationMode.POSITIVE else [*CHECKS, negative_data_rejection]

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def answers(case: Any, is_known: bool) -> None:
        case.validate_response(call(case, is_known), checks=checks)

    try:
        answers()
    except FailureGroup as failures:
        return [f"{operation.label}: {failure}" for failure in failures.exceptions]
    return []
