"""Nothing is said before what is known has settled: whatever comes first, in whatever order, people hear the same."""

import asyncio
from datetime import timedelta

import pytest

from services.notifications import clock as due_work
from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.domain.records import RecipientRecord
from services.notifications.domain.settling import AT_MOST, settles_at
from shared.contracts import Cause, ErasureRequested
from shared.kit.clock import Clock, DueWork
from tests.notifications.facts import (
    ada,
    applied,
    at,
    ben,
    completed,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    profile,
    scheduled,
    verdict,
)
from tests.notifications.open_cases import CONNECTED
from tests.running import eventually

pytestmark = pytest.mark.db

TEN_MINUTES = timedelta(minutes=10)
DECISION = Cause("application-decided", "a1")


def somebody(**known) -> RecipientRecord:
    """Of whom facts are known since: `application_decided=at(...)` is the decision of a1."""
    told = {Cause(topic.replace("_", "-"), "a1"): since for topic, since in known.items()}
    return RecipientRecord(OrganizationSettings("acme", "Acme", settling=TEN_MINUTES), "ana", ("ana",), known=told)


def test_what_is_due_waits_until_the_newest_fact_is_known_for_the_settling_time():
    ana = somebody(application_decided=at("2026-11-16 10:00"), interview_completed=at("2026-11-16 10:04"))

    assert settles_at(ana, DECISION, at("2026-11-16 10:01")) == at("2026-11-16 10:14")


def test_what_was_settled_long_ago_waits_for_nothing():
    ana = somebody(application_decided=at("2026-11-12 10:00"))

    assert settles_at(ana, DECISION, at("2026-11-16 08:00")) < at("2026-11-16 08:00")
    assert settles_at(somebody(), DECISION, at("2026-11-16 08:00")) == at("2026-11-16 08:00")


@pytest.mark.parametrize("decided_at", ["2026-11-12 10:00", "2026-11-16 10:00"])
def test_news_every_minute_holds_a_letter_back_for_an_hour_and_no_longer(decided_at):
    due_at = at("2026-11-16 10:00")

    for minute in range(120):
        news = due_at + timedelta(minutes=minute)
        ana = somebody(application_decided=at(decided_at), feedback_submitted=news)
        settled_at = settles_at(ana, DECISION, due_at)
        assert settled_at == min(news + TEN_MINUTES, due_at + AT_MOST * TEN_MINUTES)


async def a_recent_case(stage, mode: str = "live", settling: int = 10) -> None:
    """It is Monday, ten in the morning; Ana was told no on Thursday, and the platform connects now."""
    await stage.move_to(CONNECTED)
    await stage.deliver(halden(mode, settling_minutes=settling), ines(), job(), profile("ana"), applied("ana"))
    await stage.deliver(completed("ana"), decided("ana", decided_at=at("2026-11-12 10:00")))


async def test_a_decision_letter_waits_for_the_membership_and_asks_for_the_pool(halden_stage, letterbox):
    await a_recent_case(halden_stage)
    await halden_stage.move_to("2026-11-16 10:00")
    at_once = await halden_stage.letters()
    await halden_stage.move_to("2026-11-16 10:09")
    await halden_stage.deliver(invited("ana", at("2026-11-16 10:09")))

    await halden_stage.move_to("2026-11-16 10:18")
    before = letterbox.read()
    await halden_stage.move_to("2026-11-16 10:19")

    assert at_once["decision/ana-1/1"] == "planned"
    assert before == []
    [mail] = letterbox.read()
    assert (await halden_stage.letter("decision", "ana-1"))["variant"] == "decision_short"
    assert (await halden_stage.letter("decision", "ana-1"))["asks_pool"] is True
    assert mail["To"] == "Ana <ana@mail.example>"
    await halden_stage.move_to("2026-11-17 12:00")
    assert len(letterbox.read()) == 1


async def test_a_setting_of_zero_waits_for_nothing(halden_stage, letterbox):
    await a_recent_case(halden_stage, settling=0)

    await halden_stage.move_to("2026-11-16 10:00")

    assert len(letterbox.read()) == 1


async def test_what_an_organisation_says_first_waits_for_its_own_setting_from_then_on(halden_stage, letterbox):
    await halden_stage.move_to(CONNECTED)
    await halden_stage.deliver(job(), profile("ana"), applied("ana"), decided("ana", decided_at=at("2026-11-12 10:00")))
    await halden_stage.move_to("2026-11-16 10:09")
    await halden_stage.deliver(halden("live", settling_minutes=30))

    await halden_stage.move_to("2026-11-16 10:38")
    before = letterbox.read()
    await halden_stage.move_to("2026-11-16 10:39")

    assert before == []
    assert len(letterbox.read()) == 1


async def test_whoever_asks_to_be_forgotten_hears_at_once(halden_stage, letterbox):
    await a_recent_case(halden_stage)

    await halden_stage.deliver(
        heard(ErasureRequested(candidate="ana", by="candidate", requested_at=at("2026-11-16 09:59")))
    )
    await halden_stage.move_to("2026-11-16 10:00")

    assert await halden_stage.letters(kind="data_rights") == {"data_rights/-/1": "sent"}
    assert len(letterbox.read()) == 1


async def test_a_letter_that_a_person_releases_leaves_at_once_when_its_facts_have_settled(halden_stage, letterbox):
    await a_recent_case(halden_stage, "approve")
    letter = (await halden_stage.letter("decision", "ana-1"))["letter"]
    await halden_stage.approve(letter)
    await halden_stage.move_to("2026-11-16 10:09")
    early = letterbox.read()

    await halden_stage.move_to("2026-11-16 10:10")

    assert early == []
    assert len(letterbox.read()) == 1


