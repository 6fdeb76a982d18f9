"""Facts in, letters planned, differences out: the service on a real database, without its post."""

from collections.abc import AsyncIterator

import pytest

from services.notifications.main import SERVICE
from shared.contracts import CandidateErased, CandidateMerged
from tests.heard import Heard
from tests.notifications.facts import (
    DECIDED,
    applied,
    at,
    closed,
    completed,
    decided,
    halden,
    heard,
    ines,
    job,
    profile,
    reversed_,
)
from tests.stage import Stage, staged

pytestmark = pytest.mark.db

MONDAY = at("2026-11-16 08:00")


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The service at the moment of the decisions."""
    async with staged(await fresh_database("notifications"), SERVICE, DECIDED) as stage:
        yield stage


def not_selected(name: str, **given: str) -> list[Heard]:
    return [profile(name, **given), applied(name), decided(name)]


async def letters(stage: Stage) -> dict[str, tuple[str, str | None]]:
    """State and reason of every letter, by recipient."""
    rows = await stage.fetch("SELECT recipient, state, reason FROM letters ORDER BY recipient")
    return {row["recipient"]: (row["state"], row["reason"]) for row in rows}


async def suppressions(stage: Stage) -> list[tuple[str, str | None]]:
    """Reason and causing event of everything said not to leave."""
    rows = await stage.fetch(
        """
        SELECT s.body ->> 'reason', c.topic FROM facts s
        LEFT JOIN facts c ON c.organization = s.organization AND c.event = s.causation
        WHERE s.topic = 'outreach-suppressed' ORDER BY s.fact
        """
    )
    return [tuple(row.values()) for row in rows]


async def test_example_15_the_clock_makes_a_letter_ready_at_eight_where_its_reader_lives(stage):
    await stage.deliver(halden("live"), job(), *not_selected("ana"), *not_selected("mei", timezone="Asia/Tokyo"))
    before = await letters(stage)

    await stage.move(at("2026-11-16 00:00"))
    in_tokyo = await letters(stage)
    await stage.move(MONDAY)

    assert before == {"ana": ("planned", None), "mei": ("planned", None)}
    assert in_tokyo == {"ana": ("planned", None), "mei": ("ready", None)}
    assert await letters(stage) == {"ana": ("ready", None), "mei": ("ready", None)}


async def test_an_organisation_nobody_configured_is_silent(stage):
    await stage.deliver(job(), *not_selected("ana"))

    await stage.move(MONDAY)

    assert await letters(stage) == {"ana": ("suppressed", "shadow")}


async def test_example_16_what_suppresses_a_letter_is_said_with_its_cause(stage):
    await stage.deliver(halden("live"), job(), *not_selected("ana"))
    await stage.move(at("2026-11-14 10:00"))

    await stage.deliver(reversed_("ana", at("2026-11-14 10:00")))

    assert await suppressions(stage) == [("decision_reversed", "application-decided")]


async def test_a_new_decision_lifts_the_suppression(stage):
    await stage.deliver(halden("live"), job(), *not_selected("ana"), reversed_("ana", DECIDED))
    reversed_letter = await letters(stage)

    await stage.move(MONDAY)
    await stage.deliver(decided("ana", decided_at=MONDAY, id="again"))

    assert reversed_letter == {"ana": ("suppressed", "decision_reversed")}
    assert await letters(stage) == {"ana": ("planned", None)}


async def test_example_26_a_closed_job_said_again_holds_nothing_back_and_a_reopened_one_does(stage):
    await stage.deliver(halden("live"), job(), closed(), *not_selected("ana"))

    await stage.deliver(Heard(job(title="Data Analyst").event, DECIDED, id="new-title"))
    edited = await letters(stage)
    await stage.deliver(job(opened_at=at("2026-11-13 16:05")))

    assert edited == {"ana": ("planned", None)}
    assert await letters(stage) == {"ana": ("suppressed", "reopened")}


async def test_whoever_was_interviewed_waits_for_the_recruiter_to_decide_and_then_for_the_letter(stage):
    await stage.deliver(halden("live"), ines(), job(), profile("ana"), completed("ana"))
    waits = await stage.fetch("SELECT candidate, owner, missing FROM waits")

    await stage.deliver(decided("ana"))

    assert waits == [{"candidate": "ana", "owner": "ines", "missing": "decision"}]
    assert await stage.fetch("SELECT missing FROM waits") == [{"missing": "delivery"}]


async def test_an_erased_person_has_no_letters_tasks_or_waits(stage):
    await stage.deliver(halden("approve"), job(), *not_selected("ana"))
    await stage.move(at("2026-11-27 16:00"))
    assert await stage.fetch("SELECT kind FROM tasks") == [{"kind": "stale_letter"}]

    await stage.deliver(heard(CandidateErased(candidate="ana", erased_at=at("2026-11-27 15:00"))))

    for table in ("SELECT letter FROM letters", "SELECT kind FROM tasks", "SELECT missing FROM waits"):
        assert await stage.fetch(table) == []


async def test_merged_people_keep_one_letter_for_each_application(stage):
    await stage.deliver(halden("live"), job(), *not_selected("ana"), *not_selected("anna"))

    await stage.deliver(heard(CandidateMerged(surviving="ana", merged=("anna",), merged_at=DECIDED)))

    assert await letters(stage) == {"ana": ("planned", None), "anna": ("planned", None)}


async def test_facts_again_and_in_another_order_say_nothing_new(stage):
    facts = [halden("live"), job(), *not_selected("ana"), reversed_("ana", DECIDED)]
    await stage.deliver(*facts)
    said = await stage.fetch("SELECT time, body FROM facts WHERE topic = 'outreach-suppressed'")

    await stage.deliver(*reversed(facts))

    assert len(said) == 1
    assert await stage.fetch("SELECT time, body FROM facts WHERE topic = 'outreach-suppressed'") == said


async def test_another_organisation_has_letters_of_its_own(stage):
    facts = [halden("live"), job(), *not_selected("ana")]

    await stage.deliver(*facts, *(fact._replace(organization="other") for fact in facts))

    found = await stage.fetch("SELECT organization, letter FROM letters ORDER BY organization")
    assert [row["organization"] for row in found] == ["acme", "other"]
    assert found[0]["letter"] != found[1]["letter"]
