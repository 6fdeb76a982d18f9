"""Pages of the routes, out of each service's OpenAPI document: one for all, one for each subject of a service."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from reference.fields import Field, says, type_of, types_of
from reference.pages import Pages, as_json, page_name, render
from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.running.start import Service, assemble
from shared.web.openapi import INTRODUCTION
from shared.web.openapi_examples import PAGE

Document = dict[str, Any]
JSON = "application/json"
UNTOLD = "Successful Response"  # what FastAPI says where nobody says anything
QUOTED = "'\\''"  # a quotation mark inside quotation marks, for a shell
SERVICES: tuple[Service[Any], ...] = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)
_ADDRESSES = (
    *(f"{service}_url" for service in ("public", "interviews", "candidates", "notifications", "insights")),
    "oidc_issuer",
    "oidc_jwks_url",
)
_SETTINGS = {
    **dict.fromkeys(_ADDRESSES, "https://talentloop.example"),
    "database_url": "postgresql://nobody@localhost/none",  # nothing is connected to
    "kafka_bootstrap_servers": "localhost:9092",
    "link_key": "l" * 32,
    "hash_key": "h" * 32,
    "smtp_url": "smtp://localhost:25",
    "mail_domain": "talentloop.example",
}


def route_pages() -> Pages:
    """Every page and file of the routes, by its path beside the others."""
    found = documents()
    pages = {"index.md": render("routes.md", documents=found, introduction=INTRODUCTION)}
    for service, document in found.items():
        pages[f"{service}/openapi.json"] = as_json(document)
        for tag in document["tags"]:
            pages[f"{service}/{page_name(tag['name'])}"] = render("subject.md", **_subject(service, document, tag))
    return pages


def documents() -> dict[str, Document]:
    """What each service answers at `/openapi.json` in production, by its name."""
    return {service.name: asyncio.run(_document(service)) for service in SERVICES}


async def _document(service: Service[Any]) -> Document:
    app, runtime = await assemble(service, service.settings(**_SETTINGS))
    await runtime.database.close()
    return app.openapi()


def _subject(service: str, document: Document, tag: Document) -> dict[str, Any]:
    definitions = document["components"]["schemas"]
    operations = [
        (method, path, operation)
        for path, found in document["paths"].items()
        for method, operation in found.items()
        if tag["name"] in operation["tags"]
    ]
    routes = [_route(service, *operation) for operation in operations]
    schemas = [told.get("schema", {}) for _, _, o in operations for told in (*_contents(o), *o.get("parameters", ()))]
    title = f"{service.capitalize()}: {tag['name']}"
    return {"title": title, "tag": tag, "routes": routes, "types": types_of({"anyOf": schemas}, definitions)}


def _route(service: str, method: str, path: str, operation: Document) -> dict[str, Any]:
    answers = sorted(operation["responses"].items())
    return {
        "name": operation["summary"],
        "anchor": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "says": operation["description"],
        "parameters": [_parameter(told) for told in operation.get("parameters", ())],
        "body": next(map(type_of, map(_schema, _bodies(operation))), ""),
        "call": _call(service, method, path, operation),
        "answers": [_answer(status, answer) for status, answer in answers if status[0] in "23"],
        "refusals": [f"{status} {answer['description']}" for status, answer in answers if status[0] in "45"],
    }


def _parameter(told: Document) -> Field:
    where = {"path": "in the address", "query": "query", "header": "header"}[told["in"]]
    words = " ".join(filter(None, (told.get("description", ""), says(told["schema"]))))
    return Field(told["name"], f"{type_of(told['schema'])}, {where}", told["required"], words)


def _answer(status: str, answer: Document) -> dict[str, Any]:
    """What comes back: the first of its media types is shown."""
    contents: dict[str, Document] = answer.get("content", {})
    content = next(iter(contents.values()), {})
    return {
        "status": status,
        "says": answer["description"].removeprefix(UNTOLD),
        "type": "a page" if PAGE in contents else type_of(content["schema"]) if content.get("schema") else "",
        "example": content.get("example"),
    }


def _call(service: str, method: str, path: str, operation: Document) -> str:
    """The request as one types it."""
    shown = {p["name"]: p["example"] for p in operation.get("parameters", ()) if "example" in p}
    address = path.format_map(shown)
    lines = [f'curl --request {method.upper()} "${service.upper()}_URL{address}"']
    if operation.get("security"):
        lines.append('--header "Authorization: Bearer $TOKEN"')
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        lines += _sent(media_type, content["example"])
    return " \\\n  ".join(lines)


def _sent(media_type: str, example: Any) -> Iterator[str]:
    if media_type == JSON:
        yield f'--header "Content-Type: {JSON}"'
        yield f"--data '{as_json(example).replace(chr(39), QUOTED)}'"
    else:
        yield from (f"--data-urlencode '{name}={value}'" for name, value in example.items())


def _bodies(operation: Document) -> Iterable[Document]:
    found: Iterable[Document] = operation.get("requestBody", {}).get("content", {}).values()
    return found


def _schema(content: Document) -> Document:
    found: Document = content["schema"]
    return found


def _contents(operation: Document) -> Iterator[Document]:
    """What is sent, and what comes back where all is well."""
    yield from _bodies(operation)
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer.get("content", {}).values()