async def test_nobody_is_reminded_of_feedback_that_comes_a_moment_later(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-16 14:00")
    asked = scheduled("ana", at("2026-11-16 10:00"), interviewers=({"user": "ben"}, {"user": "ada"}))
    await halden_stage.deliver(halden(settling_minutes=10), ben(), ada(), job(), profile("ana"), applied("ana"), asked)
    await halden_stage.move_to("2026-11-16 14:05")
    await halden_stage.deliver(verdict("ana", "yes", at("2026-11-16 12:00")))

    await halden_stage.move_to("2026-11-16 14:20")

    assert [mail["To"] for mail in letterbox.read()] == ["Ben Okafor <ben@halden.example>"]


async def test_a_promise_that_looks_broken_is_not_said_before_the_decision_had_time_to_come(halden_stage):
    await halden_stage.move_to("2026-11-20 10:00")
    await halden_stage.deliver(halden(settling_minutes=10), ines(), job())
    await halden_stage.deliver(
        *(f for n in ("ana", "noor") for f in (profile(n), applied(n), completed(n, at("2026-11-03 11:00"))))
    )
    await halden_stage.move_to("2026-11-20 10:09")
    await halden_stage.deliver(decided("ana", decided_at=at("2026-11-05 10:00")))
    early = await halden_stage.said("answer-overdue")

    await halden_stage.move_to("2026-11-20 10:19")

    assert early == []
    found = {f["candidate"]: f["missing"] for f in await halden_stage.said("answer-overdue")}
    assert found["noor"] == "decision"
    assert "decision" not in [m for n, m in found.items() if n == "ana"]


async def test_a_broken_promise_is_said_again_when_what_is_missing_and_whose_turn_it_is_change(halden_stage):
    await halden_stage.move_to("2026-11-03 11:00")
    asked = scheduled("noor", at("2026-11-03 10:00"), ({"user": "ada"},))
    await halden_stage.deliver(halden("approve"), ines(), ada(), job(), profile("noor"), applied("noor"), asked)
    await halden_stage.deliver(completed("noor", at("2026-11-03 11:00")))
    said = []

    await halden_stage.move_to("2026-11-17 18:00")
    said += await halden_stage.said("answer-overdue")
    await halden_stage.move_to("2026-11-17 19:00")
    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-17 19:00")))
    said += await halden_stage.said("answer-overdue")
    await halden_stage.deliver(verdict("noor", "no", at("2026-11-17 19:00")))
    said += await halden_stage.said("answer-overdue")

    assert [(f["missing"], f["owner"]) for f in said] == [
        ("decision", "ines"),
        ("feedback", "ada"),
        ("approval", "ines"),
    ]
    assert len({f["overdue"] for f in said}) == 1


async def test_what_was_held_back_for_want_of_an_address_is_only_sent_once_it_is(halden_stage):
    await halden_stage.move_to(CONNECTED)
    await halden_stage.deliver(halden(), job(), applied("ana"), decided("ana", decided_at=at("2026-11-12 10:00")))
    held = await stands(halden_stage)

    await halden_stage.deliver(profile("ana"))
    await halden_stage.move_to("2026-11-16 10:01")

    assert held == ["outreach-suppressed"]
    assert await stands(halden_stage) == ["outreach-sent"]


async def stands(stage) -> list[str]:
    """Which of the topics that replace one another holds, for each letter."""
    rows = await stage.fetch(
        """
        SELECT DISTINCT ON (fact) topic FROM facts WHERE topic IN ('outreach-sent', 'outreach-suppressed')
        ORDER BY fact, time DESC
        """
    )
    return [row["topic"] for row in rows]


async def test_while_records_lie_unread_only_what_was_asked_for_leaves(halden_stage, letterbox):
    await a_recent_case(halden_stage, settling=0)
    erasure = ErasureRequested(candidate="bo", by="candidate", requested_at=at("2026-11-16 09:59"))
    await halden_stage.deliver(profile("bo"), heard(erasure))
    halden_stage.runtime.is_behind = True
    working = asyncio.create_task(halden_stage.post.run())

    async def bo_heard() -> bool:
        return bool(letterbox.read())

    await eventually(bo_heard)
    while_unread = await halden_stage.letters()
    halden_stage.runtime.is_behind = False

    async def ana_heard() -> bool:
        return len(letterbox.read()) == 2

    await eventually(ana_heard)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert while_unread["decision/ana-1/1"] == "ready"


async def test_while_records_lie_unread_time_breaks_no_promise(halden_stage):
    looked, behind = [], [True]
    clock = Clock(DueWork(), halden_stage.turns, halden_stage.router, lambda: behind[0])
    for every in due_work.schedule.entries:
        clock.schedule.entries.append(every._replace(seconds=0.01, work=noting(looked, every), find_due=None))
    working = asyncio.create_task(clock.run())

    await asyncio.sleep(0.5)
    while_unread = set(looked)
    behind[0] = False

    async def all_looked() -> bool:
        return {"plan_due_letters", "keep_promises"} <= set(looked)

    await eventually(all_looked)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert while_unread & {"plan_due_letters", "keep_promises", "send_new_links"} == {"send_new_links"}


def noting(looked: list[str], every):
    async def noted(turn) -> int:
        looked.append(every.name)
        return await every.work(turn)

    return noted
