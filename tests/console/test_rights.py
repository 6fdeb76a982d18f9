"""Every role at every page: whoever may not see one is told whose it is, and nothing was asked on their behalf."""

import pytest

from services.console.api.places import MENU, WHOSE, Place, menu_of
from shared.web.roles import Role
from tests.console.test_nothing_is_lost import FORMS, PAGES, addresses

pytestmark = pytest.mark.db
MOST_CALLS = 8  # five, and names for what they told


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_sees_its_pages_and_no_others(front, role):
    found, asked = {}, {}
    async with front.reader("somebody", role) as reader:
        for place in MENU:
            front.asked.clear()
            found[place] = (await reader.get(place)).status_code
            asked[place] = len(front.asked_by_page)

    theirs = menu_of(frozenset({role}))
    assert found == {place: 200 if place in theirs else 403 for place in MENU}
    assert sum(count for place, count in asked.items() if role not in WHOSE[place]) == 0
    assert {place: count for place, count in asked.items() if count > MOST_CALLS} == {}


def place_of(address: str) -> Place:
    """Whose page an address is of."""
    if "matches" in address or address.startswith("/runs/"):
        return Place.MATCHES
    return Place("/" + address.partition("?")[0].split("/")[1])


@pytest.mark.parametrize("role", list(Role))
async def test_what_is_not_for_a_role_is_neither_shown_nor_done_at_any_address(front, role):
    where = await addresses(front)
    others = [page for page in (*PAGES, "/runs/{job}") if role not in WHOSE[place_of(page)]]
    refused = [form for form in FORMS if role not in WHOSE[place_of(form)]]
    async with front.reader("somebody", role) as reader:
        front.asked.clear()
        shown = {page: await reader.get(page.format(**where)) for page in others}
        done = {form: await reader.send(form.format(**where), **FORMS[form]) for form in refused}

    assert front.asked == []
    assert {answer.status_code for answer in (*shown.values(), *done.values())} <= {403}
    assert all("This page is for others" in answer.text for answer in (*shown.values(), *done.values()))
