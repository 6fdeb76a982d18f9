"""Links alone lead from the first page to every page of a role, each within its budget, and to nobody else's."""

import re
from html import unescape
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from services.console.api import ROUTES
from services.console.api.places import PEOPLE, WHOSE, Place
from shared.web.roles import Role
from tests.console.house import Front, Reader
from tests.console.pool import agree, open_next_job
from tests.console.test_rights import MOST_CALLS, place_of
from tests.console.test_tasks import ask
from tests.console.test_waiting import close_the_other_job

pytestmark = pytest.mark.db
LINK = re.compile(r'<a [^>]*?href="(/[^"]*)"')
WHO = {Role.RECRUITER: "ines", Role.HIRING_MANAGER: "tomas", Role.INTERVIEWER: "ben"}
ROUTES_OF_PAGES = [route for router in ROUTES for route in router.routes if isinstance(route, APIRoute)]
UNLINKED = ("/static", "/sign", "/counts", "/styleguide")  # loaded or asked by pages, before a session, of the demo
PAGES = {route.path for route in ROUTES_OF_PAGES if "GET" in route.methods and not route.path.startswith(UNLINKED)}

MOST_BYTES = 60_000
OF_SERVICES = ("/insights/rounds/{job}/report", "/people/{candidate}/export/{service}")  # passed on as they are
FIGURES = PEOPLE - {Role.INTERVIEWER}
SUMS = ("/insights/rounds", "/insights/families", "/insights/cycles")
# Of a place of many, for some of them.
ONLY = {
    "/insights/mine": {Role.RECRUITER, Role.HIRING_MANAGER, Role.INTERVIEWER},
    "/insights/survey": FIGURES - {Role.ANALYST},
    **dict.fromkeys((page for page in PAGES if page.startswith(SUMS)), FIGURES),
    "/insights/growth": FIGURES,
    "/letters/{letter}/answer": {Role.RECRUITER, Role.ADMIN},  # a manager's letters name no task
    "/people/{candidate}/export/{service}": {Role.ADMIN, Role.AUDITOR},
    "/runs/{run}": {Role.AUDITOR},
    "/views": WHOSE[Place.WAITING],  # who has a list that can be saved
}


def page_of(address: str) -> str:
    """The page that an address is of, as its route is written."""
    scope = {"type": "http", "method": "GET", "path": address.partition("?")[0].partition("#")[0]}
    return next(route.path for route in ROUTES_OF_PAGES if route.matches(scope)[0] is Match.FULL)


def kind_of(address: str) -> tuple[str, ...]:
    """What one look stands for: a side of a page, whatever it is about."""
    query = dict(parse_qsl(address.partition("#")[0].partition("?")[2]))
    return (page_of(address), *sorted(query), query.get("tab", ""), query.get("state", ""))


class Found(NamedTuple):
    """What a page answered, how large it was, and how often it asked a service."""

    status: int
    size: int
    calls: int


async def walk(front: Front, reader: Reader) -> dict[str, list[Found]]:
    """Follow links from the first page; each page that is found, in all its kinds."""
    seen, waiting, found = set[tuple[str, ...]](), ["/"], dict[str, list[Found]]()
    while waiting:
        address = waiting.pop(0)
        if (kind := kind_of(address)) in seen:
            continue
        seen.add(kind)
        front.asked.clear()
        answer = await reader.get(address, follow_redirects=True)
        one = Found(answer.status_code, len(answer.content), len(front.asked_by_page))
        found.setdefault(page_of(address), []).append(one)
        if "text/html" in answer.headers["content-type"]:
            waiting += map(unescape, LINK.findall(answer.text))
    return found


async def test_every_page_is_reached_by_links(front):
    await agree(front.house, "amara", "lukas")
    await ask(front, "Was it the join?")
    await close_the_other_job(front)
    await open_next_job(front.house)
    reached = dict[Role, dict[str, list[Found]]]()
    for role in sorted(PEOPLE):
        async with front.reader(WHO.get(role, f"some-{role}"), role) as reader:
            if role in WHOSE[Place.WAITING]:  # otherwise there is nothing to edit
                await reader.send("/views", act="keep", place="/waiting", query="mine=true", name="Mine")
            reached[role] = await walk(front, reader)

    looks = [(role, page, one) for role, found in reached.items() for page, kinds in found.items() for one in kinds]
    dead_ends = [(role, page, one) for role, page, one in looks if one.status != 200]
    large = [(role, page, one) for role, page, one in looks if one.size > MOST_BYTES and page not in OF_SERVICES]
    slow = [(role, page, one) for role, page, one in looks if one.calls > MOST_CALLS]
    theirs = {role: {page for page in PAGES if role in ONLY.get(page, WHOSE[place_of(page)])} for role in PEOPLE}
    assert (dead_ends, large, slow) == ([], [], [])
    assert {role: {*found} for role, found in reached.items()} == theirs
