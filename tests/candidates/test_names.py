"""Whoever shows a list of ids learns their names in one request: of those they have to do with."""

import pytest

from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, applied, opened, registered, scheduled

pytestmark = pytest.mark.db


@pytest.fixture
async def story(stage) -> None:
    """Amara applied for Tomas's job under an older id, Ben for Vera's and Ada interviews him; Cleo did neither."""
    vera = [{"user": "vera", "role": "hiring_manager"}]
    await stage.deliver(
        opened(),
        opened("ops", title="Operations", family="operations", team=vera),
        *(registered(c) for c in ("amara-old", "amara", "ben", "cleo")),
        applied("amara-old"),
        CandidateMerged(surviving="amara", merged=("amara-old",), merged_at=DECIDED),
        applied("ben", "ops"),
        scheduled("ben", job="ops", interviewers=[{"user": "ada"}]),
    )


async def test_names_come_by_any_id_once_and_in_order(browser, story):
    answer = await browser.get("/candidates?ids=cleo,amara-old,nobody,ben,cleo")

    told = [(n["candidate"], n["person"], n["name"]) for n in answer.json()["items"]]
    assert told == [("amara-old", "amara", "Amara"), ("ben", "ben", "Ben"), ("cleo", "cleo", "Cleo")]
    assert answer.json()["cursor"] is None


@pytest.mark.parametrize(
    ("role", "user", "known"),
    [
        ("hiring_manager", "tomas", ["amara", "amara-old"]),
        ("hiring_manager", "vera", ["ben"]),
        ("hiring_manager", "ada", []),
        ("interviewer", "ada", ["ben"]),
        ("interviewer", "vera", []),
        ("coordinator", "someone", ["amara", "amara-old", "ben", "cleo"]),
    ],
)
async def test_names_are_told_to_whom_they_concern(browser, story, role, user, known):
    answer = await browser.get("/candidates?ids=amara,amara-old,ben,cleo", role, user=user)

    assert [n["candidate"] for n in answer.json()["items"]] == known


@pytest.mark.parametrize("ids", ["", "amara,", "amara,,ben", "a b", ",".join(["x"] * 201)])
async def test_what_is_no_list_of_two_hundred_ids_is_refused_by_its_name(browser, ids):
    answer = await browser.get(f"/candidates?ids={ids}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/query/ids")


async def test_two_hundred_long_ids_fit_into_an_address(browser):
    answer = await browser.get(f"/candidates?ids={','.join(f'{n:036}' for n in range(200))}")

    assert (answer.status_code, answer.json()["items"]) == (200, [])
