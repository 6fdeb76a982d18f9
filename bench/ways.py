"""Four ways through the product, really gone: which of its files and functions each passes.

Run as `python -m bench.ways [--names]`: on a PostgreSQL and a mail server of its own; the last line it prints is JSON.

What counts is each function made by `def` in a file of services, shared, cli or local that runs on the way, once
however often. Lambdas, comprehensions and the bodies of modules and classes do not count. Somebody else goes each way
before: what is made once and kept, as the issuer's keys are, is on none. Kafka is not, either: the inbox is handed a
record as the consumer does it.
"""

import asyncio
import inspect
import json
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import httpx
from fastapi import FastAPI

from bench.facts import candidate_round, job
from bench.inside import move, start, take
from bench.outreach import FRIDAY, MONDAY, OBSERVED, about, decided, office
from bench.sources import ROOT
from local.databases import Addresses, ensure_database
from local.issuer import issue_token, issuer_settings
from local.post_office import LocalMailServer, read_letters
from local.postgres import Postgres
from services.candidates.main import SERVICE as CANDIDATES
from services.notifications.main import SERVICE as NOTIFICATIONS
from services.notifications.post.running import Post
from shared.contracts import UserRegistered
from shared.contracts.links import OWN_PAGE
from shared.running import logs

FEEDBACK = "feedback-submitted, from its record to the mail handed in"
TICK = "a tick of the clock of notifications, one letter due"
PUT = "PUT /candidates/{id}"
PAGE = "GET /me/{token}"
HOUSE = tuple(ROOT / part for part in ("services", "shared", "cli", "local"))
MADE_BY_DEF = inspect.CO_OPTIMIZED | inspect.CO_NEWLOCALS


class Ways:
    """Notes what runs on each way, as `(file, function)`. A way that is gone again replaces what was noted of it."""

    def __init__(self) -> None:
        self.passed: dict[str, set[tuple[str, str]]] = {}

    @contextmanager
    def go(self, name: str) -> Iterator[None]:
        """This way, until the block ends."""
        ran: set[CodeType] = set()

        def note(frame: FrameType, event: str, _: Any) -> None:
            if event == "call":
                ran.add(frame.f_code)

        threading.setprofile(note)
        sys.setprofile(note)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        self.passed[name] = {(_file(code), code.co_qualname) for code in ran if _counts(code)}

    def figures(self) -> dict[str, int]:
        """How many files and functions each passes."""
        figures: dict[str, int] = {}
        for way, passed in self.passed.items():
            figures |= {f"{way}: files": len({file for file, _ in passed}), f"{way}: functions": len(passed)}
        return figures


def _counts(code: CodeType) -> bool:
    file = Path(code.co_filename)
    made_by_def = code.co_flags & MADE_BY_DEF == MADE_BY_DEF and not code.co_name.startswith("<")
    return made_by_def and file.suffix == ".py" and any(file.is_relative_to(part) for part in HOUSE)


def _file(code: CodeType) -> str:
    return Path(code.co_filename).relative_to(ROOT).as_posix()


async def go_all(databases: Mapping[str, Addresses], mail: LocalMailServer, home: Path) -> Ways:
    """Each way, on empty databases of candidates and notifications. Raises SystemExit when one leads elsewhere."""
    ways = Ways()
    await _go_to_the_mail(ways, databases["notifications"].url, mail)
    issuer = {name.lower(): value for name, value in issuer_settings(home).items()}
    app, runtime = await start(CANDIDATES, FRIDAY, databases["candidates"].url, **issuer)
    await take(runtime, [*office(), *job(), *candidate_round(0)])
    await _go_by_http(ways, app, home)
    await runtime.database.close()
    return ways


async def _go_to_the_mail(ways: Ways, database_url: str, mail: LocalMailServer) -> None:
    """Somebody is decided about, and their letter's hour comes. Then the last feedback makes a short letter full."""
    _, runtime = await start(NOTIFICATIONS, FRIDAY, database_url, smtp_url=mail.url)
    assert isinstance(runtime.post, Post)
    colleagues = (UserRegistered(user=f"u{n}", name=f"User {n}", email=f"u{n}@mail.example") for n in (1, 2))
    await take(runtime, [*office(automatic_release=True), *colleagues])
    before = len(read_letters(mail.folder))
    for number in range(2):
        *known, last = about(number)
        at = FRIDAY + timedelta(days=7 * number)
        await move(runtime, at)
        await take(runtime, [*known, decided(number, at)])
        await move(runtime, MONDAY + timedelta(days=7 * number))
        with ways.go(TICK):
            ticked = await runtime.clock.run_due()
        with ways.go(FEEDBACK):
            await take(runtime, [last])
            await runtime.post.run_due()
        _expect(ticked > 0, TICK)
        letters = [_text(letter) for letter in read_letters(mail.folder)[before:]]
        _expect(len(letters) == number + 1 and OBSERVED in letters[-1], FEEDBACK)
    await runtime.post.close()
    await runtime.database.close()


def _text(letter: bytes) -> str:
    body = message_from_bytes(letter, policy=default).get_body(("plain",))
    return " ".join(body.get_content().split()) if body else ""


async def _go_by_http(ways: Ways, app: FastAPI, home: Path) -> None:
    """The service's own app, no network between."""
    token = issue_token(home, user="ines", organization="bench", roles=["recruiter"])
    page = app.state.links.address(OWN_PAGE, "", "bench", "c0", now=FRIDAY)
    signed_in = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for number in range(2):
            body = {"name": f"Somebody {number}", "email": f"new{number}@mail.example", "language": "en"}
            with ways.go(PUT):
                put = await client.put(f"/candidates/new{number}", json=body, headers=signed_in)
            with ways.go(PAGE):
                shown = await client.get(page)
            _expect(put.status_code == 201, PUT)
            _expect(shown.status_code == 200, PAGE)


def _expect(arrived: bool, way: str) -> None:
    if not arrived:
        raise SystemExit(f"{way}: the way leads elsewhere, nothing is measured.")


async def _measure(home: Path) -> Ways:
    postgres, mail = Postgres(home, durable=False), LocalMailServer(home)
    try:
        postgres.start()
        mail.start()
        databases = {name: await ensure_database(postgres, name) for name in ("candidates", "notifications")}
        return await go_all(databases, mail, home)
    finally:
        mail.stop()
        postgres.stop()


def main() -> None:
    """Go each way and print what it passes."""
    logs.configure("ways", "ERROR")
    with tempfile.TemporaryDirectory(prefix="talentloop-ways-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)  # PostgreSQL, perhaps under another account, must be able to enter it
        ways = asyncio.run(_measure(home))
    if "--names" in sys.argv:
        for way, passed in ways.passed.items():
            print(f"{way}:", *(f"  {file} {function}" for file, function in sorted(passed)), sep="\n")
    print(json.dumps(ways.figures()))


if __name__ == "__main__":
    main()
