"""What each service's OpenAPI document says of every route: a summary, a subject, and examples that are true."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator, FormatChecker

from reference.routes import SERVICES, documents
from shared.web.openapi_examples import PAGE


@pytest.fixture(scope="module", params=["interviews", "candidates", "notifications", "insights"])
def document(request, all_documents) -> dict[str, Any]:
    return all_documents[request.param]


@pytest.fixture(scope="module")
def all_documents() -> dict[str, dict[str, Any]]:
    return documents()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in found.items())


def examples(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where an example is expected: the place, the schema, the example or None."""
    for parameter in operation.get("parameters", ()):
        if parameter["required"]:
            yield parameter["name"], parameter["schema"], parameter.get("example")
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    for part in (operation.get("requestBody", {}), *answers):
        for media_type, content in part.get("content", {}).items():
            if media_type != PAGE and "schema" in content:
                yield media_type, content["schema"], content.get("example")


def test_it_has_an_introduction_servers_and_subjects_in_order(document):
    named = [tag["name"] for tag in document["tags"]]
    met = [tag for _, operation in operations(document) for tag in operation["tags"]]

    assert "bearer token" in document["info"]["description"]
    assert document["servers"]
    assert named == list(dict.fromkeys(met))
    assert named[-1] == "operations"
    assert all(tag["description"] for tag in document["tags"])


def test_every_route_has_a_summary_a_subject_and_an_example_that_its_schema_takes(document):
    for name, operation in operations(document):
        shown = list(examples(operation))
        sent = operation.get("requestBody", {}).get("content", {})
        assert operation["summary"], name
        assert len(operation["tags"]) == 1, name
        assert shown or PAGE in operation["responses"]["200"]["content"], name
        assert all("example" in content for content in sent.values()), name
        for place, schema, example in shown:
            whole = {**schema, "components": document["components"]}
            wrong = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example)
            assert [f"{name}, {place}: {error.json_path} {error.message}" for error in wrong] == []


def test_every_body_is_read_once_by_routes_of_ours():
    routes = [route for service in SERVICES for router in service.routes for route in router.routes]
    bodies = [route for route in routes if route.body_field is not None]

    assert bodies
    assert [route.path for route in bodies if type(route) is APIRoute] == []
