"""From the first record to the last letter: say the round, and wait until everything came of it that comes of it."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import httpx
from aiokafka.errors import KafkaError

from cli import where
from cli.errors import Failed, ServerUnreachable
from cli.trying.hearing import TOPICS, Body, EventListener, hearing
from cli.trying.letters import NotificationsClient, TrackedLetter
from cli.trying.saying import RecordPosition, find_topics, say
from cli.trying.story import NAMES, NEXT_JOB, Story, StoryRecord
from local.claims import is_running
from local.databases import LISTENING
from local.issuer import issue_token
from local.stack import environment, load_state
from services.notifications.domain.letters import Variant
from shared.contracts import CandidateMatched, CandidatePooled

PATIENCE_SECONDS = 120.0  # without any news
_LISTEN_SECONDS = 0.2
_STANDING = {
    "ana": ("silver_medalist", "active"),
    "bo": ("developing", "not_invited"),
    "cy": ("unassessed", "not_invited"),
}
_PROPOSED = {"ana": NEXT_JOB}
_LETTERS = {"ana": Variant.FULL, "bo": Variant.SHORT, "cy": Variant.THANKS, "di": Variant.PREPARATION}
_REFUSED = "fb-bo-ivy"


class RoundOutcome(NamedTuple):
    """What came of the round. `pooled` and `matched` are bodies of events, `refused` the records with theirs."""

    story: Story
    kafka: str
    console: str
    said: int
    seconds: float
    pooled: dict[str, list[Body]]
    matched: dict[str, list[Body]]
    letters: list[TrackedLetter]
    refused: list[tuple[RecordPosition, StoryRecord, Body]]


class PlayedRound:
    """One round at the stack of one home."""

    def __init__(self, home: Path, web: httpx.AsyncClient, tell: Callable[[str], None], now: datetime) -> None:
        self._home = home
        self._addresses = environment(home)
        self._kafka = {"bootstrap_servers": self._addresses["KAFKA_BOOTSTRAP_SERVERS"]}
        self._web, self.tell = web, tell
        self.story = Story(now)
        token = issue_token(home, user="rita", organization=self.story.organization, roles=("recruiter",))
        self._desk = NotificationsClient(
            web, self._addresses["NOTIFICATIONS_URL"], token, Path(self._addresses["MAIL_DIR"])
        )

    async def play(self) -> RoundOutcome:
        """Say it, and wait. Raises Failed, ServerUnreachable, UserMistake, KafkaError."""
        await self._wait_for_services()
        began, records, prefix = time.monotonic(), self.story.records(), where.prefix()
        topics = await find_topics(self._kafka, prefix, TOPICS | {record.topic for record in records})
        async with hearing(self._kafka, prefix, self.story.organization, self.story.start, topics) as ear:
            placed = await say(self._kafka, prefix, records[:-1], topics)
            await self._wait(ear, placed, _unwritten)
            placed |= await say(self._kafka, prefix, records[-1:], topics)  # the settings: now letters leave
            letters = await self._wait(ear, placed, self._unsent)
        folder = self._home / "try" / self.story.organization
        folder.mkdir(parents=True, exist_ok=True)
        return RoundOutcome(
            self.story,
            self._kafka["bootstrap_servers"],
            self._addresses["CONSOLE_URL"],
            len(records),
            time.monotonic() - began,
            {candidate: ear.standing(CandidatePooled.topic, candidate) for candidate in NAMES},
            {candidate: ear.standing(CandidateMatched.topic, candidate) for candidate in NAMES},
            [await self._desk.fetch(letter, folder) for letter in letters],
            [(place, placed[place], body) for place, body in ear.refused.items() if place in placed],
        )

    async def _wait_for_services(self) -> None:
        """A stack that is still starting, or a service that is started again, is waited for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while down := await self._down():
            self.refuse_stopped()
            if time.monotonic() > deadline:
                raise ServerUnreachable(f"{self._named(down)} Nothing was said yet.")
            self.tell(f"Waiting until {', '.join(down)} can work")
            await asyncio.sleep(_LISTEN_SECONDS)

    async def _wait(
        self,
        ear: EventListener,
        placed: dict[RecordPosition, StoryRecord],
        unready: Callable[[list[TrackedLetter]], list[str]],
    ) -> list[TrackedLetter]:
        """Return the letters once nothing is missing any more, and none of them is unready."""
        left, deadline, letters = 0, time.monotonic() + PATIENCE_SECONDS, list[TrackedLetter]()
        while True:
            await ear.listen(_LISTEN_SECONDS)
            letters = await self._look_at_letters() or letters
            missing = [*_unheard(ear, placed), *unready(letters)]
            if not missing:
                return letters
            if len(missing) != left:
                left, deadline = len(missing), time.monotonic() + PATIENCE_SECONDS
            await self._show(missing, is_over=time.monotonic() > deadline)

    def _unsent(self, letters: list[TrackedLetter]) -> list[str]:
        """Those, and letters that leave in the next moments."""
        wanted = [letter for letter in letters if letter.variant == _LETTERS.get(letter.candidate)]
        return [*_unwritten(letters), *(_letter_to(one.candidate) for one in wanted if not self._is_done(one))]

    def _is_done(self, letter: TrackedLetter) -> bool:
        """It has left; or it is weekend everywhere, when only what prepares for tomorrow leaves."""
        opens_at = self.story.letters_leave_at
        waits = opens_at > self.story.start and letter.waits_until(opens_at) and letter.variant != Variant.PREPARATION
        return waits or not letter.is_leaving

    async def _show(self, missing: list[str], *, is_over: bool) -> None:
        """Show what is still to come, and why it may not. Raises Failed when it is waited for no longer."""
        self.refuse_stopped()
        down = await self._down()
        if is_over:
            why = self._named(down) if down else f"Look at `talentloop status` and the logs in {self._home / 'logs'}."
            raise Failed(f"Nothing new for {PATIENCE_SECONDS:.0f} s. Still missing: {'; '.join(missing)}. {why}")
        unwell = f" ({', '.join(down)} cannot work at the moment)" if down else ""
        self.tell(f"Waiting for {missing[0]}{unwell}")

    async def _look_at_letters(self) -> list[TrackedLetter]:
        """None while notifications does not answer: it is started again."""
        try:
            return await self._desk.letters()
        except httpx.HTTPError:
            return []

    async def _down(self) -> list[str]:
        ready = await asyncio.gather(*(self._is_ready(service) for service in LISTENING))
        return [service for service, is_ready in zip(LISTENING, ready, strict=True) if not is_ready]

    async def _is_ready(self, service: str) -> bool:
        try:
            answer = await self._web.get(f"{self._addresses[f'{service.upper()}_URL']}/ready")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def refuse_stopped(self) -> None:
        """Raises ServerUnreachable when there is nothing left to wait for."""
        if not is_running(self._home):
            raise ServerUnreachable(
                f"The stack in {self._home} has stopped. Start it, `talentloop up --detach`, and say this again: "
                "nothing is lost, and what was said before changes nothing."
            )

    def _named(self, down: list[str]) -> str:
        logs = ", ".join(str(self._home / "logs" / f"{service}.log") for service in down)
        return (
            f"{', '.join(down)} is not ready: see {logs}, or start anew: `talentloop down`, `talentloop up --detach`."
        )


