"""The pool is searched by family, tier, status, cycle, competency and level, and text."""

from typing import Any

import pytest

from services.candidates.sql import own_search, pool_search
from tests.candidates.pool_pages import found
from tests.candidates.sentences import (
    DECIDED,
    amara,
    an_interviewed_candidate,
    applied,
    consented,
    decided,
    feedback,
    later,
    noor,
    opened,
    registered,
)

ZOE = {"name": "Zoë Müller-Smith", "preferred_name": "Zo", "skills": [{"name": "C++ & Rust", "said_at": DECIDED}]}
OPS = {"title": "Head of Logistics", "family": "Supply Chain", "cycle": "Winter 2026"}


@pytest.fixture
async def story(stage) -> None:
    """Amara, Noor, Lukas and Mei for a data job; Zoe for operations and for data; Tom took his consent back."""
    await stage.deliver(
        opened(),
        opened("ops", **OPS),
        *amara(consented("amara")),
        *noor(consented("noor")),
        *an_interviewed_candidate("lukas", "yes", "yes", outcome="offer_declined"),
        *an_interviewed_candidate("mei", "strong_yes", "strong_no"),
        *an_interviewed_candidate("tom", "yes", "yes", rated=[{"sql": 5}, {}]),
        consented("tom", granted=False),
        *an_interviewed_candidate("zoe", "yes", rated=[{"python": 5}]),
        applied("zoe", "ops"),
        feedback("zoe", "strong_yes", 2, "ops", rated={"sql": 3}),
        decided("zoe", job="ops"),
        later(registered("zoe", **ZOE), 1),
    )


EVERYONE = ["amara", "lukas", "mei", "noor", "zoe", "zoe/supply-chain"]
SEARCHES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, EVERYONE),
    ({"family": "Data"}, ["amara", "lukas", "mei", "noor", "zoe"]),
    ({"family": "supply chain"}, ["zoe/supply-chain"]),
    ({"family": "nothing"}, []),
    ({"tier": "silver_medalist"}, ["amara", "lukas"]),
    ({"tier": "promising", "family": "data"}, ["mei", "noor", "zoe"]),
    ({"status": "held"}, ["mei"]),
    ({"status": "left"}, ["tom"]),
    ({"status": "left", "family": "DATA", "cycle": "Summer 2027"}, ["tom"]),
    ({"status": "left", "family": "operations"}, []),
    ({"status": "left", "text": "tom"}, []),
    ({"status": "left", "competency": "sql"}, []),
    ({"cycle": "Winter 2026"}, ["zoe/supply-chain"]),
    ({"cycle": "Winter 2026", "family": "data"}, []),
    ({"competency": "sql"}, ["amara", "noor", "zoe", "zoe/supply-chain"]),
    ({"competency": "sql", "level": 3}, ["amara", "zoe", "zoe/supply-chain"]),
    ({"competency": "sql", "level": 4}, ["amara"]),
    ({"competency": "sql", "level": 5}, []),
    ({"competency": "python", "level": 4, "tier": "promising"}, ["noor", "zoe", "zoe/supply-chain"]),
    ({"competency": "python", "level": 5, "family": "data"}, ["zoe"]),
    ({"competency": "juggling"}, []),
    ({"text": "noor"}, ["noor"]),
    ({"text": "MULLER zo"}, ["zoe", "zoe/supply-chain"]),
    ({"text": "Zoë Müller"}, ["zoe", "zoe/supply-chain"]),
    ({"text": "mull"}, []),
    ({"text": "c++"}, ["zoe", "zoe/supply-chain"]),
    ({"text": "c"}, []),
    ({"text": "analyst"}, ["amara", "lukas", "mei", "noor", "zoe", "zoe/supply-chain"]),
    ({"text": "logistics"}, ["zoe", "zoe/supply-chain"]),
    ({"text": "logistics analyst rust", "family": "data"}, ["zoe"]),
    ({"text": "logistics amara"}, []),
    ({"text": "an offer was made"}, ["lukas"]),
    ({"text": "strong no"}, ["mei"]),
    ({"text": "strong no", "status": "active"}, []),
    ({"text": "analyst", "competency": "sql", "level": 2, "status": "active", "tier": "silver_medalist"}, ["amara"]),
    ({"text": "by place"}, []),
    ({"text": "-- !"}, []),
]


@pytest.mark.db
@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("narrow", [False, True], ids=["at once", "in narrow steps"])
async def test_every_filter_holds_page_after_page(browser, monkeypatch, narrow):
    if narrow:
        monkeypatch.setattr(pool_search, "WALKED", 3)
    for filters, expected in SEARCHES:
        for limit in (1, 50):
            assert await found(browser, limit=limit, **filters) == expected, (filters, limit)


@pytest.mark.db
async def test_letters_are_found_as_they_are_typed_elsewhere(browser, stage):
    name = {"name": "Łukasz Işık"}
    await stage.deliver(opened(), *noor(consented("noor")), later(registered("noor", **name), 1))

    for text in ("lukasz", "ŁUKASZ", "isik", "ışık", "ISIK", "lukasz işik"):
        assert await found(browser, text=text) == ["noor"], text


