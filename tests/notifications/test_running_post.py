"""A post that runs by itself, over real SMTP: its server goes away and comes back, an operator pulls the brake."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifications.post import courier, forwarding, settling, watching
from services.notifications.post.running import Post
from services.notifications.sql.incoming import IncomingMail, save_incoming
from tests.notifications.conftest import settings_of
from tests.notifications.facts import at
from tests.notifications.test_faults import decided_about
from tests.programs import talentloop

pytestmark = pytest.mark.db

LETTERS = 8


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """What is waited for is waited for in moments."""
    for room, name in ((watching, "POLL_SECONDS"), (settling, "KEPT_SECONDS"), (forwarding, "KEPT_SECONDS")):
        monkeypatch.setattr(room, name, 0.05)
    monkeypatch.setattr(courier, "AWAY_SECONDS", 0.05)


@asynccontextmanager
async def running(stage, addresses, port: int):
    """A post over one connection, at work while the block runs."""
    stage.post = Post(stage.runtime, settings_of(addresses.url, f"smtp://127.0.0.1:{port}", smtp_connections=1))
    working = asyncio.create_task(stage.post.run())
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def until(is_so) -> None:
    """A minute at most."""
    for _ in range(1200):
        if await is_so():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


class Server:
    """A mail server that can go away, after so many letters by itself, and come back at the same port."""

    def __init__(self, letters: int = 999) -> None:
        self.letters = letters
        self.taken: list[str] = []
        self.port = 0
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: SMTP(self, hostname="localhost"), "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._listening:
            self._listening.close()
        self._listening = None

    async def handle_MAIL(self, server: SMTP, _: Session, envelope: Envelope, sender: str, __: list[str]) -> str:  # noqa: N802
        if len(self.taken) >= self.letters:
            self.close()
            server.transport.abort()
        envelope.mail_from = sender
        return "250 Fine"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken += envelope.rcpt_tos
        return "250 Taken"


class Slow(Server):
    """It holds every answer back until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.asked.set()
        await self.go_on.wait()
        return await super().handle_DATA(server, session, envelope)


async def count(stage, state: str) -> int:
    [row] = await stage.fetch("SELECT count(*) AS n FROM letters WHERE state = $1", state)
    return row["n"]


async def test_a_server_that_is_down_and_comes_back_gets_every_letter_once(halden_stage, addresses):
    server = Server(letters=3)
    await server.open()
    await decided_about(halden_stage, [f"fine-{n}" for n in range(LETTERS)])

    async def all_wait() -> bool:
        return await count(halden_stage, "ready") == LETTERS - 3

    async def all_left() -> bool:
        return await count(halden_stage, "sent") == LETTERS

    async with running(halden_stage, addresses, server.port):
        await until(all_wait)
        await asyncio.sleep(0.5)  # it knocks again and again
        while_down = list(server.taken)
        server.letters = 999
        await server.open()
        await until(all_left)
    server.close()

    assert len(while_down) == 3
    assert sorted(server.taken) == sorted(f"fine-{n}@mail.example" for n in range(LETTERS))
    assert {r["attempts"] for r in await halden_stage.fetch("SELECT attempts FROM letters")} == {0}


async def a_reply(stage, name: str) -> None:
    """Somebody answered; the mail waits for whoever answers for the job."""
    letter = (await stage.letter("decision", "fine-0-1"))["letter"]
    async with stage.database.transaction(["acme"]) as conn:
        mail = IncomingMail(
            "acme", name, letter, "fine-0", "replied", None, b"From: fine-0@mail.example\r\n\r\nThank you!"
        )
        await save_incoming(conn, mail, at("2026-11-16 08:00"))


async def test_the_brake_holds_letters_and_replies_back_until_it_is_let_go(halden_stage, addresses, tmp_path):
    server = Slow()
    await server.open()
    await decided_about(halden_stage, [f"fine-{n}" for n in range(4)])

    def outreach(command: str):
        variables = {"NOTIFICATIONS_DATABASE_URL": addresses.url, "USER": "grace"}
        return asyncio.to_thread(talentloop, "outreach", command, home=tmp_path, **variables)

    async def is_claimed() -> bool:
        return bool(await halden_stage.fetch("SELECT 1 FROM incoming WHERE attempts > 0"))

    async def all_left() -> bool:
        return len(server.taken) == 6

    async with running(halden_stage, addresses, server.port):
        await server.asked.wait()
        await a_reply(halden_stage, "claimed before")
        await until(is_claimed)
        paused = await outreach("pause")
        await a_reply(halden_stage, "came afterwards")
        await asyncio.sleep(0.5)  # more than what a watch needs to look
        server.go_on.set()
        await asyncio.sleep(1)
        while_held = list(server.taken)
        resumed = await outreach("resume")
        await until(all_left)
    server.close()

    assert (paused.returncode, resumed.returncode) == (0, 0)
    assert len(while_held) == 1  # the one that was at the server already
    assert sorted(server.taken) == sorted([*(f"fine-{n}@mail.example" for n in range(4)), *["ines@halden.example"] * 2])


class Unfriendly:
    """Greets nobody."""

    async def greet(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 5.3.2 No mail today\r\n")
        writer.close()


async def test_a_server_that_greets_with_a_refusal_or_lacks_tls_burns_no_attempt(halden_stage, addresses):
    plain = Server()
    await plain.open()
    unfriendly = await asyncio.start_server(Unfriendly().greet, "127.0.0.1", 0)
    await decided_about(halden_stage, ["fine-0"])
    urls = (
        f"smtp://127.0.0.1:{unfriendly.sockets[0].getsockname()[1]}",
        f"smtp://127.0.0.1:{plain.port}?starttls=required",
    )
    for url in urls:
        halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, url))
        await halden_stage.post.run_due()
    before = await halden_stage.fetch("SELECT state, attempts FROM letters")

    halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, f"smtp://127.0.0.1:{plain.port}"))
    await halden_stage.post.run_due()
    await halden_stage.post.close()
    plain.close()
    unfriendly.close()

    assert before == [{"state": "ready", "attempts": 0}]
    assert plain.taken == ["fine-0@mail.example"]
    assert await halden_stage.tasks() == []
