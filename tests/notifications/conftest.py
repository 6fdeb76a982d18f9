"""Notifications on a real database, with a real mail server where letters leave."""

import mailbox
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.post_office import LocalMailServer, read_letters
from services.notifications.clock import schedule
from services.notifications.handlers import router
from services.notifications.main import SERVICE
from services.notifications.post.running import Post
from services.notifications.settings import NotificationsSettings
from shared.kit.db import Database
from tests.browser import Browser, browsing
from tests.databases import opened
from tests.notifications.facts import at
from tests.stage import Stage


class Halden(Stage):
    """The service with its post, as one organisation sees it."""

    def __init__(self, database: Database, settings: NotificationsSettings) -> None:
        super().__init__(database, router, schedule)
        runtime = SimpleNamespace(
            database=database, router=router, time=self.time, turns=self.turns, is_behind=False,
        )  # fmt: skip
        self.runtime = runtime
        self.settings = settings
        self.post = Post(runtime, settings)

    async def move_to(self, text: str) -> None:
        """The clock at a time of Berlin, and everything that is due then."""
        await self.move(at(text))
        while await self.post.run_due() + await self.clock.run_due() + await self.drain.exhaust():
            continue

    async def letters(self, **wanted: str) -> dict[str, str]:
        """`kind/about/step` -> state, with the reason in brackets where there is one."""
        rows = await self.fetch("SELECT * FROM letters ORDER BY kind, about, step")
        rows = [row for row in rows if all(row[k] == v for k, v in wanted.items())]
        return {
            f"{r['kind']}/{r['about']}/{r['step']}": r["state"] + (f"({r['reason']})" if r["reason"] else "")
            for r in rows
        }

    async def letter(self, kind: str, about: str, step: int = 1) -> dict:
        """One letter's row."""
        [row] = await self.fetch(
            "SELECT * FROM letters WHERE kind = $1 AND about = $2 AND step = $3", kind, about, step
        )
        return row

    async def tasks(self) -> list[str]:
        """Open tasks by kind."""
        return [r["kind"] for r in await self.fetch("SELECT kind FROM tasks WHERE done_at IS NULL ORDER BY kind")]

    async def approve(self, letter: str, verdict: str = "approve") -> None:
        """A person decides about a letter."""
        from services.notifications.sql.letters import load_letter
        from services.notifications.sql.verdicts import Verdict, save_verdicts
        from shared.kit.people import lock_people

        async with self.turns.open(["acme"]) as turn:
            shown = await load_letter(turn.conn, "acme", letter)
            people = await lock_people(turn.conn, [("acme", shown.candidate)])
            await save_verdicts(turn.conn, "acme", [Verdict(letter, verdict, None, "ines")], turn.now)
            await router.derive(turn, people)


class Letterbox:
    """The maildir that the mail server fills."""

    def __init__(self, mail: LocalMailServer) -> None:
        self.mail = mail

    def read(self) -> list[EmailMessage]:
        """Every mail that lies there, in the order of arrival."""
        return [message_from_bytes(letter, policy=default) for letter in read_letters(self.mail.folder)]

    def empty(self) -> None:
        mailbox.Maildir(self.mail.folder).clear()


@pytest.fixture(scope="session")
def mail_server(home):
    server = LocalMailServer(home / "post")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def letterbox(mail_server) -> Letterbox:
    """An empty letterbox behind a running mail server."""
    box = Letterbox(mail_server)
    box.empty()
    return box


def settings_of(database_url: str, smtp_url: str, **more) -> NotificationsSettings:
    given = {
        "talentloop_env": "test",
        "database_url": database_url,
        "kafka_bootstrap_servers": "localhost:9092",
        "public_url": "http://notifications.example",
        "candidates_url": "http://candidates.example",
        "interviews_url": "http://interviews.example",
        "oidc_issuer": "http://issuer.example",
        "oidc_jwks_url": "file:///dev/null",
        "link_key": "l" * 32,
        "hash_key": "h" * 32,
        "smtp_url": smtp_url,
        "mail_domain": "mail.halden.example",
    }
    return NotificationsSettings(**given | more)


@pytest.fixture
async def addresses(fresh_database):
    return await fresh_database("notifications")


@pytest.fixture
async def database(addresses) -> AsyncIterator[Database]:
    async with opened(addresses.url, "notifications") as database:
        async with database.transaction("*") as conn:
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
        yield database


@pytest.fixture
async def halden_stage(addresses, database, letterbox) -> AsyncIterator[Halden]:
    """The service, the post, and the clock on Monday morning."""
    stage = Halden(database, settings_of(addresses.url, letterbox.mail.url))
    yield stage
    await stage.post.close()


@pytest.fixture
async def browser(halden_stage: Halden, tmp_path: Path) -> AsyncIterator[Browser]:
    """Somebody who asks the stage over HTTP."""
    async with browsing(SERVICE, halden_stage, tmp_path) as somebody:
        yield somebody
