"""Where on Kafka this database stands: saved with the effect, so a restored database knows what it missed."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.kit.columns import parted
from shared.kit.db import Connection

Position = tuple[str, int]


class Rewound(Exception):
    """The position was set back on purpose while this consumer ran: read again from there."""


class Cluster(NamedTuple):
    """The Kafka cluster the offsets belong to, and how often they were set back."""

    id: str
    epoch: int


async def save_offsets(conn: Connection, positions: Mapping[Position, int], epoch: int) -> None:
    """Move each (topic, partition) on to the next offset to read. Raises Rewound when the epoch has changed."""
    if not positions:
        return
    moved = await conn.fetch(
        """
        WITH log AS (SELECT epoch FROM log_position WHERE epoch = $4 FOR SHARE)
        INSERT INTO offsets AS o (topic, partition, next_offset)
        SELECT topic, partition, next_offset
        FROM unnest($1::text[], $2::int[], $3::bigint[]) AS u(topic, partition, next_offset), log
        ORDER BY 1, 2
        ON CONFLICT (topic, partition) DO UPDATE SET next_offset = greatest(o.next_offset, excluded.next_offset)
        RETURNING topic
        """,
        *parted(positions),
        list(positions.values()),
        epoch,
    )
    if not moved:
        raise Rewound


async def load_offsets(conn: Connection) -> dict[Position, int]:
    """(topic, partition) -> the next offset to read."""
    rows = await conn.fetch("SELECT topic, partition, next_offset FROM offsets")
    return {(topic, partition): next_offset for topic, partition, next_offset in rows}


async def start_over(conn: Connection, ends: Mapping[Position, int]) -> bool:
    """Read from its start what was read beyond its end: what stands there now is not what was read.

    False when another process of the service did so before. Places in it say nothing any more. The connection sees
    every organisation.
    """
    await conn.execute("SELECT FROM log_position FOR UPDATE")
    gone = await conn.fetch(
        """
        DELETE FROM offsets o USING unnest($1::text[], $2::int[], $3::bigint[]) AS u(topic, partition, ends)
        WHERE o.topic = u.topic AND o.partition = u.partition AND o.next_offset > u.ends
        RETURNING o.topic, o.partition
        """,
        *parted(ends),
        list(ends.values()),
    )
    if not gone:
        return False
    await conn.execute("UPDATE log_position SET epoch = epoch + 1")
    await conn.execute(
        """
        UPDATE facts f SET partition = NULL, "offset" = NULL
        FROM unnest($1::text[], $2::int[]) AS u(topic, partition)
        WHERE f.topic = u.topic AND f.partition = u.partition
        """,
        *parted([(topic, partition) for topic, partition in gone]),
    )
    return True


async def load_cluster(conn: Connection, cluster: str) -> Cluster:
    """The cluster this database has read; `cluster` becomes it when there was none yet."""
    await conn.execute("INSERT INTO log_position (cluster) VALUES ($1) ON CONFLICT DO NOTHING", cluster)
    row = await conn.fetchrow("SELECT cluster AS id, epoch FROM log_position")
    return Cluster(*row)


async def load_epoch(conn: Connection) -> int:
    """How often the position was set back."""
    epoch: int = await conn.fetchval("SELECT epoch FROM log_position")
    return epoch


async def rewind(conn: Connection, cluster: str | None = None) -> int:
    """Read everything again from the start, on a new cluster when one is named; how many positions were dropped.

    The connection sees every organisation.
    """
    await conn.execute("UPDATE log_position SET epoch = epoch + 1, cluster = coalesce($1, cluster)", cluster)
    if cluster:  # places on the old one say nothing about the new
        await conn.execute('UPDATE facts SET partition = NULL, "offset" = NULL WHERE "offset" IS NOT NULL')
    status = await conn.execute("DELETE FROM offsets")
    return int(status.split()[-1])
