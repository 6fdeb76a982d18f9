"""The way of a batch: decode, lock, save, derive, say; one transaction with the offsets it moves on."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self

import structlog

from shared.contracts import BY_TOPIC, EventRejected, Saying
from shared.kit import dead_letters, metrics, outbox
from shared.kit.advice import advise
from shared.kit.cloudevents import key_as_ids, name_of
from shared.kit.db import Connection, is_transient
from shared.kit.dead_letters import ConsumedRecord, DeadLetter, settle_redriven
from shared.kit.decode import Accepted, RefusedRecord, accept, one_line
from shared.kit.facts import find_overwritten, save_facts
from shared.kit.offsets import Position, Rewound, save_offsets
from shared.kit.people import Pair, lock_people
from shared.kit.router import Router
from shared.kit.say import owned_topics
from shared.kit.turn import NOBODY, Turn, Turns
from shared.kit.versions import Fact

log = structlog.get_logger()

SLICE = 25  # records decoded between two looks at what else the loop has to do, about half a millisecond


class Mode(StrEnum):
    """What is done with a batch beyond saving its facts."""

    DERIVE = "derive"
    REMEMBER = "remember"  # a backlog: whom it is about is noted, and derived once it is worked off
    REDRIVE = "redrive"  # dead letters, tried again


class Unknown(NamedTuple):
    """A field that a contract does not know, seen in an accepted record."""

    record: ConsumedRecord
    organization: str
    source: str
    field: str


class Batch(NamedTuple):
    """What a run of records holds: facts to save, records to park, unknown fields, and how far it reaches."""

    facts: list[Fact]
    also_named: list[Pair]
    parked: list[DeadLetter]
    unknown: list[Unknown]
    positions: dict[Position, int]

    @classmethod
    def empty(cls) -> Self:
        """What no records hold."""
        return cls([], [], [], [], {})


class Inbox:
    """Takes records into one service's database. The same for Kafka, for redrives and for tests."""

    def __init__(self, turns: Turns, router: Router) -> None:
        self.turns = turns
        self.router = router
        self.service = turns.database.service
        self.epoch = 0
        self.trouble = ""  # why the batch in hand has to wait, if it has to

    async def decode(self, records: Sequence[ConsumedRecord]) -> Batch | None:
        """What records hold; None where it cannot be said: `take` finds out why. In slices: others save meanwhile."""
        batch = Batch.empty()
        try:
            now = await self.turns.now()
            for first in range(0, len(records), SLICE):
                _sort_into(batch, records[first : first + SLICE], now)
                await asyncio.sleep(0)
        except Exception:
            return None
        return batch

    async def take(
        self, records: Sequence[ConsumedRecord], mode: Mode = Mode.DERIVE, decoded: Batch | None = None
    ) -> None:
        """Work a batch off, whatever it holds: retry what is transient, park what can not be done.

        `decoded`: what the records hold, if that is known already. Raises Rewound, and what keeps a record from being
        parked.
        """
        pause = 0.2
        while True:
            try:
                await self._transact(records, mode, decoded)
                self.trouble = ""
                return None
            except Rewound:
                raise
            except Exception as error:
                if not is_transient(error):
                    self.trouble = ""
                    return await self._part(records, error, mode)
                self.trouble = f"postponed: {type(error).__name__}"
                log.warning(
                    "batch postponed",
                    records=len(records),
                    error=type(error).__name__,
                    advice=advise(error),
                    again_in=pause,
                )
                metrics.BATCH_RETRIES.inc()
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30)

    async def _part(self, records: Sequence[ConsumedRecord], error: Exception, mode: Mode) -> None:
        """Find what a failing batch fails on by halving it; park the one record left."""
        if len(records) > 1:
            middle = len(records) // 2
            await self.take(records[:middle], mode)
            return await self.take(records[middle:], mode)
        log.error(
            "record parked",
            topic=records[0].topic,
            partition=records[0].partition,
            offset=records[0].offset,
            code="not-processable",
            exc_info=error,
        )
        whose = name_of(records[0].value, records[0].headers).organization
        letter = DeadLetter(records[0], whose, "not-processable", None, type(error).__name__)
        return await self._transact_parked(letter, mode)

    async def _transact_parked(self, letter: DeadLetter, mode: Mode) -> None:
        record = letter.record
        async with self.turns.open([letter.organization or NOBODY]) as turn:
            await self._refuse(turn, [letter])
            turn.take_news()  # nobody is derived: it is parked, and passed
            await self._move_on(turn, [record], {(record.topic, record.partition): record.offset + 1}, mode)

    async def _transact(self, records: Sequence[ConsumedRecord], mode: Mode, decoded: Batch | None) -> None:
        batch = decoded or sort(records, await self.turns.now())
        locked = organizations_of(batch)
        async with self.turns.open([*locked, NOBODY], locked) as turn:
            await self.work_off(turn, records, batch, mode)

    async def work_off(self, turn: Turn, records: Sequence[ConsumedRecord], batch: Batch, mode: Mode) -> None:
        """The way of a batch in a turn that holds its organisations: lock people, save, derive, say, move on."""
        people = await lock_people(turn.conn, _named(batch))
        news, older = await save_facts(turn.conn, batch.facts, owned_topics(self.service), turn.now)
        await self._say_again(turn, older)
        await self._refuse(turn, batch.parked)
        await self._report(turn, batch.unknown)
        news += turn.take_news()
        if mode is Mode.REMEMBER:
            await self.router.remember(turn, news)
        else:
            await self.router.react(turn, people, news)
        await self._move_on(turn, records, batch.positions, mode)
        metrics.FACTS_NEW.inc(len(news))

    async def redrive(self, records: Sequence[ConsumedRecord]) -> None:
        """Try dead letters again."""
        await self.take(records, Mode.REDRIVE)

    async def _move_on(
        self, turn: Turn, records: Sequence[ConsumedRecord], positions: dict[Position, int], mode: Mode
    ) -> None:
        """Save how far Kafka is read; a redriven record was passed long ago and is settled instead."""
        if mode is Mode.REDRIVE:
            return await settle_redriven(turn.conn, records)
        return await save_offsets(turn.conn, positions, self.epoch)

    async def _say_again(self, turn: Turn, older: Sequence[Fact]) -> None:
        """Where an older version lies behind the newest on our own topic, say the newest again for compaction."""
        found = await find_overwritten(turn.conn, older, owned_topics(self.service))
        await turn.put([outbox.again(fact) for fact in found])

    async def _refuse(self, turn: Turn, parked: Sequence[DeadLetter]) -> None:
        await dead_letters.park(turn.conn, parked, turn.now)
        for letter in parked:
            metrics.PARKED.labels(letter.code).inc()
        owned = set(owned_topics(self.service))
        await turn.say(_rejected(x, "error") for x in parked if x.record.topic in owned)

    async def _report(self, turn: Turn, unknown: Sequence[Unknown]) -> None:
        """Once a day per source, type and field, the owner of a topic warns that a field is unknown."""
        owned = set(owned_topics(self.service))
        seen = {(u.source, u.record.topic, u.field): u for u in unknown if u.record.topic in owned}
        if not seen:
            return
        fresh = await _note_unknown(turn.conn, list(seen), turn.now.date())
        letters = [DeadLetter(seen[k].record, seen[k].organization, "unknown-field", k[2], "") for k in fresh]
        await turn.say(_rejected(letter, "warning") for letter in letters)


