"""Every role at every page: whoever may not see one is told whose it is, and nothing was asked on their behalf."""

import pytest

from services.console.api.places import MENU, WHOSE, menu_of
from shared.web.roles import Role

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
