"""What time brings about is said once and done once, however many replicas look: every entry of every schedule."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.console.main import SERVICE as CONSOLE
from services.console.sql.sessions import Session, save_session
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from services.notifications.sql.new_links import save_link_request
from shared.contracts import BY_TOPIC, ErasureRequested, Event, MentorshipProposed, OrganizationConfigured
from shared.kit.clock import Clock, DueWork
from shared.kit.db import EVERYONE
from shared.kit.say import owned_topics
from shared.running.start import Service
from tests.candidates import sentences
from tests.candidates.sentences import DECIDED, NOW, an_interviewed_candidate, applied, consented, decided, opened
from tests.candidates.sentences import scheduled as invited
from tests.heard import Heard
from tests.notifications import facts
from tests.stage import Stage, staged

pytestmark = pytest.mark.db

MANY = [f"p{n}" for n in range(30)]
SERVICES = {service.name: service for service in (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS, CONSOLE)}
ENTRIES = {(service.name, entry.name): entry for service in SERVICES.values() for entry in service.schedule.entries}

Facts = Iterable[Heard | Event]


class Case(NamedTuple):
    """What is there at the start, what is due at `then`, which topics say it of each of MANY, and what it leads to."""

    of: Callable[[str], Facts]
    once: Facts
    then: datetime
    says: tuple[str, ...]
    look: str
    found: list[dict[str, Any]]
    now: datetime = NOW


def assumable(person: str) -> Facts:
    return [applied(person), invited(person, starts_at="2026-11-22T14:00:00Z", ends_at="2026-11-22T15:00:00Z")]


def expiring(person: str) -> Facts:
    return [*an_interviewed_candidate(person, "yes", "yes"), consented(person, expires_at="2026-12-01T08:00:00Z")]


def asked_to_wait(person: str) -> Facts:
    rated = [{"sql": 4, "python": 4}]
    whole = an_interviewed_candidate(person, "yes", rated=rated, reconsider_after="2026-12-01T08:00:00Z")
    return [*whole, consented(person)]


def forgotten(person: str) -> Facts:
    return [applied(person), decided(person), ErasureRequested(candidate=person, requested_at=DECIDED, by="candidate")]


def mentored(person: str) -> Facts:
    whole = {"relation": person, "candidate": person, "user": "ada", "goals": ["Draw it first."]}
    days = {"starts_on": "2026-11-20", "ends_on": "2026-12-20"}
    return [sentences.registered(person), MentorshipProposed.model_validate(whole | days)]


def rejected(person: str) -> Facts:
    return [facts.profile(person), facts.applied(person), facts.decided(person)]


def left_waiting(person: str) -> Facts:
    return [facts.profile(person), facts.applied(person), facts.completed(person, facts.at("2026-11-03 11:00"))]


CASES = {
    ("interviews", "assume_completion"): Case(
        assumable, [opened()], NOW + timedelta(days=1), ("interview-completed",),
        "SELECT DISTINCT state, basis FROM interviews", [{"state": "completed", "basis": "assumed"}],
    ),
    ("candidates", "reconsider_members"): Case(
        expiring, [opened()], NOW + timedelta(days=9), ("candidate-left-pool",),
        "SELECT DISTINCT status, reason FROM members", [{"status": "left", "reason": "expired"}],
    ),
    ("candidates", "reconsider_matches"): Case(
        asked_to_wait, [opened(), sentences.the_next_job()], NOW + timedelta(days=9), ("candidate-matched",),
        "SELECT DISTINCT blockers, due_at FROM matches WHERE job = 'ws27'", [{"blockers": [], "due_at": None}],
    ),
    ("candidates", "erase_people"): Case(
        forgotten, [OrganizationConfigured(name="Halden", legal_hold_months=1)], NOW + timedelta(days=30),
        ("candidate-erased", "erasure-completed"),
        "SELECT DISTINCT topic FROM facts WHERE candidate <> '' ORDER BY topic",
        [{"topic": "candidate-erased"}, {"topic": "erasure-completed"}],
    ),
    ("candidates", "end_mentorships"): Case(
        mentored, [], NOW + timedelta(days=30), ("mentorship-ended",),
        "SELECT DISTINCT stage, reason FROM mentorships", [{"stage": "ended", "reason": "unanswered"}],
    ),
    ("notifications", "plan_due_letters"): Case(
        rejected, [facts.halden("shadow"), facts.job()], facts.at("2026-11-18 12:00"), ("outreach-suppressed",),
        "SELECT DISTINCT kind, state, reason FROM letters",
        [{"kind": "decision", "state": "suppressed", "reason": "shadow"}], facts.DECIDED,
    ),
    ("notifications", "keep_promises"): Case(
        left_waiting, [facts.halden(), facts.ines(), facts.job()], facts.at("2026-11-17 18:00"), ("answer-overdue",),
        "SELECT count(*) AS waiting FROM waits", [{"waiting": len(MANY)}], facts.at("2026-11-03 12:00"),
    ),
}  # fmt: skip


def registered_entries() -> set[tuple[str, str]]:
    """What this file covers: the services' own work above, what links ask for and the kit's below; the tests of surveys
    and of rounds cover the rest."""
    return {
        *CASES,
        ("notifications", "send_new_links"),
        ("notifications", "show_surveys"),
        ("insights", "note_due_rounds"),
        ("console", "end_old_sessions"),
        *((name, work) for name in SERVICES for work in ("nudge", "forget_what_is_old")),
    }


def test_every_scheduled_work_has_a_case():
    assert registered_entries() == ENTRIES.keys()


async def move(stage: Stage, then: datetime) -> None:
    """Only the time: nothing is done yet."""
    async with stage.database.transaction(EVERYONE) as conn:
        await stage.time.move(conn, then)


async def work(stage: Stage, service: Service[Any], name: str) -> int:
    """Two replicas look at once for this work only, and once more; how much they did."""
    alone = DueWork()
    alone.entries = [ENTRIES[service.name, name]]
    clocks = [Clock(alone, stage.turns, service.router) for _ in range(2)]
    return sum([sum(await asyncio.gather(*(clock.run_due() for clock in clocks))) for _ in range(2)])


@pytest.mark.parametrize(("service", "name"), CASES, ids="-".join)
async def test_two_replicas_do_what_is_due_once(fresh_database, service, name):
    case = CASES[service, name]
    async with staged(await fresh_database(service), SERVICES[service], case.now) as stage:
        await stage.deliver(*case.once, *(fact for person in MANY for fact in case.of(person)))
        before = await stage.fetch("SELECT coalesce(max(id), 0) AS id FROM outbox")
        await move(stage, case.then)

        await work(stage, SERVICES[service], name)

        said = await stage.fetch(
            "SELECT topic, key FROM outbox WHERE topic = ANY($1) AND value IS NOT NULL AND id > $2",
            case.says,
            before[0]["id"],
        )
        assert len(said) == len({tuple(row.values()) for row in said}) == len(MANY) * len(case.says)
        assert await stage.fetch(case.look) == case.found


async def test_two_replicas_take_each_request_for_a_link_once(fresh_database):
    async with staged(await fresh_database("notifications"), NOTIFICATIONS, NOW) as stage:
        await stage.deliver(facts.halden(), *(facts.profile(person) for person in MANY))
        async with stage.database.transaction(EVERYONE) as conn:
            for person in MANY:
                await save_link_request(conn, "acme", person, f"{person}@mail.example")

        await work(stage, NOTIFICATIONS, "send_new_links")

        assert sorted(f["candidate"] for f in await stage.said("private-link-asked")) == sorted(MANY)
        assert await stage.fetch("SELECT kind, count(*) AS letters FROM letters GROUP BY kind") == [
            {"kind": "page_link", "letters": len(MANY)}
        ]


async def test_two_replicas_of_the_console_forget_sessions_that_are_over_and_no_others(fresh_database):
    now, ages = datetime.now(UTC), [(11, 0.5), (11, 1.5), (13, 0.5)]  # hours since the beginning and the last use
    async with staged(await fresh_database("console"), CONSOLE, NOW) as stage:
        async with stage.database.transaction(EVERYONE) as conn:
            for n, age in enumerate(ages):
                began, seen = (now - timedelta(hours=hours) for hours in age)
                await save_session(conn, Session(bytes([n]) * 32, "acme", "ines", None, "encrypted", began, seen))

        await work(stage, CONSOLE, "end_old_sessions")

        assert [row["id"] for row in await stage.fetch("SELECT id FROM sessions")] == [bytes(32)]


@pytest.mark.parametrize("service", SERVICES)
async def test_two_replicas_write_to_quiet_partitions_and_forget_what_is_old_once(fresh_database, service):
    async with staged(await fresh_database(service), SERVICES[service], NOW) as stage:
        await stage.take([stage.log.place("job-opened", b"acme/%d" % n, b"{", []) for n in range(len(MANY))])
        await move(stage, NOW + timedelta(days=31))

        forgotten = await work(stage, SERVICES[service], "forget_what_is_old")
        await work(stage, SERVICES[service], "nudge")

        assert (forgotten, await stage.fetch("SELECT 1 FROM dead_letters")) == (len(MANY), [])
        written = await stage.fetch("SELECT topic FROM outbox WHERE value IS NULL ORDER BY topic")
        assert [row["topic"] for row in written] == [t for t in owned_topics(service) if BY_TOPIC[t].compacted]
