"""Every fault of a mail server at once, over real SMTP: what each letter meets, and what becomes of it, counted."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from email import message_from_bytes
from typing import NamedTuple

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from asyncpg import DeadlockDetectedError

from services.notifications.post import watching
from services.notifications.post.running import Post
from tests.notifications.conftest import settings_of
from tests.notifications.facts import applied, at, decided, halden, ines, job, profile

pytestmark = pytest.mark.db

EACH = 3  # letters that meet each fault


class Fault(NamedTuple):
    """At which command a server misbehaves, how, and how often; then it behaves."""

    command: str = ""
    answer: str = ""
    times: int = 0


class Expected(NamedTuple):
    """For each letter: how often it was tried, how often the server has it, and its state in the end."""

    tried: int
    taken: int
    state: str


ALWAYS = 99
ROUNDS = 4
TABLE = {
    "fine": (Fault(), Expected(1, 1, "sent")),
    "greylisted": (Fault("RCPT", "450 4.2.0 Greylisted, come back later", 1), Expected(2, 1, "sent")),
    "busy": (Fault("DATA", "451 4.3.0 Busy", 2), Expected(3, 1, "sent")),
    "full": (Fault("RCPT", "452 4.2.2 Mailbox full", ALWAYS), Expected(ROUNDS, 0, "ready")),
    "closing": (Fault("RCPT", "421 4.3.2 Closing down", 1), Expected(2, 1, "sent")),
    "unknown": (Fault("RCPT", "550 5.1.1 No such user", ALWAYS), Expected(1, 0, "failed")),
    "rejected": (Fault("DATA", "554 5.7.1 Not wanted", ALWAYS), Expected(1, 0, "failed")),
    "signin": (Fault("RCPT", "530 5.7.0 Sign in first", 1), Expected(2, 1, "sent")),
    "dropped-early": (Fault("RCPT", "drop", 1), Expected(2, 1, "sent")),
    "dropped-late": (Fault("DATA", "drop", 1), Expected(2, 1, "sent")),
    "taken-then-dropped": (Fault("DATA", "take and drop", 1), Expected(2, 2, "sent")),
}


class Faulty:
    """A mail server that does to each recipient what the table says."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.taken: dict[str, list[bytes]] = {}
        self._met: Counter[tuple[str, str]] = Counter()

    async def handle_RCPT(self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]) -> str:  # noqa: N802
        self.tried[address] += 1
        answer = self._fault("RCPT", address)
        if answer == "drop":
            server.transport.abort()
        if answer and answer != "drop":
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Fine"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        answer = self._fault("DATA", address)
        if answer in ("", "take and drop"):
            self.taken.setdefault(address, []).append(envelope.content)
        if "drop" in answer:
            server.transport.abort()
        return answer if answer[:1] in ("4", "5") else "250 2.0.0 Taken"

    def _fault(self, command: str, address: str) -> str:
        fault, _ = TABLE[address.partition("@")[0].rpartition("-")[0]]
        if fault.command != command or self._met[command, address] >= fault.times:
            return ""
        self._met[command, address] += 1
        return fault.answer


