"""What the console asks of the services is what they answer: each route, parameter and field, by their documents."""

import asyncio
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args, get_origin

import httpx
import pytest
from pydantic import BaseModel

from reference.routes import documents
from services.console import calls
from services.console.api.assets import client_of
from services.console.calls.route import Route, Told, reading
from tests.console.alone import APIS, known_to, settings_of


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    return documents()


def routes() -> Iterator[tuple[str, Route[Any]]]:
    for found in pkgutil.walk_packages(calls.__path__, f"{calls.__name__}."):
        for name, value in vars(importlib.import_module(found.name)).items():
            held = value.values() if isinstance(value, dict) else (value,)
            yield from ((f"{route.service}.{name}", route) for route in held if isinstance(route, Route))


ROUTES = dict(routes())


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_there_with_all_that_is_asked_and_read(told, name):
    route = ROUTES[name]
    operation = told[route.service]["paths"][route.path][route.method.lower()]
    taken = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
    answers = [operation["responses"][code] for code in ("200", "201") if code in operation["responses"]]
    schema = next(content["schema"] for answer in answers for content in answer["content"].values())

    assert route.query <= taken
    assert list(missing(route.answer, schema, told[route.service], name)) == []


def missing(model: type[BaseModel], schema: dict[str, Any], document: dict[str, Any], where: str) -> Iterator[str]:
    """Fields that the console reads and nobody gives."""
    given = properties(schema, document)
    for name, field in model.model_fields.items():
        told = field.alias or name
        if told not in given:
            yield f"{where}.{told}"
            continue
        for inner in models_in(field.annotation):
            yield from missing(inner, given[told], document, f"{where}.{told}")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models of a field, however deep in lists and options."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    if get_origin(annotation) or isinstance(annotation, UnionType):
        for inner in get_args(annotation):
            yield from models_in(inner)


def properties(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """What an object of this schema may have, through references, lists and options; `*` values by any name."""
    if "$ref" in schema:
        return properties(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document)
    found = dict(schema.get("properties", {}))
    inner = [
        *schema.get("anyOf", ()),
        *schema.get("oneOf", ()),
        *schema.get("allOf", ()),
        *schema.get("prefixItems", ()),
    ]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for one in inner:
        found |= properties(one, document)
    return found


def test_a_service_without_kafka_does_not_carry_its_client():
    said = "import services.console.main, sys; print(sorted({'aiokafka', 'faststream'} & {*sys.modules}))"

    assert subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_misspelt_field_would_be_found():
    class Misspelt(BaseModel):
        items: list[int]
        curser: str

    schema = {"properties": {"items": {}, "cursor": {}}}
    assert list(missing(Misspelt, schema, {}, "x")) == ["x.curser"]


@pytest.mark.parametrize("given", ["..", ".", "a/b", "../letters", "?x=1", "#", "%2e%2e", "ä ö"])
def test_an_id_is_one_step_of_an_address_whatever_it_holds(given):
    asked = httpx.URL(
        "http://x" + reading("candidates", "/candidates/{candidate}/consents", Told).address({"candidate": given})
    )

    assert asked.raw_path.count(b"/") == 3
    assert asked.raw_path.endswith(b"/consents")


async def test_no_proxy_is_told_what_the_console_asks_the_services(monkeypatch, issuer):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        place = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/pool"
        async with client_of(settings_of(**known_to(issuer), **dict.fromkeys(APIS, place))) as client:
            found = await client.get(f"{place}/people")

    assert found.status_code == 204