async def play(round_: PlayedRound) -> RoundOutcome:
    """The round, begun anew when a server goes away and is started again: what was said before changes nothing.

    Raises Failed, ServerUnreachable, UserMistake.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await round_.play()
        except (KafkaError, httpx.HTTPError) as error:
            round_.refuse_stopped()
            if time.monotonic() > deadline:
                raise ServerUnreachable(f"A server does not answer ({type(error).__name__}: {error}).") from error
            round_.tell(f"Waiting for a server that does not answer ({type(error).__name__})")
        await asyncio.sleep(1)


async def wait_until_started(home: Path, tell: Callable[[str], None]) -> None:
    """Addresses are known once a stack is up. Raises ServerUnreachable when it does not come up."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not load_state(home).get("ready"):
        if not is_running(home) or time.monotonic() > deadline:
            raise ServerUnreachable(f"The stack in {home} does not come up: see the logs in {home / 'logs'}.")
        tell(f"Waiting until the stack in {home} has started")
        await asyncio.sleep(_LISTEN_SECONDS)


def _unheard(ear: EventListener, placed: dict[RecordPosition, StoryRecord]) -> list[str]:
    """What the services have not said yet, in words."""
    found = []
    for candidate, standing in _STANDING.items():
        if standing not in [(body["tier"], body["status"]) for body in ear.standing(CandidatePooled.topic, candidate)]:
            found.append(f"{NAMES[candidate]} in the pool")
    for candidate, job in _PROPOSED.items():
        if job not in [body["job"] for body in ear.standing(CandidateMatched.topic, candidate)]:
            found.append(f"{NAMES[candidate]} proposed for {job}")
    if not any(_is_broken(record) for place, record in placed.items() if place in ear.refused):
        found.append(f"the refusal of {_REFUSED}")
    return found


def _is_broken(record: StoryRecord) -> bool:
    return record.key.endswith(f"/{_REFUSED}".encode())


def _unwritten(letters: list[TrackedLetter]) -> list[str]:
    """Letters that nobody has thought of yet."""
    there = {(letter.candidate, letter.variant) for letter in letters}
    return [_letter_to(candidate) for candidate, variant in _LETTERS.items() if (candidate, variant) not in there]


def _letter_to(candidate: str) -> str:
    return f"the letter to {NAMES[candidate]}"
