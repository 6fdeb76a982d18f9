"""Saved views: filters of a list under a name of one's own; and whoever comes no more keeps nothing here."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.console.domain.sessions import FORGOTTEN_AFTER
from services.console.domain.views import kept_of
from services.console.sql.visits import forget_visitors
from shared.kit.db import EVERYONE
from tests.console.forms import form_with

pytestmark = pytest.mark.db
OVERDUE = "/waiting?overdue=true&missing=decision"


async def test_a_view_is_saved_seen_above_its_list_deleted_and_taken_back(front):
    async with front.reader("ines", "recruiter") as ines, front.reader("head", "recruiter") as head:
        page = (await ines.get(OVERDUE)).text
        saved = await ines.send("/views", **form_with(page, "query") | {"name": " Late  decisions "})
        listed = (await ines.get("/waiting")).text
        others = (await head.get("/waiting")).text
        mine = (await ines.get("/views")).text
        deleted = (await ines.send("/views", act="delete", **form_with(mine, "id"))).text
        gone = (await ines.get("/waiting")).text
        back = (await ines.send("/views", **form_with(deleted, "query"))).text

    assert (saved.status_code, saved.headers["location"]) == (303, "/waiting?missing=decision&overdue=true")
    assert re.search(r'href="/waiting\?missing=decision&amp;overdue=true">Late decisions</a>', listed)
    assert "Late decisions" not in others
    assert "Deleted: Late decisions." in deleted
    assert "Late decisions" not in gone
    assert "Kept again: Late decisions." in back


async def test_what_is_no_view_is_said_so_and_nobody_deletes_anothers(front):
    async with front.reader("ines", "recruiter") as ines, front.reader("head", "recruiter") as head:
        everything = await ines.send("/views", act="keep", place="/waiting", name="All", query="cursor=x&text=Amara")
        nameless = await ines.send("/views", act="keep", place="/pool", name=" ", query="tier=promising")
        elsewhere = await ines.send("/views", act="keep", place="//evil.example", name="x", query="mine=true")
        await ines.send("/views", act="keep", place="/pool", name="Promising", query="tier=promising")
        await head.send("/views", act="delete", **form_with((await ines.get("/views")).text, "id"))
        still = (await ines.get("/views")).text

    assert [one.status_code for one in (everything, nameless, elsewhere)] == [422, 422, 422]
    assert "all of it needs no view" in everything.text
    assert form_with(nameless.text, "query")["query"] == "tier=promising"
    assert "Promising" in still


async def test_whoever_comes_no_more_keeps_nothing_here(front):
    async with front.reader("ines", "recruiter") as ines, front.reader("old", "recruiter") as old:
        for one in (ines, old):
            await one.send("/views", act="keep", place="/pool", name="Promising", query="tier=promising")
            await one.send("/preferences", language="de")
        await front.fetch(
            "UPDATE visits SET last_at = last_at - interval '366 days' WHERE \"user\" = 'old' RETURNING 1"
        )
        async with front.database.transaction(EVERYONE) as conn:
            await forget_visitors(conn, before=datetime.now(UTC) - FORGOTTEN_AFTER + timedelta(hours=1))
    left = [await front.fetch(f'SELECT "user" FROM {table}') for table in ("visits", "preferences", "views")]  # noqa: S608

    assert left == [[{"user": "ines"}]] * 3


def test_words_that_are_sought_are_not_kept():
    assert kept_of("/jobs", "text=amara&state=open&cursor=abc&mine=") == "state=open"
    assert kept_of("/people", "tab=rights") == ""
    assert kept_of("/pool", "family=" + "x" * 700) == ""


async def test_whoever_signed_in_before_visits_were_kept_loses_nothing(front):
    async with front.reader("ines", "recruiter") as ines:
        forgotten = "DELETE FROM visits WHERE \"user\" = 'ines' RETURNING 1"
        await front.fetch(forgotten)
        preferred = await ines.send("/preferences", language="de")
        await front.fetch(forgotten)
        saved = await ines.send("/views", act="keep", place="/pool", name="Promising", query="tier=promising")

    assert (preferred.status_code < 400, saved.status_code) == (True, 303)
