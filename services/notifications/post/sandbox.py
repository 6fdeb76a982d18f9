"""Strangers' mail is opened in a process of its own: one that costs too much ends it, and nothing else."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from datetime import date
from typing import Any

import structlog
from pydantic import TypeAdapter

from services.notifications.post.bounds import READ_AT_MOST
from services.notifications.post.reading import ReadMail

log = structlog.get_logger()

LONGEST_ANSWER = 2**20
WAIT_SECONDS = 30.0  # by the clock on the wall, which on a busy machine says little
_READS = TypeAdapter(ReadMail)
_MODULE = "services.notifications.post.sandbox_process"


class TooCostly(Exception):
    """A mail that took more of the processor than any honest one does."""


class NotOpened(Exception):
    """The process ended, or did not answer: not the mail's fault, as far as is known."""


class Sandbox:
    """Opens one mail at a time. A process that ended is replaced."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, content: bytes, *, has_sender: bool, received: date) -> ReadMail:
        """What a mail means. Raises TooCostly, NotOpened."""
        question = {"wanted": "meaning", "has_sender": has_sender, "received": received.isoformat()}
        return _READS.validate_python(await self._ask(question, content))

    async def writer(self, content: bytes) -> str | None:
        """Who wrote a mail, as it may stand in a header; None when that cannot be told. Raises NotOpened."""
        try:
            writer: str | None = (await self._ask({"wanted": "writer"}, content))["writer"]
        except TooCostly:
            return None
        return writer

    async def close(self) -> None:
        """Let the process go."""
        if self._process:
            _kill(self._process)
            await self._process.wait()
        self._process = None

    async def _ask(self, question: dict[str, Any], content: bytes) -> dict[str, Any]:
        """Whoever asked and goes away meanwhile lets it come to its end: the next one reads its own answer."""
        async with self._turn:
            asking = asyncio.ensure_future(self._exchange(question, content[:READ_AT_MOST]))
            try:
                return await asyncio.shield(asking)
            finally:
                await asyncio.wait([asking])

    async def _exchange(self, question: dict[str, Any], content: bytes) -> dict[str, Any]:
        process = await self._ready()
        asked = json.dumps(question | {"size": len(content)}).encode() + b"\n" + content
        line = b""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                line = await _answer(process, asked)
        except (TimeoutError, ValueError):
            _kill(process)
        except OSError:
            log.warning("mail not asked about")  # the process ended meanwhile
        if line.endswith(b"\n"):
            found: dict[str, Any] = json.loads(line)
            return found
        raise await self._ended(process)

    async def _ended(self, process: Process) -> Exception:
        """Why there is no answer. The kernel ends the process by a signal of its own when a mail costs too much."""
        code = await process.wait()
        self._process = None
        log.warning("mail not opened", code=code)
        return TooCostly() if code == -signal.SIGPROF else NotOpened(f"ended by {code}")

    async def _ready(self) -> Process:
        """A process that waits for a question. It gets nothing of our environment, and no signal of our terminal."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                _MODULE,
                stdin=PIPE,
                stdout=PIPE,
                limit=LONGEST_ANSWER,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
                start_new_session=True,
            )
        return self._process


async def _answer(process: Process, asked: bytes) -> bytes:
    """A line; less than that from a process that ended."""
    if process.stdin is None or process.stdout is None:
        return b""
    process.stdin.write(asked)
    await process.stdin.drain()
    return await process.stdout.readline()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
