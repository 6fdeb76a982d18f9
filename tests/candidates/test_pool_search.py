"""The pool is searched by family, tier, status, cycle, competency and level, and text."""

import itertools
from datetime import timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import pytest

from services.candidates.domain.candidacies import InterviewRatings
from services.candidates.domain.findable import RatedOf, ReasonedPlace, leads, skills, words_of
from services.candidates.domain.records import AssessedApplication, CandidateRecord, Consent, MembershipReview
from services.candidates.domain.words import why
from services.candidates.sql import own_search, pool_search
from shared.contracts import (
    CandidateErased,
    CandidateMerged,
    ErasureRequested,
    MemberStatus,
    OrganizationConfigured,
    Outcome,
    ReviewAction,
    Tier,
)
from tests.browser import Browser
from tests.candidates.sentences import (
    DECIDED,
    NOW,
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
    scheduled,
)
from tests.heard import Heard
from tests.stage import Stage

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


async def found(browser: Browser, *roles: str, user: str = "ines", **filters: Any) -> list[str]:
    """Whom a search finds, page after page, as `candidate` or `candidate/family` outside of data."""
    members: list[dict[str, Any]] = []
    cursor = None
    for _ in range(100):
        query = urlencode(filters | ({"cursor": cursor} if cursor else {}))
        page = (await browser.get(f"/pool?{query}", *roles, user=user)).json()
        members += page["items"]
        if (cursor := page["cursor"]) is None:
            return [m["candidate"] + ("" if m["family"] == "data" else f"/{m['family']}") for m in members]
    raise AssertionError("there is always one page more")


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


async def remains(stage: Stage, candidate: str) -> list[str]:
    """Tables that hold anything somebody is found by."""
    rows = await stage.fetch(
        """
        SELECT DISTINCT found FROM (
            SELECT 'descriptions' AS found, candidate FROM descriptions UNION ALL
            SELECT 'words', candidate FROM words UNION ALL SELECT 'skills', candidate FROM skills) f
        WHERE candidate = $1 ORDER BY 1
        """,
        candidate,
    )
    return [row["found"] for row in rows]


@pytest.mark.db
async def test_what_somebody_is_found_by_follows_the_facts(browser, stage):
    await stage.deliver(opened(), *amara())

    await stage.deliver(later(registered("amara", name="Amara Nwosu"), 1))
    assert (await found(browser, text="nwosu"), await found(browser, text="amara")) == (["amara"], ["amara"])
    await stage.deliver(later(registered("amara", name="Ada Nwosu"), 2))
    assert (await found(browser, text="nwosu"), await found(browser, text="amara")) == (["amara"], [])

    await stage.deliver(later(opened(title="Data Engineer"), 1))
    assert (await found(browser, text="engineer"), await found(browser, text="analyst")) == (["amara"], [])

    await stage.deliver(later(scheduled("amara", 1, ends_at="2026-11-04T18:00:00Z"), 1))
    [member] = (await browser.get("/pool?competency=sql")).json()["items"]
    assert (member["level"], member["assessed_at"]) == (4.5, "2026-11-04T18:00:00Z")

    await stage.deliver(later(feedback("amara", "yes", 2, rated={"sql": 2}), 1))
    assert (await found(browser, competency="sql", level=3), await found(browser, competency="python")) == (
        ["amara"],
        [],
    )


@pytest.mark.db
async def test_who_leaves_with_time_is_found_no_more(browser, stage):
    await stage.deliver(opened(), *amara(consented("amara")))
    assert await remains(stage, "amara") == ["descriptions", "skills", "words"]

    await stage.move(NOW + timedelta(days=740))

    assert await found(browser, status="left") == ["amara"]
    assert (await remains(stage, "amara"), await found(browser, text="amara")) == ([], [])


@pytest.mark.db
async def test_nothing_is_left_of_somebody_who_was_erased_or_is_held(browser, stage):
    held = OrganizationConfigured(name="Halden", legal_hold_months=6)
    asked = ErasureRequested(candidate="noor", requested_at=DECIDED, by="candidate")
    await stage.deliver(held, opened(), *amara(consented("amara")), *noor(consented("noor")))

    await stage.deliver(Heard(CandidateErased(candidate="amara", erased_at=NOW), at=NOW), asked)

    assert (await remains(stage, "amara"), await remains(stage, "noor")) == ([], [])
    for role in ("recruiter", "auditor"):
        assert await found(browser, role, text="data") == []


@pytest.mark.db
async def test_who_was_merged_is_found_as_one_and_apart_again(browser, stage):
    await stage.deliver(opened(), *amara(), *noor(), later(registered("noor", name="Noor Haddad"), 1))

    await stage.deliver(CandidateMerged(surviving="amara", merged=("noor",), merged_at=DECIDED))
    assert (await found(browser, text="haddad"), await found(browser, text="amara haddad")) == (["amara"], ["amara"])
    assert await remains(stage, "noor") == []

    await stage.deliver(later(CandidateMerged(surviving="amara", merged=(), merged_at=NOW), 1))
    assert (await found(browser, text="haddad"), await found(browser, text="amara")) == (["noor"], ["amara"])


def test_words_are_folded_and_bounded():
    assert words_of("Zoë  MÜLLER-Smith's C++/C# (2027), straße İ") == [
        "zoe", "muller", "smith", "s", "c++", "c#", "2027", "strasse", "i",
    ]  # fmt: skip
    assert words_of("Łukasz Işık Đặng Søren Æther Þórr Œuvre ŁÓDŹ ﬁ Ivan Иванов 山田") == [
        "lukasz", "isik", "dang", "soren", "aether", "thorr", "oeuvre", "lodz", "fi", "ivan", "иванов", "山田",
    ]  # fmt: skip
    assert words_of("-- _ !\x00") == []
    assert words_of("x" * 100) == ["x" * 64]


def test_no_word_of_our_own_sentences_leads():
    consent = Consent(granted=True, given_at=NOW, expires_at=None, candidate="ana")
    points = [p for n in range(5) for p in itertools.product(range(4), repeat=n)] + [(2,) * n for n in range(5, 13)]
    reviews = [None, MembershipReview(ReviewAction.RETIER, Tier.PROMISING, NOW)]
    said = {
        word
        for some, tier, status, review, outcome in itertools.product(
            points, Tier, MemberStatus, reviews, (Outcome.NOT_SELECTED, Outcome.OFFER_DECLINED)
        )
        for sentence in why(
            CandidateRecord("acme", "ana", consent=consent),
            AssessedApplication("a", outcome=outcome, decided_at=NOW, points=some),
            tier,
            status,
            review,
        )
        for word in words_of(sentence)
    }

    assert {word for word in said if leads(word) and not word.isdigit()} == set()
    assert leads("amara")


@pytest.mark.parametrize(
    ("levels", "level", "whole"),
    [
        (["0.75"], 4.0, 4), (["0.75", "0.7499999"], 4.0, 3), (["0"], 1.0, 1), (["1.0"], 5.0, 5),
        (["0.5", "0.25"], 2.5, 2), (["0.3333", "0.6667", "0.5"], 3.0, 3),
    ],
)  # fmt: skip
def test_a_level_is_reached_exactly_or_not(levels, level, whole):
    ratings = [InterviewRatings("acme", "ana", "a", f"u{n}", NOW, ["sql"], [given]) for n, given in enumerate(levels)]

    [skill] = skills([ReasonedPlace("acme", "ana", "data", ())], RatedOf({("acme", "ana"): ratings}, {}))

    assert (skill.level, skill.whole) == (level, whole)
    assert skill.whole == int(1 + 4 * sum(map(Fraction, levels)) / len(levels))
