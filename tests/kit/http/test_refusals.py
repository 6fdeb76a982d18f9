"""HTTP as every service speaks it: who may ask, and how what is wrong is refused."""

from collections.abc import AsyncIterator

import pytest
import structlog

from shared.web.rate_limits import RateLimit, RateLimits
from tests.kit.http.small import JSON, app_of, bearer, link, problem


async def test_a_caller_is_known_in_their_organisation(client, ines):
    response = await client.put("/jobs/j1", json={"title": "Analyst"}, headers=ines)

    assert response.json() == {"job": "j1", "organization": "acme", "user": "ines"}
    assert response.headers["cache-control"] == "no-store"


async def test_nobody_is_asked_to_sign_in(client):
    response = await client.put("/jobs/j1", json={"title": "Analyst"})

    problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_wrong_token_is_told_so(client):
    response = await client.put("/jobs/j1", json={"title": "x"}, headers={"Authorization": "Bearer x"})

    problem(response, 401, "unauthorized")
    assert "invalid_token" in response.headers["www-authenticate"]


async def test_another_role_is_told_which_may(client, tmp_path):
    response = await client.put("/jobs/j1", json={"title": "x"}, headers=bearer(tmp_path, "auditor"))

    assert problem(response, 403, "role-not-allowed")["roles"] == ["admin", "recruiter"]


async def test_a_caller_that_asks_too_often_waits_and_others_do_not(start, ines, tmp_path):
    client = await start(limits=RateLimits(callers=RateLimit(per_second=0.1, burst=1)))
    await client.put("/jobs/j1", json={"title": "x"}, headers=ines)

    refused = await client.put("/jobs/j1", json={"title": "x"}, headers=ines)
    other = await client.put("/jobs/j1", json={"title": "x"}, headers=bearer(tmp_path, "recruiter", "tomas"))

    problem(refused, 429, "too-many-requests")
    assert refused.headers["retry-after"] == "10"
    assert other.status_code == 200


async def test_one_link_that_is_followed_too_often_waits_and_others_do_not(start):
    client = await start(limits=RateLimits(links=RateLimit(per_second=0.1, burst=1)))
    await client.get(link("mine"))

    refused = await client.get(link("mine"), headers={"Authorization": "Bearer x"})

    problem(refused, 429, "too-many-requests")
    assert (await client.get(link("another"))).status_code == 200


async def test_an_address_that_tries_links_or_tokens_too_often_waits_and_whoever_signed_in_does_not(start, ines):
    client = await start(limits=RateLimits(visitors=RateLimit(per_second=0.1, burst=2)))
    await client.get("/answer/forged")
    await client.put("/jobs/j1", json={"title": "x"}, headers={"Authorization": "Bearer x"})

    another_link = await client.get(link("another"))
    another_token = await client.put("/jobs/j1", json={"title": "x"}, headers={"Authorization": "Bearer y"})

    problem(another_link, 429, "too-many-requests")
    problem(another_token, 429, "too-many-requests")
    assert (await client.put("/jobs/j1", json={"title": "x"}, headers=ines)).status_code == 200
    assert (await client.get("/live")).status_code == 200


async def test_a_wrong_field_is_named_by_its_path_and_its_value_is_not_repeated(client, ines):
    body = {"title": "secret " * 10, "competencies": [{"name": "SQL", "level": 7}, {"level": 2}]}

    response = await client.put("/jobs/j1", json=body, headers=ines)

    errors = problem(response, 422, "invalid")["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [
        ("/title", "string-too-long"),
        ("/competencies/0/level", "less-than-equal"),
        ("/competencies/1/name", "missing"),
    ]
    assert "secret" not in response.text


async def test_what_was_checked_is_what_a_route_is_given_and_is_read_no_second_time(client, ines, monkeypatch):
    def read_again(*_, **__):
        raise AssertionError("the body was read a second time")

    monkeypatch.setattr("starlette.requests.Request.json", read_again)

    assert (await client.put("/jobs/j1", json={"title": "Analyst"}, headers=ines)).status_code == 200


async def test_a_wrong_query_is_named_too(client):
    [error] = problem(await client.get("/jobs/j1?state=ajar"), 422, "invalid")["errors"]

    assert error["field"] == "/query/state"


async def test_an_event_that_a_route_could_not_build_is_a_refusal(client):
    [error] = problem(await client.get("/event"), 422, "invalid")["errors"]

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

    problem(response, status, code)


