"""The talent pool: narrowed by filters, and one place decided about, with the way back."""

import re

import pytest

from shared.contracts import membership_id
from tests.console.forms import form_with, versions_in

pytestmark = pytest.mark.db

MEI = membership_id("mei", "data")


async def test_who_is_in_the_pool_and_why(front):
    async with front.reader("audit", "auditor") as auditor:
        all_of_them = (await auditor.get("/pool")).text
        calls = len(front.asked_by_page)
        held = (await auditor.get("/pool?status=held&family=data&level=3")).text
        opened = (await auditor.get(f"/pool?membership={MEI}")).text
        with_text = await auditor.get("/pool?text=Mei")

    assert "Mei Tanaka" in all_of_them
    assert "Held until a person confirms: a strong no stands against this tier." in all_of_them
    assert calls <= 8
    assert "Amara Nwosu" not in held
    assert "Mei Tanaka" in held
    assert 'value="confirm"' not in opened, "auditors look"
    assert with_text.status_code == 422, "an address holds no words that may be a name"


async def test_a_held_place_is_confirmed_with_a_reason_and_taken_back(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(f"/pool?membership={MEI}")).text
        etag = re.findall(r'name="etag" value="([^"]+)"', page)[0].replace("&#34;", '"')
        fields = {"membership": MEI, "before": "promising"}
        done = await ines.send("/pool", act="confirm", etag=etag, reason="I read both scorecards", **fields)
        stale = await ines.send("/pool", act="remove", etag=etag, reason="changed my mind", **fields)
        empty = await ines.send("/pool", act="remove", reason=" ", **fields)
        back = await ines.send("/pool", act="retier", tier="promising", reason="undone", **fields)
    member = await front.house.ask("candidates", "GET", f"/memberships/{MEI}")

    assert "Saved: confirmed." in done.text
    assert "Take back" in done.text
    assert stale.status_code == 412
    assert versions_in(stale.text)["Reason"] == ("I read both scorecards", "changed my mind")
    assert form_with(stale.text, "reason")["reason"] == "changed my mind"
    assert empty.status_code == 422
    assert "Saved: another tier." in back.text
    assert (member["review"]["action"], member["review"]["reason"]) == ("retier", "undone")
