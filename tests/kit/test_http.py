"""HTTP as every service speaks it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import httpx
import pytest
import structlog
from fastapi import APIRouter, Depends, FastAPI, Form
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from local.issuer import issue_token, issuer_settings
from shared.kit import http
from shared.kit.access import Role, caller
from shared.kit.db import EVERYONE, Connection, Database
from shared.kit.desk import Desk
from shared.kit.http import NotFound
from shared.kit.limits import Limits
from shared.kit.links import LinkRefused
from shared.kit.router import Router
from shared.kit.runtime import Runtime
from shared.kit.schedule import Schedule
from shared.kit.settings import Settings

NOWHERE = "postgresql://interviews:hunter2@127.0.0.1:1/interviews"
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
JSON = {"content-type": "application/json"}

router = APIRouter(tags=["jobs"])


class JobNotFound(NotFound):
    """No such job."""

    code = "job-not-found"


class Competency(BaseModel):
    name: str
    level: int = Field(ge=1, le=5)


class Job(BaseModel):
    title: str = Field(max_length=20)
    competencies: list[Competency] = []


@router.put("/jobs/{job}")
async def put_job(job: str, body: Job, desk: Annotated[Desk, Depends(caller(Role.RECRUITER, Role.ADMIN))]) -> dict:
    return {"job": job, "organization": desk.organization, "user": desk.user}


@router.get("/jobs/{job}")
async def get_job(job: str, state: Literal["open", "closed"] = "open") -> dict:
    raise JobNotFound(f"There is no {state} job of this id.")


@router.get("/answer/{token}")
async def page(token: str) -> HTMLResponse:
    if token == "old":
        raise LinkRefused("link-expired")
    if token == "forged":
        raise LinkRefused("link-invalid")
    return HTMLResponse("<p>One button</p>")


@router.post("/answer/{token}")
async def answer(token: str, kind: Annotated[str, Form()] = "none") -> dict:
    return {"kind": kind}


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("ana@example.org")


@router.get("/event")
async def event() -> None:
    Job.model_validate({"title": "x" * 21})


@router.get("/database")
async def database_needed(desk: Annotated[Desk, Depends(caller(*Role))]) -> None:
    async with desk.transaction():
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A service in a test, whose tokens come from the local issuer."""
    local = {name.lower(): value for name, value in issuer_settings(tmp_path).items()}
    return _settings("test", **local)


def _settings(env: str, **more: str) -> Settings:
    return Settings(
        **{
            "talentloop_env": env,
            "database_url": NOWHERE,
            "kafka_bootstrap_servers": "127.0.0.1:1",
            "public_url": "http://localhost",
            "oidc_issuer": "https://id.example.org",
            "oidc_jwks_url": "https://id.example.org/keys",
            "link_key": "l" * 40,
            "hash_key": "h" * 40,
            "parts": "http",
            **more,
        }
    )


Start = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def start(settings: Settings) -> AsyncIterator[Start]:
    """`await start()`: a client of a small app on a real runtime; its database is away unless one is given."""
    clients: list[httpx.AsyncClient] = []

    async def run(
        settings: Settings = settings,
        url: str = NOWHERE,
        schedule: Schedule | None = None,
        limits: Limits | None = None,
    ) -> httpx.AsyncClient:
        database = await Database.connect(url, "interviews")
        runtime = Runtime("interviews", settings, database, Router(), schedule or Schedule())
        app = http.build(runtime, [router], "Talentloop interviews", limits=limits)
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test"))
        return clients[-1]

    yield run
    for client in clients:
        await _database(client).close()
        await client.aclose()


def _app(client: httpx.AsyncClient) -> FastAPI:
    app: FastAPI = client._transport.app
    return app


def _database(client: httpx.AsyncClient) -> Database:
    database: Database = _app(client).state.runtime.database
    return database


@pytest.fixture
async def client(start: Start) -> httpx.AsyncClient:
    """The app without its database."""
    return await start()


@pytest.fixture
def ines(tmp_path: Path, settings: Settings) -> dict[str, str]:
    """A recruiter's header."""
    return _bearer(tmp_path, "recruiter")


def _bearer(home: Path, role: str, user: str = "ines") -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(home, user=user, organization='acme', roles=[role])}"}


