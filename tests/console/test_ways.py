"""Every page that is for a role is reached from the first one by links alone, and no link leads where it may not go."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from services.console.api import ROUTES
from services.console.api.places import PEOPLE, WHOSE, Place
from shared.web.roles import Role
from tests.console.house import Reader
from tests.console.pool import agree, open_next_job
from tests.console.test_rights import place_of
from tests.console.test_tasks import ask
from tests.console.test_waiting import close_the_other_job

pytestmark = pytest.mark.db
LINK = re.compile(r'<a [^>]*?href="(/[^"]*)"')
WHO = {Role.RECRUITER: "ines", Role.HIRING_MANAGER: "tomas", Role.INTERVIEWER: "ben"}
ROUTES_OF_PAGES = [route for router in ROUTES for route in router.routes if isinstance(route, APIRoute)]
UNLINKED = ("/static", "/sign", "/counts", "/styleguide")  # loaded or asked by pages, before a session, of the demo
PAGES = {route.path for route in ROUTES_OF_PAGES if "GET" in route.methods and not route.path.startswith(UNLINKED)}
PAGES.remove("/insights/cycles/{cycle}")  # no job of the story names one

FIGURES = PEOPLE - {Role.INTERVIEWER}
# Of a place of many, for some of them.
ONLY = {
    "/insights/mine": {Role.RECRUITER, Role.HIRING_MANAGER, Role.INTERVIEWER},
    "/insights/survey": FIGURES - {Role.ANALYST},
    **dict.fromkeys((page for page in PAGES if page.startswith(("/insights/rounds", "/insights/families"))), FIGURES),
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


async def walk(reader: Reader) -> dict[str, set[int]]:
    """Follow links from the first page; what each page that is found answers."""
    seen, waiting, found = set[tuple[str, ...]](), ["/"], dict[str, set[int]]()
    while waiting:
        address = waiting.pop(0)
        if (kind := kind_of(address)) in seen:
            continue
        seen.add(kind)
        answer = await reader.get(address, follow_redirects=True)
        found.setdefault(page_of(address), set()).add(answer.status_code)
        if "text/html" in answer.headers["content-type"]:
            waiting += map(unescape, LINK.findall(answer.text))
    return found


async def test_every_page_is_reached_by_links(front):
    await agree(front.house, "amara", "lukas")
    await ask(front, "Was it the join?")
    await close_the_other_job(front)
    await open_next_job(front.house)
    reached = dict[Role, dict[str, set[int]]]()
    for role in sorted(PEOPLE):
        async with front.reader(WHO.get(role, f"some-{role}"), role) as reader:
            if role in WHOSE[Place.WAITING]:  # otherwise there is nothing to edit
                await reader.send("/views", act="keep", place="/waiting", query="mine=true", name="Mine")
            reached[role] = await walk(reader)

    dead_ends = [(role, page) for role, found in reached.items() for page, codes in found.items() if codes != {200}]
    theirs = {role: {page for page in PAGES if role in ONLY.get(page, WHOSE[place_of(page)])} for role in PEOPLE}
    assert dead_ends == []
    assert {role: {*found} for role, found in reached.items()} == theirs
