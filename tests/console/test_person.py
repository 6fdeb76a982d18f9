"""A person: one timeline with why, what they agreed to, who looked, and their rights."""

import re
from datetime import UTC, datetime

import pytest

from services.console.calls.audit import Reading
from services.console.domain.readings import who_looked
from tests.console.pool import agree

pytestmark = pytest.mark.db

AMARA = "/people/amara"


async def test_one_timeline_tells_what_happened_and_why(front):
    await agree(front.house, "amara")
    async with front.reader("ines", "recruiter") as ines:
        await ines.get("/people/noor")  # who opens a page after another asks for the brake no more
        before = len(front.asked_by_page)
        page = (await ines.get(AMARA)).text
        calls = len(front.asked_by_page) - before
        rights = await ines.get(f"{AMARA}?tab=rights")
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    for said in (
        "Decided: not selected · Tomas Reyes",
        "Ada Lindqvist gave feedback",
        "Interview held · Ben Okafor",
        "waits for somebody to release it Because of what happened on Fri 13 Nov, 16:00: it was decided: not selected.",
        "Agreed: Talent pool",
        "Silver medalist: two verdicts (strong yes, yes).",
    ):
        assert said in words
    assert calls <= 8
    assert rights.status_code == 403, "who looked is for auditors and administrators"


async def test_a_hiring_manager_sees_what_belongs_to_their_jobs(front):
    async with front.reader("tomas", "hiring_manager") as tomas, front.reader("mia", "hiring_manager") as mia:
        mine = (await tomas.get(AMARA)).text
        others = (await mia.get(AMARA)).text

    assert "Amara Nwosu" in mine
    assert "gave feedback" in mine
    assert "amara@mail.example" not in mine
    assert "Nothing that belongs to your jobs." in others
    assert "Amara" not in others


async def test_a_name_is_typed_as_it_is_seen_however_it_was_written(front):
    name = "Amara\u00a0 Nwo\u0301su"
    known = await front.house.ask("candidates", "GET", "/candidates/amara", "admin")
    fields = {field: known[field] for field in ("email", "language")}
    await front.house.ask("candidates", "PUT", "/candidates/amara", "admin", json=fields | {"name": name})
    async with front.reader("root", "admin") as root:
        nothing = await root.send(AMARA, act="erase", name=" ", by="candidate")
        asked = await root.send(AMARA, act="erase", name="Amara Nwósu", by="candidate")

    assert (nothing.status_code, asked.status_code) == (422, 403)
    assert "This person asked to be forgotten" in asked.text


async def test_erasure_asks_for_the_name_and_leaves_a_plain_sentence(front):
    async with front.reader("root", "admin") as root, front.reader("audit", "auditor") as auditor:
        await root.get(AMARA)
        looked = (await root.get(f"{AMARA}?tab=rights")).text
        held = await root.get(f"{AMARA}/export/candidates")
        mistyped = await root.send(AMARA, act="erase", name="Amara", by="candidate")
        asked = await root.send(AMARA, act="erase", name="amara nwosu", by="candidate")
        await front.house.settle()
        after = await root.get(AMARA)
        exported = await root.get(f"{AMARA}/export/candidates")
        audited = (await auditor.get(AMARA)).text
        refused = await auditor.send(AMARA, act="erase", name="Amara Nwosu")

    assert "people and the pool" in looked
    assert held.json()["service"] == "candidates"
    assert mistyped.status_code == 422
    assert "This is not their name. Nothing was erased." in mistyped.text
    for page in (asked, after):
        assert page.status_code == 403
        assert "This person asked to be forgotten" in page.text
        assert "Amara" not in page.text
    assert exported.status_code == 403
    assert "Amara Nwosu" in audited
    assert refused.status_code == 403


def test_a_page_that_asks_for_much_is_one_look():
    def read(second: int, reader: str = "ines") -> Reading:
        return Reading(at=datetime(2026, 11, 13, 16, 20, second, tzinfo=UTC), reader=reader, route="/x")

    looks = who_looked({"interviews": [read(1), read(2)], "candidates": [read(3), read(4, "tomas")]})

    assert [(look.reader, look.services) for look in looks] == [
        ("tomas", ("candidates",)),
        ("ines", ("interviews", "candidates")),
    ]