def sort(records: Sequence[ConsumedRecord], now: datetime) -> Batch:
    """Decode records by topic and tell facts from what is to be parked."""
    batch = Batch.empty()
    _sort_into(batch, records, now)
    return batch


def _sort_into(batch: Batch, records: Sequence[ConsumedRecord], now: datetime) -> None:
    for record in records:
        batch.positions[record.topic, record.partition] = record.offset + 1
        outcome = accept(record.topic, record.key, record.value, record.headers, record.timestamp, now)
        match outcome:
            case Accepted():
                _add(batch, record, outcome)
            case RefusedRecord():
                batch.parked.append(DeadLetter(record, *outcome))
            case _:
                continue


def _add(batch: Batch, record: ConsumedRecord, outcome: Accepted) -> None:
    event, envelope = outcome.event, outcome.envelope
    batch.facts.append(
        Fact(
            envelope.organization,
            outcome.fact,
            record.topic,
            event.candidate_id,
            event.job_id,
            envelope.time,
            envelope.id,
            envelope.source,
            envelope.causation,
            envelope.historical,
            record.partition,
            record.offset,
            outcome.body.decode(),
        )
    )
    batch.also_named.extend((envelope.organization, candidate) for candidate in event.also_named)
    for field in outcome.unknown:
        batch.unknown.append(Unknown(record, envelope.organization, envelope.source, field))


def organizations_of(batch: Batch) -> dict[str, bool]:
    """The organisations a batch is about; true where a fact in it concerns many people."""
    found: dict[str, bool] = {}
    for fact in batch.facts:
        found[fact.organization] = found.get(fact.organization, False) or BY_TOPIC[fact.topic].exclusive
    for letter in batch.parked:
        if letter.organization:
            found.setdefault(letter.organization, False)
    return found


def _named(batch: Batch) -> set[Pair]:
    return {(f.organization, f.candidate) for f in batch.facts if f.candidate}.union(batch.also_named)


def _rejected(letter: DeadLetter, severity: str) -> Saying:
    record = letter.record
    name, key = name_of(record.value, record.headers), key_as_ids(record.key)
    return Saying(
        letter.organization or NOBODY,
        EventRejected(
            severity=severity,
            code=letter.code,
            field=letter.field,
            detail=one_line(letter.detail) or None,
            topic_=record.topic,
            partition=record.partition,
            offset=record.offset,
            source=name.source,
            event=name.id,
            candidate=_person_in(record.topic, letter.expected_key or key),
            key=key,
            expected_key=letter.expected_key,
        ),
    )


def _person_in(topic: str, key: str | None) -> str | None:
    """Whom a record's key names, so that an erasure finds what was said of it."""
    _, *names = (key or "").split("/")
    return names[0] if names and BY_TOPIC[topic].person_field else None


async def _note_unknown(conn: Connection, keys: list[tuple[str, str, str]], day: date) -> list[tuple[str, str, str]]:
    rows = await conn.fetch(
        """
        INSERT INTO unknown_fields (source, topic, field, day)
        SELECT source, topic, field, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS u(source, topic, field)
        ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING source, topic, field
        """,
        [k[0] for k in keys],
        [k[1] for k in keys],
        [k[2] for k in keys],
        day,
    )
    return [(source, topic, field) for source, topic, field in rows]
