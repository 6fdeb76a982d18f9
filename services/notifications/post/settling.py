"""Transaction 2: what became of letters, said with what follows from it."""

from collections.abc import Sequence
from typing import NamedTuple

from services.notifications import sql
from services.notifications.post.courier import Outcome
from services.notifications.post.rendering import TEMPLATE_VERSION
from services.notifications.sql.post import Claimed, Envelope, Failed, Paused
from shared.contracts import Cause, OutreachSent, Saying, Stream
from shared.kit.people import Jobs, lock_organizations, lock_people
from shared.kit.runtime import Runtime
from shared.kit.say import say

PAUSE_SECONDS, LONGEST_PAUSE = 30.0, 3600.0
KEPT_SECONDS = 5.0


class Settlement(NamedTuple):
    """One letter that was handed in, and the answer."""

    letter: Claimed
    envelope: Envelope
    outcome: Outcome


class Settling:
    """Keeps what the mail server answered."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    async def settle(self, done: Sequence[Settlement], lease: float) -> None:
        """Everything that was answered meanwhile, in one transaction."""
        organizations = sorted({s.letter.organization for s in done})
        router = self.runtime.router
        async with self.runtime.database.transaction(organizations) as conn:
            now = await self.runtime.time.read(conn)
            await lock_organizations(conn, dict.fromkeys(organizations, False))
            people = await lock_people(conn, sorted({(s.letter.organization, s.letter.candidate) for s in done}))
            taken = _of(done, Outcome.TAKEN)
            told = await sql.finish_letters(conn, [_name(s) for s in taken], now) if taken else set()
            await say(conn, [_sent(s) for s in taken if _name(s) in told], now)
            await sql.return_letters(conn, [_later(s) for s in _of(done, Outcome.POSTPONED)], tried=True)
            kept = _of(done, Outcome.KEPT)
            await sql.return_letters(conn, [_later(s) for s in kept if not s.letter.content], tried=False)
            unknown = [s for s in done if s.outcome is Outcome.UNKNOWN or (s in kept and s.letter.content)]
            await sql.renew_leases(conn, [_unsure(s, lease) for s in unknown])
            if refused := _of(done, Outcome.REFUSED):
                failed = [Failed(*_name(s), "refused_by_server") for s in refused]
                await sql.fail_letters(conn, failed, now)
                await router.derive(conn, people, Jobs([]), now)
            news, conn.news = conn.news, []
            await router.react(conn, people, news, now)
        self.runtime.signal(conn)


def _of(done: Sequence[Settlement], outcome: Outcome) -> list[Settlement]:
    return [s for s in done if s.outcome is outcome]


def _name(s: Settlement) -> tuple[str, str]:
    return s.letter.organization, s.letter.letter


def _later(s: Settlement) -> Paused:
    return Paused(*_name(s), KEPT_SECONDS if s.outcome is Outcome.KEPT else pause(s.letter.attempts))


def _unsure(s: Settlement, lease: float) -> Paused:
    """What may have arrived keeps its bytes, also where it could not be handed in again."""
    seconds = KEPT_SECONDS if s.outcome is Outcome.KEPT else pause(s.letter.attempts)
    return Paused(*_name(s), min(lease, seconds))


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