def _problem(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    told: dict[str, object] = response.json()
    assert (response.status_code, told["code"], told["status"]) == (status, code, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert told["request_id"] == response.headers["x-request-id"]
    assert told["title"]
    return told


async def test_a_caller_gets_a_desk_of_its_organisation(client, ines):
    response = await client.put("/jobs/j1", json={"title": "Analyst"}, headers=ines)

    assert response.json() == {"job": "j1", "organization": "acme", "user": "ines"}
    assert response.headers["cache-control"] == "no-store"


async def test_nobody_is_asked_to_sign_in(client):
    response = await client.put("/jobs/j1", json={"title": "Analyst"})

    _problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_wrong_token_is_told_so(client):
    response = await client.put("/jobs/j1", json={"title": "x"}, headers={"Authorization": "Bearer x"})

    _problem(response, 401, "unauthorized")
    assert "invalid_token" in response.headers["www-authenticate"]


async def test_another_role_is_told_which_may(client, tmp_path):
    response = await client.put("/jobs/j1", json={"title": "x"}, headers=_bearer(tmp_path, "auditor"))

    assert _problem(response, 403, "role-not-allowed")["roles"] == ["admin", "recruiter"]


async def test_a_caller_that_asks_too_often_waits_and_others_do_not(start, ines, tmp_path):
    client = await start(limits=Limits(per_second=0.1, burst=1))
    await client.put("/jobs/j1", json={"title": "x"}, headers=ines)

    refused = await client.put("/jobs/j1", json={"title": "x"}, headers=ines)
    other = await client.put("/jobs/j1", json={"title": "x"}, headers=_bearer(tmp_path, "recruiter", "tomas"))

    _problem(refused, 429, "too-many-requests")
    assert refused.headers["retry-after"] == "10"
    assert other.status_code == 200


async def test_a_wrong_field_is_named_by_its_path_and_its_value_is_not_repeated(client, ines):
    body = {"title": "secret " * 10, "competencies": [{"name": "SQL", "level": 7}, {"level": 2}]}

    response = await client.put("/jobs/j1", json=body, headers=ines)

    errors = _problem(response, 422, "invalid")["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [
        ("/title", "string-too-long"),
        ("/competencies/0/level", "less-than-equal"),
        ("/competencies/1/name", "missing"),
    ]
    assert "secret" not in response.text


async def test_a_wrong_query_is_named_too(client):
    [error] = _problem(await client.get("/jobs/j1?state=ajar"), 422, "invalid")["errors"]

    assert error["field"] == "/query/state"


async def test_an_event_that_a_route_could_not_build_is_a_refusal(client):
    [error] = _problem(await client.get("/event"), 422, "invalid")["errors"]

    assert error["field"] == "/title"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "invalid"),
        (b"\xff\xfe", 422, "invalid"),
        (b"[" * 100_000, 400, "bad-request"),
        (b'{"title": "\\ud800"}', 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"", 422, "invalid"),
        (b"null", 422, "invalid"),
    ],
)
async def test_a_body_that_is_no_object_of_ours_is_refused(client, ines, body, status, code):
    response = await client.put("/jobs/j1", content=body, headers={**JSON, **ines})

    _problem(response, status, code)


async def test_a_problem_has_the_code_of_its_class(client):
    told = _problem(await client.get("/jobs/j1"), 404, "job-not-found")

    assert told["detail"] == "There is no open job of this id."


async def test_an_unknown_address_and_a_wrong_verb_are_problems(client):
    _problem(await client.get("/nowhere"), 404, "no-such-address")
    _problem(await client.get("/jobs/"), 404, "no-such-address")
    refused = await client.delete("/jobs/j1")
    _problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "PUT"


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_says_it_is_something_else_is_refused(client, ines, media_type):
    response = await client.put("/jobs/j1", content=b'{"title": "x"}', headers={"content-type": media_type, **ines})

    _problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/cloudevents+json"])
async def test_json_by_any_name_is_json(client, ines, media_type):
    response = await client.put("/jobs/j1", content=b'{"title": "x"}', headers={"content-type": media_type, **ines})

    assert response.status_code == 200


async def test_a_form_may_be_a_form(client):
    response = await client.post("/answer/t", data={"kind": "interested"})

    assert response.json() == {"kind": "interested"}


async def test_a_body_above_a_mebibyte_is_refused(client, ines):
    response = await client.put("/jobs/j1", content=b" " * (1024 * 1024 + 1), headers={**JSON, **ines})

    _problem(response, 413, "too-large")


async def test_a_body_that_hides_its_length_is_refused_too(client, ines):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    response = await client.put("/jobs/j1", content=endless(), headers={**JSON, **ines})

    _problem(response, 413, "too-large")


async def test_a_surprise_shows_nothing_of_its_inside_and_is_logged_whole(client):
    with structlog.testing.capture_logs() as logged:
        response = await client.get("/broken")

    _problem(response, 500, "unexpected")
    assert "ana@example.org" not in response.text
    assert [e["event"] for e in logged] == ["request failed", "request"]
    assert isinstance(logged[0]["exc_info"], RuntimeError)


async def test_a_database_that_is_away_is_told_as_such(client, ines):
    response = await client.get("/database", headers=ines)

    _problem(response, 503, "database-unreachable")
    assert response.headers["retry-after"] == "2"
    assert "hunter2" not in response.text


@pytest.mark.parametrize("given", ["req-1", "0190a6f2-aaaa-7bbb-8ccc-000000000000"])
async def test_a_sane_request_id_is_kept(client, given):
    assert (await client.get("/live", headers={"X-Request-ID": given})).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
