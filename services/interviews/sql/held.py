"""What is kept of one person beside facts: for an access export."""

import json
from collections.abc import Sequence

from shared.kit.db import Connection
from shared.people.export import Rows


async def load_held(conn: Connection, organization: str, ids: Sequence[str]) -> dict[str, Rows]:
    """The rows of each table about these ids, by the table's name."""
    rows = await conn.fetch(
        """
        SELECT 'applications' AS table, jsonb_agg(to_jsonb(t)) AS found FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM applications a WHERE a.organization = $1
                            AND a.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'interviews', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM interviews i WHERE i.organization = $1
                            AND i.candidate = k.candidate OFFSET 0) t
        """,
        organization,
        ids,
    )
    return {table: json.loads(found) if found else [] for table, found in rows}
