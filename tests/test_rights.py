"""Rule 11 over all services: what one says the others hear, over a log that only Kafka is missing from."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from prometheus_client import REGISTRY

from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.contracts import BY_TOPIC, Event, OrganizationConfigured
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.outbox import unpack
from tests.browser import Browser, browsing
from tests.candidates.sentences import NOW, amara, applied, consented, later, opened, registered, the_next_job
from tests.heard import Heard, Log
from tests.stage import Stage, staged

pytestmark = pytest.mark.db

SERVICES = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)
ASKED = {"requested_at": "2026-12-01T08:00:00Z", "by": "candidate"}
HOLD_ENDS = datetime(2027, 5, 13, 15, tzinfo=UTC)
RECEIPTS = {"candidate-erased", "erasure-completed"}


class Together(NamedTuple):
    """All services on databases of their own, one log between them, and somebody at the routes of candidates."""

    stages: dict[str, Stage]
    log: Log
    browser: Browser

    async def hear(self, *heard: Heard | Event) -> None:
        """Everyone who listens hears this, and what the others say because of it."""
        records = [self.log.append(h) for h in heard] or await self._said()
        while records:
            for name, stage in self.stages.items():
                await stage.take([r for r in records if name in BY_TOPIC[r.topic].listens])
            records = await self._said()

    async def _said(self) -> list[ConsumedRecord]:
        """What the services have put into their outboxes since."""
        rows = []
        for stage in self.stages.values():
            found = await stage.fetch("DELETE FROM outbox RETURNING id, topic, key, value, headers")
            rows += sorted(found, key=lambda row: row["id"])
        return [self.log.place(row["topic"], row["key"], row["value"], unpack(row["headers"])) for row in rows]

    async def move(self, instant: datetime) -> None:
        """Time passes for everyone."""
        for stage in self.stages.values():
            await stage.move(instant)
        await self.hear()

    async def facts(self, candidate: str) -> dict[str, set[str]]:
        """By service the topics of what is held of somebody."""
        select = "SELECT topic FROM facts WHERE candidate = $1"
        return {n: {row["topic"] for row in await s.fetch(select, candidate)} for n, s in self.stages.items()}

    async def progress(self) -> dict[str, Any]:
        """How far Amara's erasure is."""
        answer: dict[str, Any] = (await self.browser.get("/candidates/amara/erasure")).json()
        return answer


@pytest.fixture
async def together(fresh_database, tmp_path) -> AsyncIterator[Together]:
    """Amara in all of them, of an organisation that holds for six months; on 1 December she asks to be forgotten."""
    async with AsyncExitStack() as stack:
        stages = {}
        for service in SERVICES:
            stages[service.name] = await stack.enter_async_context(
                staged(await fresh_database(service.name), service, NOW)
            )
        browser = await stack.enter_async_context(browsing(CANDIDATES, stages["candidates"], tmp_path))
        together = Together(stages, Log(), browser)
        held = OrganizationConfigured(name="Halden", timezone="Europe/Berlin", legal_hold_months=6)
        profile = registered("amara", email="Amara@mail.example")
        await together.hear(held, opened(), profile, *amara(consented("amara"))[1:], the_next_job())
        await together.move(datetime(2026, 12, 1, 9, tzinfo=UTC))
        await browser.put("/candidates/amara/erasure", ASKED)
        await together.move(datetime(2026, 12, 1, 10, tzinfo=UTC))
        yield together


async def test_example_28_restricted_at_once_erased_when_the_hold_ends_with_one_receipt_of_each_service(together):
    asked = await together.progress()
    assert (asked["state"], asked["held_until"], asked["receipts"]) == ("restricted", "2027-05-13T15:00:00Z", {})
    assert all("erasure-requested" in topics for topics in (await together.facts("amara")).values())

    await together.move(HOLD_ENDS - timedelta(seconds=1))
    assert (await together.progress())["state"] == "restricted"
    await together.move(HOLD_ENDS)

    done = await together.progress()
    assert (done["state"], done["erased_at"]) == ("erased", "2027-05-13T15:00:00Z")
    receipts = await together.stages["candidates"].said("erasure-completed")
    assert sorted((r["service"], r["at"]) for r in receipts) == [
        (service, "2027-05-13T15:00:00Z") for service in ("candidates", "insights", "interviews", "notifications")
    ]
    assert all(topics <= RECEIPTS for topics in (await together.facts("amara")).values())


async def test_example_29_a_nightly_copy_is_dropped_and_counted_and_a_new_application_starts_anew(together):
    await together.move(HOLD_ENDS)
    hours = int((HOLD_ENDS - datetime(2026, 11, 2, 8, tzinfo=UTC)) / timedelta(hours=1)) + 20
    await together.move(HOLD_ENDS + timedelta(days=1))
    before = dropped()

    await together.stages["candidates"].deliver(later(registered("amara", email="amara@mail.example"), hours))

    assert dropped() == before + 1
    await together.hear(*(later(event, hours) for event in amara(consented("amara"))))
    assert all(topics <= RECEIPTS for topics in (await together.facts("amara")).values())

    again = applied("amara", "ws27", submitted_at=HOLD_ENDS + timedelta(hours=20))
    await together.hear(later(again, hours), later(registered("amara", email="amara@mail.example"), hours + 1))
    await together.hear(*(later(event, hours + 2) for event in amara() if event.topic == "feedback-submitted"))

    assert (await together.browser.get("/candidates/amara")).json()["name"] == "Amara"
    held = await together.facts("amara")
    assert held["interviews"] - RECEIPTS == {"application-submitted", "candidate-registered"}
    assert held["candidates"] - RECEIPTS == {"application-submitted", "candidate-registered"}
    assert not [topic for topic in held["notifications"] if topic.startswith(("feedback", "interview"))]


def dropped() -> float:
    return REGISTRY.get_sample_value("talentloop_facts_dropped_total") or 0.0
