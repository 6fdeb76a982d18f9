"""What the command line asks a service's database."""

from typing import NamedTuple

from shared.kit.db import Connection


class Figures(NamedTuple):
    """A service's database in four numbers."""

    schema: str | None
    facts: int
    parked: int
    outbox: int


async def load_figures(conn: Connection) -> Figures:
    """The newest migration, and how many facts, parked records and unsent events there are."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT max(version) FROM schema_migrations), (SELECT count(*) FROM facts),
               (SELECT count(*) FROM dead_letters WHERE state = 'parked'), (SELECT count(*) FROM outbox)
        """
    )
    return Figures(*row)


async def load_organizations(conn: Connection) -> list[str]:
    """Every organisation that a service knows people of."""
    return [row[0] for row in await conn.fetch("SELECT DISTINCT organization FROM people ORDER BY 1")]
