"""Every form and every page while a service is away, and every form whose session is over: nothing typed is lost."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from cli.demo import story
from services.console.api import ROUTES
from shared.contracts import membership_id
from shared.web import middleware
from shared.web.jwks import IssuerUnreachable
from shared.web.rate_limits import RateLimit, RateLimits
from tests.console.forms import form_with
from tests.console.house import HEARING, Front
from tests.console.test_tasks import ask
from tests.console.test_waiting import close_the_other_job

pytestmark = pytest.mark.db
TYPED = "What took a quarter of an hour to write."
EVERYBODY = ("recruiter", "admin", "interviewer", "auditor")
NAMES = re.compile(r"/(users|candidates|jobs)")  # asked for names, without which ids are shown
SILENT = "does not answer just now"
# What a browser sends of each form, as far as it matters: its address asks for things that are there.
FORMS = {
    "/letters/{letter}/answer": {"act": "save", "text": TYPED},
    "/campaigns": {"act": "start", "competency": "sql", "title": "An evening", "text": TYPED, "expected": "1"},
    "/waiting/{job}": {"act": "decide", "code": "budget", "expected": "1", "etag": '"v1"', "note": TYPED},
    "/feedback": {"act": "send", "overall": "yes", "language": "en", "level-0": "none", "strength-0": TYPED},
    "/jobs/{job}": {"act": "close", "note": TYPED, "outcome": "nobody_hired"},
    "/letters/{letter}": {"act": "refuse", "reason": TYPED, "etag": '"v1"'},
    "/letters": {"act": "release", "id": "l1", "note": TYPED},
    "/jobs/{job}/matches": {"act": "accepted", "match": "m1", "reason": "other", "note": TYPED},
    "/mentorships": {"act": "propose", "candidate": "amara", "user": "ada", "note": TYPED},
    "/news": {"act": "publish", "news": "n1", "title": "Rows", "text": TYPED, "about": "team", "language": "en"},
    "/operations": {"act": "redrive", "service": "interviews", "code": "invalid-field", "note": TYPED},
    "/people/{candidate}": {"act": "erase", "name": TYPED},
    "/pool": {"act": "remove", "membership": membership_id("amara", "data"), "etag": '"v1"', "reason": TYPED},
    "/search": {"text": TYPED},
    "/settings": {"act": "save", "controller": TYPED, "etag": '"v1"'},
    "/tasks": {"act": "done", "id": "reply:r1", "reason": TYPED},
    "/preferences": {"zone": "UTC", "note": TYPED},
    "/views": {"act": "keep", "place": "/pool", "query": "family=data", "name": TYPED},
}  # fmt: skip
WITHOUT_WORDS = {"/lint", "/back-channel-logout", "/sign-out"}


def forms() -> Iterator[str]:
    """The addresses that take a form."""
    for router in ROUTES:
        for route in router.routes:
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                yield route.path


async def addresses(front: Front) -> dict[str, str]:
    """Where things are that stand in addresses."""
    letters = (await front.house.ask("notifications", "GET", "/letters?job=su27-data&kind=decision"))["items"]
    letter = next(one["letter"] for one in letters if one["candidate"] == "mei")
    return {"letter": letter, "job": "su27-data", "candidate": "amara", "undecided": story.OTHER_JOB, "asked": letter}


def test_every_form_is_here():
    assert set(forms()) - WITHOUT_WORDS == set(FORMS)


async def test_what_was_typed_comes_back_where_a_session_is_over(front):
    where = await addresses(front)
    async with front.reader("ben", *EVERYBODY) as ben:
        await front.fetch("DELETE FROM sessions RETURNING 1")
        over = {path: await ben.send(path.format(**where), **fields) for path, fields in FORMS.items()}

    assert {path: answer.status_code for path, answer in over.items()} == dict.fromkeys(FORMS, 401)
    for path, answer in over.items():
        back = form_with(answer.text, "act" if "act" in FORMS[path] else [*FORMS[path]][-1])
        assert {name: value.removeprefix("\n") for name, value in back.items()} == FORMS[path]
        assert f'action="{path.format(**where)}"' in answer.text
    assert ">What went well</label>" in over["/feedback"].text


def shared_address(front: Front, _: pytest.MonkeyPatch) -> int:
    spent = RateLimit(per_second=0.001, burst=0)
    front.app.state.rate_limits = RateLimits(spent, spent, spent, spent)
    return 429


def busy(_: Front, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(middleware, "MOST_AT_ONCE", 0.5)  # one is too many, and may still be told
    return 503


def database_away(front: Front, monkeypatch: pytest.MonkeyPatch) -> int:
    def transaction(_: str) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(front.app.state.runtime.database, "transaction", transaction)
    return 503


def issuer_away(front: Front, monkeypatch: pytest.MonkeyPatch) -> int:
    async def identify(_: str) -> None:
        raise IssuerUnreachable

    monkeypatch.setattr(front.app.state.access, "identify", identify)
    return 503


@pytest.mark.parametrize("hindered", [shared_address, busy, database_away, issuer_away])
async def test_what_was_typed_comes_back_from_whatever_refuses_it_before_its_page(front, monkeypatch, hindered):
    where = await addresses(front)
    async with front.reader("ben", *EVERYBODY) as ben:
        ben.client.headers["Accept"] = "text/html"
        status = hindered(front, monkeypatch)
        refused = {path: await ben.send(path.format(**where), **fields) for path, fields in FORMS.items()}

    assert {answer.status_code for answer in refused.values()} == {status}
    for path, answer in refused.items():
        back = form_with(answer.text, "act" if "act" in FORMS[path] else [*FORMS[path]][-1])
        assert {name: value.removeprefix("\n") for name, value in back.items()} == FORMS[path]


async def test_another_sites_form_does_not_come_back_as_one_of_ours(front):
    async with front.reader("ben", *EVERYBODY) as ben:
        headers = {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
        answer = await ben.client.post("/search", data=FORMS["/search"], headers=headers)

    assert (answer.status_code, TYPED in answer.text) == (403, False)


@pytest.mark.parametrize("service", HEARING)
async def test_what_was_typed_comes_back_where_a_service_is_away(front, service):
    where = await addresses(front)
    async with front.reader("ben", *EVERYBODY) as ben:
        seen = {"/feedback": (await ben.get("/feedback")).text}
        owed = html.unescape(re.search(r'href="(/feedback\?interview=[^"]+)"', seen["/feedback"])[1])
        await front.away(service)
        lost = {}
        for path, fields in FORMS.items():
            answer = await ben.send(owed if path == "/feedback" else path.format(**where), **fields)
            page = html.unescape(answer.text)
            assert answer.status_code != 500, path
            if SILENT in page and TYPED not in page and "note" not in fields:
                lost[path] = answer.status_code

    assert lost == {}


class _Refusing(httpx.AsyncBaseTransport):
    """A service that shows everything and takes nothing."""

    def __init__(self, service: httpx.AsyncBaseTransport, status: int) -> None:
        self._service = service
        self._status = status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(self._status, json={"status": self._status, "code": "no", "title": "No."})
        return await self._service.handle_async_request(request)


@pytest.mark.parametrize("status", [403, 404, 409, 422, 429])
async def test_what_was_typed_comes_back_where_a_service_refuses_it(front, status):
    await ask(front, "Was it the join?")
    where = await addresses(front)
    tasks = (await front.house.ask("notifications", "GET", "/tasks"))["items"]
    asked = {"/letters/{letter}/answer": where | {"letter": next(task["letter"] for task in tasks if task["letter"])}}
    mounts = front.app.state.client._mounts
    async with front.reader("ben", *EVERYBODY) as ben:
        owed = html.unescape(re.search(r'href="(/feedback\?interview=[^"]+)"', (await ben.get("/feedback")).text)[1])
        mounts |= {pattern: _Refusing(service, status) for pattern, service in mounts.items() if service}
        lost = {}
        for path, fields in FORMS.items():
            front.asked.clear()
            address = owed if path == "/feedback" else path.format(**asked.get(path, where))
            answer = await ben.send(address, **fields)
            was_refused = any(one.method == "PUT" for one in front.asked)
            if was_refused and TYPED not in html.unescape(answer.text) and "note" not in fields:
                lost[path] = answer.status_code

    assert lost == {}


PAGES = (
    "/", "/letters?job=su27-data", "/letters?state=leaving", "/letters/{letter}", "/letters/{letter}?edit=true",
    "/waiting", "/waiting/{undecided}", "/tasks", "/feedback", "/jobs", "/jobs/{job}", "/jobs/{job}?tab=interviews",
    "/jobs/{job}?tab=round", "/jobs/{job}?application=a-mei-su27-data", "/jobs/{job}/matches", "/pool",
    "/people/{candidate}", "/people/{candidate}?tab=rights", "/mentorships?candidate=amara",
    "/campaigns?competency=sql", "/news", "/insights", "/insights/rounds", "/insights/rounds/{job}",
    "/insights/families/data", "/insights/growth", "/insights/survey", "/insights/mine", "/settings", "/operations",
    "/search", "/preferences", "/views",
)  # fmt: skip


@pytest.mark.parametrize("service", HEARING)
async def test_every_page_says_what_it_misses_while_a_service_is_away(front, service):
    await close_the_other_job(front)
    where = await addresses(front)
    await front.away(service)
    silent = {}
    async with front.reader("ben", *EVERYBODY) as ben:
        for page in PAGES:
            front.asked.clear()
            answer = await ben.get(page.format(**where))
            asked = [one.url for one in front.asked_by_page if one.url.host == f"{service}.test"]
            misses = [url.path for url in asked if not (NAMES.fullmatch(url.path) and "ids" in url.params)]
            is_told = SILENT in answer.text or "not ready" in answer.text
            if answer.status_code not in (200, 503) or (misses and not is_told):
                silent[page] = (answer.status_code, misses)

    assert silent == {}
