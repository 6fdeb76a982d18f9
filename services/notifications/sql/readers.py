"""Who is known here, and who else reads at the same address."""

from collections.abc import Sequence
from typing import NamedTuple

from services.notifications.domain.records import RecipientRecord
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import People


async def find_known(conn: Connection, organization: str, candidate: str) -> bool:
    """True when anything is known about somebody of this id."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM facts WHERE organization = $1 AND candidate = $2)", organization, candidate
        )
    )


class ReaderAddress(NamedTuple):
    """At which address somebody of this id reads."""

    organization: str
    candidate: str
    address: str


_READERS = DerivedTable[ReaderAddress](
    "readers",
    key=("organization", "candidate"),
    columns={"organization": "text", "candidate": "text", "address": "text"},
)


async def save_readers(conn: Connection, people: People, records: Sequence[RecipientRecord]) -> None:
    """Keep at which address these people read now, under each of their ids."""
    reading = [
        ReaderAddress(r.organization.organization, candidate, r.profile.email.casefold())
        for r in records
        if r.profile and r.profile.email
        for candidate in r.ids
    ]
    await _READERS.keep(conn, people.ids, reading)


async def find_sharing(conn: Connection, organization: str, candidate: str) -> list[str]:
    """Every id whose profile names the address that this id's profile names; the id itself first."""
    rows = await conn.fetch(
        """
        SELECT r.candidate FROM readers mine
        CROSS JOIN LATERAL (SELECT candidate FROM readers r WHERE r.organization = mine.organization
                            AND r.address = mine.address OFFSET 0) r
        WHERE mine.organization = $1 AND mine.candidate = $2
        ORDER BY r.candidate
        """,
        organization,
        candidate,
    )
    return [candidate, *(row[0] for row in rows if row[0] != candidate)]
