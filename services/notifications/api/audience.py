"""Whom a campaign would reach now, and whom not and why: the plan and the contact policy, asked without writing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.campaigns import job_of, left_out, points_shared
from services.notifications.domain.mailbox import mailboxes_of
from services.notifications.domain.organizations import Campaign
from services.notifications.domain.policy import Contact, LetterKind, opening_hour
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.campaigns import find_told
from services.notifications.sql.ledger import Reader, load_ledgers
from services.notifications.sql.records import load_records
from shared.contracts import Stream
from shared.kit.db import Connection
from shared.kit.people import KnownId, People, find_people

AT_ONCE = 500


class AddressedPerson(NamedTuple):
    """Somebody who shares the point. `at`: when a letter may leave first; `reason`, `until`: why not now."""

    candidate: str
    at: datetime | None
    reason: str | None = None
    until: datetime | None = None


class Audience:
    """Everyone who shares a campaign's point, in the order of their ids. Two at one mailbox are one after the other."""

    def __init__(self, campaign: Campaign, hash_key: str, now: datetime) -> None:
        self._campaign = campaign
        self._hash_key = hash_key
        self._now = now
        self._written_to: set[str] = set()

    async def find(self, conn: Connection, organization: str) -> list[AddressedPerson]:
        """Merged people are found once, by the id that stands for them."""
        told = await find_told(conn, organization, self._campaign.competency)
        known = await find_people(conn, [(organization, candidate) for candidate in told])
        found: list[AddressedPerson] = []
        for some in _parts(known):
            found += await self._look(conn, await load_records(conn, People(some, {})))
        return sorted(found)

    async def _look(self, conn: Connection, records: Iterable[RecipientRecord]) -> list[AddressedPerson]:
        sharing = sorted((r for r in records if points_shared(r, self._campaign)), key=lambda r: r.candidate)
        readers = [
            Reader(r.organization.organization, mailboxes_of(r.addresses, self._hash_key), r.ids) for r in sharing
        ]
        ledgers = await load_ledgers(conn, readers)
        return [
            self._reached(record, reader, [*ledger.values()])
            for record, reader, ledger in zip(sharing, readers, ledgers, strict=True)
        ]

    def _reached(self, record: RecipientRecord, reader: Reader, ledger: list[Contact]) -> AddressedPerson:
        if self._written_to & {*reader.mailboxes}:
            ledger.append(Contact(Stream.NURTURE, self._now))
        if refused := left_out(record, self._campaign, ledger, self._now):
            return AddressedPerson(record.candidate, None, refused.reason, refused.until)
        self._written_to |= {*reader.mailboxes}
        job = job_of(self._campaign, points_shared(record, self._campaign))
        return AddressedPerson(record.candidate, opening_hour(LetterKind.CAMPAIGN, record.zone(job), self._now))


def _parts(known: Sequence[KnownId]) -> Iterator[list[KnownId]]:
    """Some hundred people at once, each with all of their ids."""
    ordered = sorted(known)
    people = list(dict.fromkeys(one.person for one in ordered))
    for start in range(0, len(people), AT_ONCE):
        some = {*people[start : start + AT_ONCE]}
        yield [one for one in ordered if one.person in some]
