"""Signing in, signing out, and what goes wrong, as everyone sees it; and every other page where there is least room."""

from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from local.identity import build
from local.issuer import make_keys
from local.provider import IdentitySettings
from tests.console.alone import PUBLIC
from tests.console.test_nothing_is_lost import TYPED, addresses
from tests.console.test_tasks import ask
from tests.console.test_waiting import close_the_other_job
from tests.screens import NARROW, WIDE, Screen

pytestmark = pytest.mark.db
SCREENS = tuple(Screen(width, dark=dark) for width in (NARROW, WIDE) for dark in (False, True))
LEAST = Screen(320, language="de")  # the least width of WCAG 1.4.10, and the longest words
AUTHORIZE = (
    "http://localhost/authorize?client_id=talentloop-console&response_type=code&state=s&code_challenge=c"
    f"&code_challenge_method=S256&redirect_uri={PUBLIC}/signed-in"
)
# Those that axe looks at while they are used, or at a width of 360.
OTHERS = (
    "/", "/letters?job=su27-data", "/letters?state=leaving", "/letters/{letter}", "/letters/{letter}?edit=true",
    "/waiting", "/waiting/{undecided}", "/tasks", "/letters/{asked}/answer", "/preferences", "/views", "/styleguide",
    "/nowhere", "/signed-out", "/signed-in", "/sign-in",
)  # fmt: skip


@asynccontextmanager
async def local_issuer() -> Any:
    """Somebody's browser at the page on which they say who they are."""
    settings = IdentitySettings(
        talentloop_env="test", public_url="http://localhost", console_url=PUBLIC, issuer_key=make_keys().private
    )
    transport = httpx.ASGITransport(build(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        yield browser


async def test_everyone_can_sign_in(screens):
    async with local_issuer() as issuer, screens(localhost=issuer) as shown:
        for screen in SCREENS:
            async with shown.at(AUTHORIZE, screen) as page:
                await page.get_by_text("Somebody else").click()
                await shown.look(page, "local-sign-in", screen)
        await shown.show(AUTHORIZE, "local-sign-in", LEAST)


async def test_everyone_can_use_what_is_there_before_and_after_a_session(front, screens):
    async with front.reader("ines", "recruiter") as ines, screens(localhost=ines.client) as shown:
        for name in ("signed-out", "signed-in", "sign-in", "nowhere"):  # all but the first fail, each in its way
            await shown.show(f"/{name}", f"edge-{name}", *SCREENS)


async def test_what_is_typed_outlasts_the_session_and_a_service(front, screens):
    async with (
        front.reader("ines", "recruiter") as ines,
        screens(localhost=ines.client) as shown,
        shown.at("/news", SCREENS[0]) as page,
    ):
        await page.get_by_label("Title").fill("Our warehouse is new")
        await page.get_by_label("What is new, in a few sentences").fill(TYPED)
        await front.fetch("DELETE FROM sessions RETURNING 1")
        await page.get_by_role("button", name="Publish").click()
        await page.get_by_role("heading", name="Your session ended while you were writing").wait_for()
        await shown.look(page, "session-over", SCREENS[0])
        ines.client.cookies.set("tl", await front.sign_in("ines", "recruiter"))  # in another tab
        await front.away("notifications")
        await page.get_by_role("button", name="Send again").click()
        await page.get_by_role("heading", name="A part of Talentloop does not answer").wait_for()
        await shown.keep(page, "service-away", SCREENS[0])
        await front.back("notifications")
        await page.get_by_role("button", name="Send again").click()
        await page.get_by_text("Published. It stands on their pages now").wait_for()
    notes = (await front.house.ask("notifications", "GET", "/news"))["items"]

    assert [(note["title"], note["text"]) for note in notes] == [("Our warehouse is new", TYPED)]


async def test_no_page_scrolls_sideways_where_there_is_least_room(front, screens):
    await ask(front, "Was it the join?")
    await close_the_other_job(front)
    where = await addresses(front)
    tasks = (await front.house.ask("notifications", "GET", "/tasks"))["items"]
    where["asked"] = next(task["letter"] for task in tasks if task["letter"])
    async with (
        front.reader("ines", "recruiter", "admin") as ines,
        screens(localhost=ines.client) as shown,
        shown.at("/", LEAST) as page,
    ):
        for number, address in enumerate(OTHERS):
            await page.goto(f"http://localhost{address.format(**where)}")
            await shown.keep(page, f"least-{number}", LEAST)