async def test_a_problem_has_the_code_of_its_class(client):
    told = problem(await client.get("/jobs/j1"), 404, "job-not-found")

    assert told["detail"] == "There is no open job of this id."


async def test_an_unknown_address_and_a_wrong_verb_are_problems(client):
    problem(await client.get("/nowhere"), 404, "no-such-address")
    problem(await client.get("/jobs/"), 404, "no-such-address")
    refused = await client.delete("/jobs/j1")
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "PUT"


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_a_body_that_says_it_is_something_else_is_refused(client, ines, media_type):
    response = await client.put("/jobs/j1", content=b'{"title": "x"}', headers={"content-type": media_type, **ines})

    problem(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/cloudevents+json"])
async def test_json_by_any_name_is_json(client, ines, media_type):
    response = await client.put("/jobs/j1", content=b'{"title": "x"}', headers={"content-type": media_type, **ines})

    assert response.status_code == 200


async def test_a_form_may_be_a_form(client):
    response = await client.post(link(), data={"kind": "interested"})

    assert response.json() == {"kind": "interested"}


async def test_a_body_above_a_mebibyte_is_refused(client, ines):
    response = await client.put("/jobs/j1", content=b" " * (1024 * 1024 + 1), headers={**JSON, **ines})

    problem(response, 413, "too-large")


async def test_a_body_that_hides_its_length_is_refused_too(client, ines):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    response = await client.put("/jobs/j1", content=endless(), headers={**JSON, **ines})

    problem(response, 413, "too-large")


async def test_a_surprise_shows_nothing_of_its_inside_and_is_logged_whole(client):
    with structlog.testing.capture_logs() as logged:
        response = await client.get("/broken")

    problem(response, 500, "unexpected")
    assert "ana@example.org" not in response.text
    assert [e["event"] for e in logged] == ["request failed", "request"]
    assert isinstance(logged[0]["exc_info"], RuntimeError)


async def test_a_database_that_is_away_is_told_as_such(client, ines):
    response = await client.get("/database", headers=ines)

    problem(response, 503, "database-unreachable")
    assert response.headers["retry-after"] == "2"
    assert "hunter2" not in response.text


@pytest.mark.parametrize("path", ["/jobs/a%00b", "/answer/%00", "/jobs/j1?state=%00"])
async def test_an_address_with_a_nul_is_a_refusal(client, path):
    problem(await client.get(path), 400, "address-unreadable")


async def test_what_a_service_fails_to_tell_is_told_as_everywhere(start):
    def broken(*_):
        raise ValueError("no page for this")

    client = await start(telling=broken)

    problem(await client.get("/%00"), 400, "address-unreadable")
    problem(await client.get("/nowhere"), 500, "unexpected")


async def test_an_address_longer_than_any_is_refused_before_anything_is_kept_of_it(client):
    problem(await client.get(f"/answer/{'x' * 60_000}"), 414, "address-too-long")


async def test_nothing_is_kept_of_links_that_nobody_signed(client):
    for number in range(20):
        problem(await client.get(f"/answer/forged-{number}"), 404, "link-invalid")
    await client.get(link())

    assert list(app_of(client).state.rate_limits.links._buckets) == [("answer", "acme", "ana")]


async def test_a_packed_body_is_refused(client, ines):
    response = await client.put("/jobs/j1", content=b"x", headers={**JSON, **ines, "content-encoding": "gzip"})

    problem(response, 415, "unsupported-media-type")
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x", **{f"field-{n}": 1 for n in range(60_000)}},
        {"title": "x", "competencies": [{}] * 60_000},
        {f"{n}": n for n in range(60_000)},
    ],
)
async def test_too_many_mistakes_are_told_by_number(client, ines, body):
    told = problem(await client.put("/jobs/j1", json=body, headers=ines), 422, "too-many-errors")

    assert "errors" not in told
    assert str(told["detail"]).startswith(("60000", "60001", "120000"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": ' + b"9" * 100_000 + b"}",
        b'{"title": "x", "competencies": [{"name": "a", "level": 1e999}]}',
        b'{"title": "x", "competencies": [{"name": "a", "level": ' + b"9" * 5_000 + b"}]}",
        b'{"title": "x", "a": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        b'{"title": NaN}',
        b'{"\\ud800": 1, "title": "x"}',
        b'{"' + b"x" * 100_000 + b'": 1, "title": "x"}',
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_no_json_is_a_surprise(client, ines, body):
    response = await client.put("/jobs/j1", content=body, headers={**JSON, **ines})

    assert response.status_code in (400, 422)
    assert len(response.content) < 5_000
