"""A family is one however its jobs spell it, in databases that were filled before that was so, too."""

from pathlib import Path
from unicodedata import normalize

import pytest

from services import candidates
from services.candidates.main import SERVICE
from shared.contracts import membership_id
from tests.browser import browsing
from tests.candidates.sentences import (
    NOW,
    an_interviewed_candidate,
    applied,
    completed,
    consented,
    decided,
    feedback,
    opened,
    place_of,
    reviewed_membership,
    scheduled,
)

pytestmark = pytest.mark.db

COMPOSED, DECOMPOSED = normalize("NFC", "Données–Lab"), normalize("NFD", "Donne\u0301es-Lab\u200b")
FAMILY = "données-lab"
MIGRATION = Path(candidates.__file__).parent / "schema" / "107_applicants.sql"


async def test_a_new_job_looks_at_people_of_every_spelling_of_its_family(stage):
    await stage.deliver(opened(family=COMPOSED), opened("ws26", family=DECOMPOSED))
    await stage.deliver(*an_interviewed_candidate("ana", "yes"), consented("ana"))
    heard = (scheduled("bo", job="ws26"), completed("bo", job="ws26"), feedback("bo", job="ws26"))
    await stage.deliver(applied("bo", "ws26"), *heard, decided("bo", job="ws26"), consented("bo"))

    await stage.deliver(opened("next", family="DONNÉES−LAB", opened_at=NOW))

    assert await stage.fetch("SELECT DISTINCT family FROM jobs") == [{"family": FAMILY}]
    assert await stage.fetch("SELECT DISTINCT family FROM members") == [{"family": FAMILY}]
    looked_at = await stage.fetch("SELECT candidate FROM matches WHERE job = 'next' ORDER BY 1")
    assert [row["candidate"] for row in looked_at] == ["ana", "bo"]


async def test_a_review_counts_in_whatever_spelling_it_names_the_family(stage):
    await stage.deliver(opened(family=COMPOSED), *an_interviewed_candidate("mei", "strong_yes", "strong_no"))
    before = await place_of(stage, "mei", FAMILY)

    review = {"action": "retier", "tier": "silver_medalist", "membership": membership_id("mei", FAMILY)}
    await stage.deliver(reviewed_membership("mei", DECOMPOSED, **review))

    assert before[0] == "promising"
    assert (await place_of(stage, "mei", FAMILY))[0] == "silver_medalist"


async def test_a_database_from_before_is_derived_again_where_a_family_has_another_name_now(stage):
    await stage.deliver(opened(family=COMPOSED), *an_interviewed_candidate("ana", "yes"), opened("plain"))
    before = COMPOSED.casefold()
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE jobs SET family = $1 WHERE job = 'su27'", before)
        await conn.execute("UPDATE members SET family = $1, membership = $2", before, membership_id("ana", before))

    async with stage.database.transaction("*") as conn:
        moved = MIGRATION.read_text().partition("-- Spellings")[2].partition("-- migrate:down")[0]
        await conn.raw.execute(f"-- {moved}")
        waiting = await conn.fetch("SELECT kind, id FROM waiting ORDER BY 1")
    await stage.drain.exhaust()

    assert [tuple(row) for row in waiting] == [("job", "su27"), ("person", "ana")]
    assert await stage.fetch("SELECT family, membership FROM members") == [
        {"family": FAMILY, "membership": membership_id("ana", FAMILY)}
    ]
    assert await stage.fetch("SELECT family FROM jobs WHERE job = 'su27'") == [{"family": FAMILY}]


async def test_over_http_an_address_that_no_mail_can_reach_is_refused_by_its_field(stage, tmp_path):
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        answer = await somebody.put("/candidates/ana", {"name": "Ana", "email": "ana@mail.example."})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/email")
    assert await stage.fetch("SELECT fact FROM facts") == []