async def test_any_other_request_id_is_replaced(client, given):
    made = (await client.get("/live", headers={"X-Request-ID": given})).headers["x-request-id"]

    assert made != given
    assert len(made) == 36


async def test_a_page_runs_nothing_and_tells_nobody_where_it_was(client):
    headers = (await client.get("/answer/t")).headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


async def test_a_link_that_does_not_open_is_a_problem(client):
    _problem(await client.get("/answer/old"), 410, "link-expired")
    _problem(await client.get("/answer/forged"), 404, "link-invalid")


async def test_a_request_is_logged_by_its_template_because_addresses_hold_tokens(client):
    with structlog.testing.capture_logs() as logged:
        await client.get("/answer/s3cr3t")

    assert [(e["event"], e["route"], e["status"]) for e in logged] == [("request", "/answer/{token}", 200)]
    assert "s3cr3t" not in str(logged)
    assert "s3cr3t" not in (await client.get("/metrics")).text


async def test_requests_are_counted_by_template_and_status(client):
    await client.get("/jobs/j1")
    await client.get("/no-such-thing-ever")

    figures = (await client.get("/metrics")).text

    assert 'talentloop_http_requests_total{method="GET",route="/jobs/{job}",status="404"}' in figures
    assert 'route="unmatched",status="404"' in figures
    assert "no-such-thing-ever" not in figures


async def test_a_service_without_its_database_lives_but_is_not_ready(client):
    live, ready = await client.get("/live"), await client.get("/ready")

    assert live.status_code == 200
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert ready.json()["parts"]["database"] != "ok"
    assert "hunter2" not in ready.text


async def test_the_document_says_which_problems_each_route_answers(client):
    document = (await client.get("/openapi.json")).json()

    put, get = document["paths"]["/jobs/{job}"]["put"], document["paths"]["/jobs/{job}"]["get"]
    assert {"200", "401", "403", "404", "409", "413", "415", "422", "429", "503", "default"} <= set(put["responses"])
    assert "401" not in get["responses"]
    assert put["responses"]["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    }
    assert put["security"] == [{"HTTPBearer": []}]
    assert set(document["components"]["schemas"]) >= {"ProblemDetails", "FieldError"}
    assert "HTTPValidationError" not in json.dumps(document)


async def test_in_production_nobody_moves_the_clock(start):
    client = await start(_settings("production"))

    _problem(await client.put("/clock", json={"now": MONDAY.isoformat()}), 404, "no-such-address")
    assert "/clock" not in (await client.get("/openapi.json")).json()["paths"]


async def test_a_replica_without_the_http_part_tells_its_health_and_nothing_else(start, settings):
    client = await start(settings.model_copy(update={"parts": frozenset({"relay"})}))

    assert (await client.get("/live")).status_code == 200
    assert (await client.get("/ready")).status_code == 503
    assert (await client.get("/metrics")).status_code == 200
    _problem(await client.get("/jobs/j1"), 404, "no-such-address")
    _problem(await client.put("/clock", json={"now": MONDAY.isoformat()}), 404, "no-such-address")
    _problem(await client.get("/openapi.json"), 404, "no-such-address")


@pytest.mark.db
async def test_a_service_with_its_database_is_ready(start, fresh_database):
    client = await start(url=(await fresh_database("interviews")).url)

    response = await client.get("/ready")

    assert (response.status_code, response.json()["parts"]) == (200, {"database": "ok"})
    assert response.json()["schema"]


@pytest.mark.db
async def test_the_clock_moves_and_what_is_due_is_done(start, fresh_database):
    schedule, seen = Schedule(), []

    @schedule.every(seconds=30)
    async def look(conn: Connection, now: datetime) -> int:
        seen.append(now)
        return int(len(seen) < 3)

    client = await start(url=(await fresh_database("interviews")).url, schedule=schedule)

    only_moved = await client.put("/clock", json={"now": "2026-11-02T09:00:00+01:00", "work": False})
    worked = await client.put("/clock", json={"now": "2026-11-02T09:00:00+01:00"})

    assert only_moved.json()["done"] == 0
    assert worked.json() == {"now": "2026-11-02T09:00:00+01:00", "done": 2}
    assert set(seen) == {MONDAY}


@pytest.mark.db
async def test_the_clock_does_not_move_back(start, fresh_database):
    client = await start(url=(await fresh_database("interviews")).url)
    await client.put("/clock", json={"now": MONDAY.isoformat()})

    back = await client.put("/clock", json={"now": "2026-11-01T08:00:00Z"})
    naive = await client.put("/clock", json={"now": "2026-11-03T08:00:00"})

    _problem(back, 409, "clock-runs-forward")
    _problem(naive, 422, "invalid")
    async with _database(client).transaction(EVERYONE) as conn:
        assert await _app(client).state.runtime.time.read(conn) == MONDAY
