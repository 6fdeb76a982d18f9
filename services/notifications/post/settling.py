"""Transaction 2: what became of letters, said with what follows from it."""

from collections.abc import Sequence
from typing import NamedTuple

import structlog

from services.notifications.letters.rendering import TEMPLATE_VERSION
from services.notifications.post.courier import DeliveryOutcome
from services.notifications.sql.sending import (
    ClaimedLetter,
    FailedLetter,
    OutgoingLetter,
    PausedLetter,
    fail_letters,
    finish_letters,
    renew_leases,
    return_letters,
)
from shared.contracts import Cause, OutreachSent, Saying, Stream
from shared.kit.advice import located
from shared.kit.loops import by_halves, insist
from shared.kit.people import Pair, lock_people
from shared.kit.turn import Turn
from shared.running.runtime import Runtime

log = structlog.get_logger()

PAUSE_SECONDS, LONGEST_PAUSE = 30.0, 3600.0
KEPT_SECONDS = 5.0
MOST_COPIES = 8  # tries of a letter that no server answers for, over about an hour


class Settlement(NamedTuple):
    """One letter that was handed in, and the answer."""

    letter: ClaimedLetter
    envelope: OutgoingLetter
    outcome: DeliveryOutcome


class Settling:
    """Keeps what the mail server answered."""

    def __init__(self, runtime: Runtime, lease: float) -> None:
        self._runtime = runtime
        self._lease = lease

    async def settle(self, done: Sequence[Settlement]) -> None:
        """Keep everything that was answered meanwhile, however long the database is away, whatever one of them raises.

        What is forgotten here leaves once more.
        """
        await insist(lambda: by_halves(done, self._settle, self._settle_alone), "settling")

    async def _settle(self, done: Sequence[Settlement]) -> None:
        """In one transaction, with what follows from it."""
        locked = dict.fromkeys((s.letter.organization for s in done), False)
        async with self._runtime.turns.open(locked, locked) as turn:
            people = await lock_people(turn.conn, sorted({_person(s) for s in done}))
            if await self._keep(turn, done):
                await self._runtime.router.derive(turn, people)
            await self._runtime.router.react(turn, people)

    async def _settle_alone(self, one: Settlement, error: Exception) -> None:
        """What follows cannot be derived: it is noted for whoever mends that, and the answer kept all the same."""
        log.error("letter settled, and no more", letter=one.letter.letter, **located(error))
        async with self._runtime.turns.open([one.letter.organization]) as turn:
            await self._keep(turn, [one])
            await self._runtime.router.remember(turn, turn.take_news())
            await turn.remember_people([_person(one)])

    async def _keep(self, turn: Turn, done: Sequence[Settlement]) -> bool:
        """How each of them stands; true when some never will leave."""
        conn, taken = turn.conn, _of(done, DeliveryOutcome.TAKEN)
        told = await finish_letters(conn, [_name(s) for s in taken], turn.now) if taken else set()
        await turn.say(_sent(s) for s in taken if _name(s) in told)
        await return_letters(conn, [_later(s) for s in _of(done, DeliveryOutcome.POSTPONED)], tried=True)
        kept = _of(done, DeliveryOutcome.KEPT)
        await return_letters(conn, [_later(s) for s in kept if not s.letter.content], tried=False)
        unknown = _of(done, DeliveryOutcome.UNKNOWN)
        again = [s for s in unknown if s.letter.attempts < MOST_COPIES]
        await renew_leases(conn, [self._unsure(s) for s in (*again, *(s for s in kept if s.letter.content))])
        failed = [FailedLetter(*_name(s), "refused_by_server") for s in _of(done, DeliveryOutcome.REFUSED)]
        failed += [FailedLetter(*_name(s), "never_answered") for s in unknown if s not in again]
        await fail_letters(conn, failed, turn.now)
        return bool(failed)

    def _unsure(self, s: Settlement) -> PausedLetter:
        """What may have arrived keeps its bytes, also where it could not be handed in again."""
        later = _later(s)
        return later if self._lease else later._replace(seconds=0.0)


def _of(done: Sequence[Settlement], outcome: DeliveryOutcome) -> list[Settlement]:
    return [s for s in done if s.outcome is outcome]


def _name(s: Settlement) -> tuple[str, str]:
    return s.letter.organization, s.letter.letter


def _person(s: Settlement) -> Pair:
    return s.letter.organization, s.letter.candidate


def _later(s: Settlement) -> PausedLetter:
    return PausedLetter(*_name(s), KEPT_SECONDS if s.outcome is DeliveryOutcome.KEPT else pause(s.letter.attempts))


def pause(attempts: int) -> float:
    """Half a minute, then twice as long each time, an hour at most."""
    return float(min(PAUSE_SECONDS * 2.0 ** min(attempts, 20), LONGEST_PAUSE))


def _sent(s: Settlement) -> Saying:
    letter = s.letter
    event = OutreachSent(
        outreach=letter.letter,
        candidate=letter.candidate,
        stream=Stream(letter.stream),
        kind=letter.kind,
        application=letter.application,
        job=letter.job,
        template_version=TEMPLATE_VERSION,
        language=s.envelope.language,
        message_id=s.envelope.message_id,
    )
    return Saying(letter.organization, event, Cause(letter.cause_topic, letter.cause_fact))
