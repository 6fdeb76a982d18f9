"""Campaigns: whom one reaches and whom not, words looked at, started once its number is typed."""

import pytest

pytestmark = pytest.mark.db


async def test_words_are_looked_at_and_nothing_starts_without_its_number(front):
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/campaigns?competency=sql&job=su27-data")
        checked = await ines.send(
            "/campaigns", act="check", competency="sql", title="An evening", text="For a great culture fit."
        )
        unnumbered = await ines.send("/campaigns", act="start", competency="sql", title="An evening", expected="")
        other = await ines.send("/campaigns", act="start", competency="sql", title="An evening", expected="99")

    assert page.status_code == 200
    assert "would be written to" in page.text
    assert "Please look again" in checked.text
    assert (unnumbered.status_code, "Type how many people" in unnumbered.text) == (422, True)
    assert (other.status_code, "not 99" in other.text) == (422, True)


async def test_who_starts_campaigns(front):
    for role, status in (("admin", 200), ("coordinator", 403), ("hiring_manager", 403), ("analyst", 403)):
        async with front.reader("somebody", role) as somebody:
            page = await somebody.get("/campaigns")
        assert page.status_code == status, role
    await front.away("notifications")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/campaigns?competency=sql")
    assert "The part for letters and tasks does not answer just now." in page.text
