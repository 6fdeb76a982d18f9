"""Transaction 1: decide again, ask the contact policy, and keep the bytes under a lease before they leave."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import NamedTuple

import structlog
from asyncpg import PostgresError
from jinja2 import TemplateError

from services.notifications.domain import policy
from services.notifications.domain.pace import Lane, MailsPerMinute, keep_pace, lanes_of
from services.notifications.domain.policy import TO_COLLEAGUES, Contact, LetterKind
from services.notifications.domain.preparation import next_start
from services.notifications.domain.records import RecipientRecord, by_id
from services.notifications.domain.tasks import DerivedTask, TaskKind
from services.notifications.post.composing import Unaddressable
from services.notifications.post.writing import Office
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.ledger import (
    HeldLetter,
    Ledger,
    Reader,
    delay_letters,
    hold_letters,
    load_lanes,
    load_ledgers,
    lock_mailboxes,
    save_lanes,
)
from services.notifications.sql.letters import TASKS
from services.notifications.sql.records import load_records
from services.notifications.sql.sending import (
    ClaimedLetter,
    FailedLetter,
    OutgoingLetter,
    claim_letters,
    fail_letters,
    find_sendable,
    keep_leases,
    only,
    put_off,
    put_on_their_way,
)
from shared.kit.advice import located
from shared.kit.db import EVERYONE, Connection, is_transient
from shared.kit.loops import by_halves
from shared.kit.people import Pair, lock_people
from shared.running.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 100
PUT_OFF_SECONDS = 600.0

Found = tuple[Pair, str]


class LeavingLetter(NamedTuple):
    """A letter and the bytes it leaves as."""

    letter: ClaimedLetter
    envelope: OutgoingLetter


class Claims:
    """Finds letters that may leave, and prepares them."""

    def __init__(self, runtime: Runtime, settings: NotificationsSettings) -> None:
        self.runtime = runtime
        self.office = Office(settings)
        self.limits = MailsPerMinute(settings.mails_per_minute, settings.mails_per_minute_and_domain)

    async def find(
        self, lease: float, in_hand: Set[tuple[str, str]] = frozenset(), kinds: Sequence[LetterKind] | None = None
    ) -> list[Found]:
        """(whose, which) letters may leave, of these kinds, none of those in hand."""
        async with self.runtime.database.look() as conn:
            found = await find_sendable(conn, await self.runtime.time.read(conn), AT_ONCE, lease, kinds)
        return [(pair, letter) for pair, letter in found if (pair[0], letter) not in in_hand]

    async def claim(self, found: Sequence[Found], lease: float) -> tuple[int, list[LeavingLetter]]:
        """How many letters were looked at, and those that leave now. One that cannot be claimed is put off alone."""
        claimed = await by_halves(found, partial(self._claim, lease), self._put_off)
        return sum(count for count, _ in claimed), [letter for _, leaving in claimed for letter in leaving]

    async def _claim(self, lease: float, found: Sequence[Found]) -> tuple[int, list[LeavingLetter]]:
        async with self.runtime.turns.open(EVERYONE) as turn:
            people = await lock_people(turn.conn, [pair for pair, _ in found], skip_locked=True)
            await self.runtime.router.derive(turn, people)
            mine = only(people, found)
            letters = await claim_letters(turn.conn, mine, turn.now)
            records = await load_records(turn.conn, people) if letters else []
            claim = Claim(turn.conn, self.office, by_id(records), turn.now)
            leaving = await claim.prepare(letters, self.limits, lease)
            if claim.stayed:
                await self.runtime.router.derive(turn, people)
        return len(mine), leaving

    async def _put_off(self, found: Found, error: Exception) -> tuple[int, list[LeavingLetter]]:
        """A mistake in the program, or what nobody thought of: it waits, and a person looks."""
        (organization, candidate), letter = found
        log.error("letter put off", letter=letter, **located(error))
        async with self.runtime.turns.open([organization]) as turn:
            await put_off(turn.conn, organization, letter, PUT_OFF_SECONDS)
            task = DerivedTask(organization, TaskKind.FAILED_LETTER, letter, candidate, None, turn.now, turn.now)
            await TASKS.add(turn.conn, [task])
        return 1, []


class Claim:
    """One transaction's letters. `stayed`: some of them do not leave now."""

    def __init__(
        self, conn: Connection, office: Office, records: Mapping[tuple[str, str], RecipientRecord], now: datetime
    ) -> None:
        self.conn = conn
        self.office = office
        self.records = records
        self.now = now
        self.stayed = False

    async def prepare(
        self, letters: Sequence[ClaimedLetter], limits: MailsPerMinute, lease: float
    ) -> list[LeavingLetter]:
        """The same bytes as before, when nobody knows whether they arrived; else those the policy lets go."""
        again = [LeavingLetter(letter, known) for letter in letters if (known := _as_before(letter))]
        fresh = [letter for letter in letters if not _as_before(letter)]
        await keep_leases(self.conn, [(x.letter.organization, x.letter.letter) for x in again], lease)
        allowed = await self.ask_policy(await self._in_turn(fresh, limits))
        written = await self._write(allowed)
        if written:
            await put_on_their_way(self.conn, [x.envelope for x in written], self.now, lease)
        return again + written

    async def _in_turn(self, letters: Sequence[ClaimedLetter], limits: MailsPerMinute) -> list[ClaimedLetter]:
        """Those whose turn it is, by the limits of organisations and receiving domains."""
        wanted = [self._lanes(x, limits) for x in letters]
        lanes = sorted({lane for some in wanted for lane in some})
        if not lanes:
            return list(letters)
        pace = keep_pace(wanted, await load_lanes(self.conn, lanes), limits)
        await save_lanes(self.conn, pace.free_in)
        timed = list(zip(letters, pace.delays, strict=True))
        await delay_letters(self.conn, [(x.organization, x.letter, delay) for x, delay in timed if delay])
        return [x for x, delay in timed if not delay]

    async def ask_policy(self, letters: Sequence[ClaimedLetter]) -> list[ClaimedLetter]:
        """Rule 4 at sending time, over the ledgers of all mailboxes; what leaves now counts for those after it.

        Colleagues have hours of their own (rule 6).
        """
        colleagues = [x for x in letters if x.kind in TO_COLLEAGUES]
        letters = [x for x in letters if x.kind not in TO_COLLEAGUES]
        readers = [self._reader(letter) for letter in letters]
        await lock_mailboxes(self.conn, readers)
        known = await load_ledgers(self.conn, readers)
        leaving, held, shared = list[ClaimedLetter](), list[HeldLetter](), dict[tuple[str, str], Ledger]()
        for letter, reader, ledger in zip(letters, readers, known, strict=True):
            kind, record = LetterKind(letter.kind), self._record(letter)
            keys = [(reader.organization, name) for name in (*reader.mailboxes, *reader.ids)]
            for key in keys:
                ledger.update(shared.get(key, {}))
            refused = policy.decide(
                kind,
                record.standing(letter.job),
                ledger.values(),
                self.now,
                interview_at=next_start(record, letter.about, self.now) if kind is LetterKind.PREPARATION else None,
            )
            if refused:
                held.append(HeldLetter(letter.organization, letter.letter, refused))
                continue
            leaving.append(letter)
            for key in keys:
                shared.setdefault(key, {})[letter.letter] = Contact(policy.stream_of(kind), self.now)
        if held:
            self.stayed = True
            await hold_letters(self.conn, held)
        return colleagues + leaving

    async def _write(self, letters: Sequence[ClaimedLetter]) -> list[LeavingLetter]:
        written, failed = list[LeavingLetter](), list[FailedLetter]()
        for letter in letters:
            try:
                envelope = await self.office.write(self.conn, letter, self._record(letter), self.now)
                written.append(LeavingLetter(letter, envelope))
            except Unaddressable as error:
                log.warning("letter not written", letter=letter.letter, error=str(error))
                failed.append(FailedLetter(letter.organization, letter.letter, "address"))
            except Exception as error:
                code = _why(error)
                log.error(
                    "letter not written", letter=letter.letter, variant=letter.variant, code=code, **located(error)
                )
                failed.append(FailedLetter(letter.organization, letter.letter, code))
        if failed:
            self.stayed = True
            await fail_letters(self.conn, failed, self.now)
        return written

    def _lanes(self, letter: ClaimedLetter, limits: MailsPerMinute) -> list[Lane]:
        """Colleagues are at home."""
        if letter.kind in TO_COLLEAGUES:
            return lanes_of(letter.organization, "", limits._replace(domain=0))
        return lanes_of(letter.organization, self.office.domain(self._record(letter)), limits)

    def _record(self, letter: ClaimedLetter) -> RecipientRecord:
        return self.records[letter.organization, letter.candidate]

    def _reader(self, letter: ClaimedLetter) -> Reader:
        """Whose ledgers speak for or against it: nobody's, where no cap counts."""
        if not policy.is_capped(LetterKind(letter.kind)):
            return Reader(letter.organization, (), ())
        record = self._record(letter)
        return Reader(letter.organization, self.office.mailboxes(record), record.ids)


def _why(error: Exception) -> str:
    """The code of a letter that cannot be written. An error of the database has spoilt the whole claim: again later."""
    if isinstance(error, TemplateError):
        return "words"
    if isinstance(error, PostgresError) or is_transient(error):
        raise error
    return "unwritable"


def _as_before(letter: ClaimedLetter) -> OutgoingLetter | None:
    if not (letter.content and letter.sender and letter.address and letter.message_id):
        return None
    return OutgoingLetter(
        letter.organization, letter.letter, "", letter.message_id, letter.language or "", letter.sender,
        letter.address, letter.content,
    )  # fmt: skip