@pytest.mark.db
@pytest.mark.usefixtures("story")
async def test_a_page_may_hold_less_and_lead_on(browser, monkeypatch):
    monkeypatch.setattr(pool_search, "WALKED", 2)

    first = (await browser.get("/pool?text=verdict&limit=1")).json()

    assert (first["items"], first["cursor"] is None) == ([], False)
    assert await found(browser, text="verdict", limit=1) == ["zoe", "zoe/supply-chain"]


@pytest.mark.db
@pytest.mark.usefixtures("story")
async def test_the_level_that_was_found_is_shown(browser):
    [zoe, _] = (await browser.get("/pool?competency=sql&level=3&text=zo")).json()["items"]
    [amara] = (await browser.get("/pool?text=amara")).json()["items"]

    assert (zoe["level"], zoe["assessed_at"]) == (3.0, "2026-11-05T08:00:00Z")
    assert (amara["level"], amara["assessed_at"]) == (None, None)


MANAGERS_SEARCHES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, ["amara", "lukas", "mei", "noor", "zoe"], ["zoe/supply-chain"]),
    ({"text": "zoe muller verdict"}, ["zoe"], ["zoe/supply-chain"]),
    ({"text": "logistics"}, [], ["zoe/supply-chain"]),  # the title of another job
    ({"text": "analyst"}, ["amara", "lukas", "mei", "noor", "zoe"], []),
    ({"text": "strong yes verdict zoe"}, [], ["zoe/supply-chain"]),  # the verdict of another job
    ({"text": "rust"}, [], []),  # a profile is for recruiters
    ({"competency": "sql"}, ["amara", "noor"], ["zoe/supply-chain"]),  # what another job's interviewer rated
    ({"competency": "sql", "level": 3, "text": "zoe"}, [], ["zoe/supply-chain"]),
    ({"competency": "python", "level": 5}, ["zoe"], []),
    ({"competency": "python", "text": "amara"}, ["amara"], []),
    ({"status": "left"}, ["tom"], []),
    ({"status": "left", "text": "tom"}, [], []),
]


@pytest.mark.db
@pytest.mark.usefixtures("story")
async def test_managers_find_by_what_they_may_read(browser, stage, monkeypatch):
    monkeypatch.setattr(own_search, "WALKED", 2)
    await stage.deliver(later(opened("ops", **OPS, team=[{"user": "vera", "role": "hiring_manager"}]), 1))
    for filters, *expected in MANAGERS_SEARCHES:
        for user, whom in zip(("tomas", "vera", "nadia"), (*expected, []), strict=True):
            assert await found(browser, "hiring_manager", user=user, limit=1, **filters) == whom, (filters, user)


@pytest.mark.db
async def test_pages_of_a_manager_tell_nothing_of_other_jobs(browser, stage):
    """The same answer, level and cursor, whatever was seen and written elsewhere."""
    rated = feedback("noor", "strong_yes", 2, "ops", rated={"sql": 5, "juggling": 5})
    await stage.deliver(opened(), *amara(), *noor())
    queries = [f"/pool?limit=1&{q}" for q in ("text=noor", "text=logistics", "competency=sql", "competency=juggling")]

    before = [(await browser.get(q, "hiring_manager", user="tomas")).json() for q in queries]
    await stage.deliver(opened("ops", **OPS, team=[]), applied("noor", "ops"), rated, decided("noor", job="ops"))

    assert [(await browser.get(q, "hiring_manager", user="tomas")).json() for q in queries] == before


@pytest.mark.db
@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("level=4", "/query/competency", "competency-missing"),
        ("competency=sql&level=6", "/query/level", "less-than-equal"),
        ("competency=a%20b", "/query/competency", "not-an-id"),
        ("text=", "/query/text", "string-too-short"),
        ("text=" + "x" * 201, "/query/text", "string-too-long"),
    ],
)
async def test_a_search_that_cannot_be_understood_is_refused_by_field(browser, query, field, code):
    answer = await browser.get(f"/pool?{query}")

    assert (answer.status_code, [(e["field"], e["code"]) for e in answer.json()["errors"]]) == (422, [(field, code)])


@pytest.mark.db
@pytest.mark.usefixtures("story")
async def test_what_is_searched_for_is_neither_logged_nor_counted(browser, capfd):
    assert await found(browser, text="müller") == ["zoe", "zoe/supply-chain"]
    assert (await browser.get("/pool?text=muller&level=9")).status_code == 422

    counted = (await browser.client.get("/metrics")).text
    assert "/pool" in counted
    assert not {word for word in ("müller", "muller", "m%C3%BCller") if word in counted + "".join(capfd.readouterr())}


@pytest.mark.db
async def test_another_tenant_finds_nobody(browser, stage):
    await stage.deliver(opened(), *amara(consented("amara")))

    for query in ("text=amara", "competency=sql", "family=data", "tier=silver_medalist", "status=active"):
        assert len((await browser.get(f"/pool?{query}")).json()["items"]) == 1
        assert (await browser.get(f"/pool?{query}", organization="halden")).json()["items"] == []
