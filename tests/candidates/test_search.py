"""Anybody is found by how their names begin, or by their address; nothing of it stands in an address or a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.domain.names import beginnings_of
from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, applied, opened, registered

db = pytest.mark.db


@pytest.fixture
async def story(stage) -> None:
    """Łukasz is known by two ids; Ana Maria and Anabel apply for Tomas's job; nobody is in the pool."""
    await stage.deliver(
        opened(),
        registered("lukas", name="Łukasz Brandt", email="Lukas.Brandt@mail.example"),
        registered("luke", name="Luke Brand"),
        CandidateMerged(surviving="lukas", merged=("luke",), merged_at=DECIDED),
        registered("ana", name="Ana Maria Anders", preferred_name="Annie"),
        registered("anabel", name="Anabel Brandt"),
        applied("ana"),
        applied("anabel"),
    )


async def search(browser, text: str, *roles: str, user: str = "ines", **more: object):
    headers = browser.headers(*roles, user=user)
    return await browser.client.post("/candidates/search", json={"text": text, **more}, headers=headers)


@db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lukasz", ["lukas"]),
        ("luke", ["lukas"]),
        ("BRAND", ["anabel", "lukas"]),
        ("bra ana", ["anabel"]),
        ("an", ["ana", "anabel"]),
        ("annie", ["ana"]),
        ("lukas.brandt@MAIL.example", ["lukas"]),
        ("lukas.brandt@", ["lukas"]),
        ("nda", []),
        ("%", []),
        ("...", []),
    ],
)
async def test_people_are_found_by_how_their_words_begin(browser, story, text, found):
    answer = await search(browser, text)

    assert sorted(person["candidate"] for person in answer.json()["items"]) == found


@db
async def test_pages_lead_on_and_nobody_comes_twice(browser, story):
    pages, cursor = [], None
    for _ in range(5):
        page = (await search(browser, "an", limit=1, **({"cursor": cursor} if cursor else {}))).json()
        pages += [person["candidate"] for person in page["items"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert (sorted(pages), cursor) == (["ana", "anabel"], None)


@db
async def test_a_hiring_manager_finds_who_applied_for_their_jobs(browser, story):
    own = await search(browser, "brandt", "hiring_manager", user="tomas")
    others = await search(browser, "brandt", "hiring_manager", user="vera")

    assert [person["candidate"] for person in own.json()["items"]] == ["anabel"]
    assert others.json()["items"] == []


@db
async def test_a_name_that_is_no_more_finds_nobody_and_readers_are_written_down(browser, stage, story):
    await browser.put("/candidates/ana", {"name": "Ana Sommer"})

    gone = (await search(browser, "anders")).json()["items"]
    found = (await search(browser, "sommer")).json()["items"]

    assert (gone, [person["name"] for person in found]) == ([], ["Ana Sommer"])
    rows = await stage.fetch("SELECT candidate, route FROM reads")
    assert [(row["candidate"], row["route"]) for row in rows] == [("ana", "/candidates/search")]


@given(st.text())
def test_the_longest_beginning_leads_and_any_text_is_taken(text):
    beginnings = beginnings_of(text)

    assert [len(word) for word in beginnings] == sorted(map(len, beginnings), reverse=True)
    assert len(set(beginnings)) == len(beginnings)