@asynccontextmanager
async def serving(handler, server_class=SMTP, **more):
    """Its URL while it runs."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: server_class(handler, hostname="localhost", **more), "127.0.0.1", 0)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def decided_about(stage, people: list[str]) -> None:
    """A letter for each of them is ready."""
    await stage.move(at("2026-11-13 16:05"))
    await stage.deliver(halden(), ines(), job(), *(f for p in people for f in (profile(p), applied(p), decided(p))))
    await stage.move(at("2026-11-16 08:00"))


async def try_again(stage) -> None:
    """As if the pauses were over."""
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE letters SET retry_at = NULL")
    await stage.post.run_due()


async def test_every_fault_and_what_becomes_of_the_letters(halden_stage, addresses):
    faulty = Faulty()
    async with serving(faulty) as url:
        halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, url), lease=0)
        await decided_about(halden_stage, [f"{fault}-{n}" for fault in TABLE for n in range(EACH)])

        for _ in range(ROUNDS):
            await try_again(halden_stage)
        await halden_stage.post.close()

    rows = await halden_stage.fetch("SELECT recipient, state FROM letters")
    states = {r["recipient"]: r["state"] for r in rows}
    found = {
        fault: {
            Expected(faulty.tried[address], len(faulty.taken.get(address, ())), states[name])
            for name in (f"{fault}-{n}" for n in range(EACH))
            for address in (f"{name}@mail.example",)
        }
        for fault in TABLE
    }
    assert found == {fault: {expected} for fault, (_, expected) in TABLE.items()}
    assert len(await halden_stage.said("outreach-sent")) == 8 * EACH
    assert await halden_stage.tasks() == ["failed_letter"] * 2 * EACH
    twice = [mails for mails in faulty.taken.values() if len(mails) > 1]
    assert len(twice) == EACH
    assert all(len(set(mails)) == 1 for mails in twice)
    ids = [message_from_bytes(mails[0])["Message-ID"] for mails in faulty.taken.values()]
    assert len(set(ids)) == len(ids)


class Tarpit(Faulty):
    """Holds one letter's answer back (every one's, unless told which) until the others are there."""

    def __init__(self, others: int, held: str = "") -> None:
        super().__init__()
        self._others = others
        self._held = held
        self.order: list[str] = []
        self.asked = asyncio.Event()
        self.all_there = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        self.asked.set()
        if address == self._held or not self._held:
            await self.all_there.wait()
        self.order.append(address)
        if len(self.order) >= self._others:
            self.all_there.set()
        return await super().handle_DATA(server, session, envelope)


async def test_a_tarpit_holds_nobody_else_up(halden_stage, addresses):
    tarpit = Tarpit(others=19, held="fine-0@mail.example")
    async with serving(tarpit) as url:
        halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, url))
        await decided_about(halden_stage, [f"fine-{n}" for n in range(20)])

        async with asyncio.timeout(60):
            await halden_stage.post.run_due()
        await halden_stage.post.close()

    assert tarpit.order[-1] == "fine-0@mail.example"
    assert {r["state"] for r in await halden_stage.fetch("SELECT state FROM letters")} == {"sent"}


async def test_a_pause_stops_letters_that_were_claimed_already(halden_stage, addresses, monkeypatch):
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.05)
    tarpit = Tarpit(others=1)
    async with serving(tarpit) as url:
        settings = settings_of(addresses.url, url, smtp_connections=1)
        halden_stage.post = Post(halden_stage.runtime, settings)
        await decided_about(halden_stage, ["fine-0", "fine-1", "fine-2"])
        sending = asyncio.create_task(halden_stage.post.run_due())
        await tarpit.asked.wait()

        async with halden_stage.database.transaction("*") as conn:
            await conn.execute("INSERT INTO pauses VALUES ('acme', 'root', now())")
        await asyncio.sleep(1)
        tarpit.all_there.set()
        await sending
        await halden_stage.post.close()

    assert len(tarpit.order) == 1
    states = Counter(r["state"] for r in await halden_stage.fetch("SELECT state FROM letters"))
    assert states == {"sent": 1, "ready": 2}


async def test_letters_beyond_the_pace_wait_for_their_turn(halden_stage, addresses):
    faulty = Faulty()
    async with serving(faulty) as url:
        settings = settings_of(addresses.url, url, mails_per_minute=4, mails_per_minute_and_domain=0)
        halden_stage.post = Post(halden_stage.runtime, settings)
        await decided_about(halden_stage, [f"fine-{n}" for n in range(6)])

        await halden_stage.post.run_due()
        first = len(faulty.taken)
        await try_again(halden_stage)
        second = len(faulty.taken)
        async with halden_stage.database.transaction("*") as conn:
            await conn.execute("UPDATE lanes SET free_at = clock_timestamp()")
        await try_again(halden_stage)
        await halden_stage.post.close()

    assert (first, second, len(faulty.taken)) == (4, 4, 6)
    assert Counter(r["state"] for r in await halden_stage.fetch("SELECT state FROM letters")) == {"sent": 6}


async def test_letters_to_one_domain_wait_for_their_turn_and_hold_no_other_domain_up(halden_stage, addresses):
    faulty = Faulty()
    async with serving(faulty) as url:
        settings = settings_of(addresses.url, url, mails_per_minute=0, mails_per_minute_and_domain=2)
        halden_stage.post = Post(halden_stage.runtime, settings)
        await decided_about(halden_stage, [f"fine-{n}" for n in range(4)])
        elsewhere = profile("fine-9", email="fine-9@other.example")
        await halden_stage.deliver(elsewhere, applied("fine-9"), decided("fine-9"))

        await halden_stage.post.run_due()
        first = Counter(address.partition("@")[2] for address in faulty.taken)
        async with halden_stage.database.transaction("*") as conn:
            await conn.execute("UPDATE lanes SET free_at = clock_timestamp()")
        await try_again(halden_stage)
        await halden_stage.post.close()

    assert first == {"mail.example": 2, "other.example": 1}
    assert len(faulty.taken) == 5


async def test_a_deadlock_while_settling_sends_nothing_twice(halden_stage, addresses, monkeypatch):
    faulty, failures = Faulty(), [DeadlockDetectedError(), ConnectionResetError()]
    async with serving(faulty) as url:
        halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, url))
        settle = halden_stage.post.sending.settling._settle

        async def fails_at_first(*given) -> None:
            if failures:
                raise failures.pop()
            await settle(*given)

        monkeypatch.setattr(halden_stage.post.sending.settling, "_settle", fails_at_first)
        await decided_about(halden_stage, ["fine-0", "fine-1"])

        await halden_stage.post.run_due()
        await halden_stage.post.close()

    assert failures == []
    assert {address: len(mails) for address, mails in faulty.taken.items()} == {
        "fine-0@mail.example": 1,
        "fine-1@mail.example": 1,
    }
    assert {r["state"] for r in await halden_stage.fetch("SELECT state FROM letters")} == {"sent"}
