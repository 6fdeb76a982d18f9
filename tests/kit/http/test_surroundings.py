"""HTTP around the routes: request ids, pages, logs, metrics, health, the document and the clock."""

import json
from importlib.metadata import version

import pytest
import structlog

from shared.kit.clock import DueWork
from shared.kit.db import EVERYONE
from shared.kit.turn import Turn
from tests.kit.http.small import (
    MONDAY,
    app_of,
    database_of,
    link,
    problem,
    settings_of,
)


@pytest.mark.parametrize("given", ["req-1", "0190a6f2-aaaa-7bbb-8ccc-000000000000"])
async def test_a_sane_request_id_is_kept(client, given):
    assert (await client.get("/live", headers={"X-Request-ID": given})).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
async def test_any_other_request_id_is_replaced(client, given):
    made = (await client.get("/live", headers={"X-Request-ID": given})).headers["x-request-id"]

    assert made != given
    assert len(made) == 36


async def test_a_page_runs_nothing_and_tells_nobody_where_it_was(client):
    headers = (await client.get(link())).headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers


async def test_a_link_that_does_not_open_is_a_problem(client):
    problem(await client.get(link(expires_at=MONDAY)), 410, "link-expired")
    problem(await client.get("/answer/forged"), 404, "link-invalid")


async def test_a_request_is_logged_by_its_template_because_addresses_hold_tokens(client):
    with structlog.testing.capture_logs() as logged:
        await client.get(secret := link())

    assert [(e["event"], e["route"], e["status"]) for e in logged] == [("request", "/answer/{token}", 200)]
    assert secret[8:] not in str(logged)
    assert secret[8:] not in (await client.get("/metrics")).text


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
    assert document["info"]["version"] == version("talentloop")
    assert set(document["components"]["schemas"]) >= {"ProblemDetails", "FieldError"}
    assert "HTTPValidationError" not in json.dumps(document)


async def test_in_production_nobody_moves_the_clock(start):
    client = await start(settings_of("production"))

    problem(await client.put("/clock", json={"now": MONDAY.isoformat()}), 404, "no-such-address")
    assert "/clock" not in (await client.get("/openapi.json")).json()["paths"]


async def test_a_replica_without_the_http_part_tells_its_health_and_nothing_else(start, settings):
    client = await start(settings.model_copy(update={"parts": frozenset({"relay"})}))

    assert (await client.get("/live")).status_code == 200
    assert (await client.get("/ready")).status_code == 503
    assert (await client.get("/metrics")).status_code == 200
    problem(await client.get("/jobs/j1"), 404, "no-such-address")
    problem(await client.put("/clock", json={"now": MONDAY.isoformat()}), 404, "no-such-address")
    problem(await client.get("/openapi.json"), 404, "no-such-address")


@pytest.mark.db
async def test_a_service_with_its_database_is_ready(start, fresh_database):
    client = await start(url=(await fresh_database("interviews")).url)

    response = await client.get("/ready")

    assert (response.status_code, response.json()["parts"]) == (200, {"database": "ok"})
    assert response.json()["schema"]


@pytest.mark.db
async def test_the_clock_moves_and_what_is_due_is_done(start, fresh_database):
    schedule, seen = DueWork(), []

    @schedule.every(seconds=30)
    async def look(turn: Turn) -> int:
        seen.append(turn.now)
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

    problem(back, 409, "clock-runs-forward")
    problem(naive, 422, "invalid")
    async with database_of(client).transaction(EVERYONE) as conn:
        assert await app_of(client).state.runtime.time.read(conn) == MONDAY
