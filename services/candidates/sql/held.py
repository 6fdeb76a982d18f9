"""What is kept of one person beside facts: for an access export."""

import json
from collections.abc import Sequence

from shared.kit.db import Connection
from shared.people.export import Rows


async def load_held(conn: Connection, organization: str, ids: Sequence[str]) -> dict[str, Rows]:
    """The rows of each table about these ids, by the table's name."""
    rows = await conn.fetch(
        """
        SELECT 'members' AS table, jsonb_agg(to_jsonb(t)) AS found FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM members m WHERE m.organization = $1
                            AND m.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'matches', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM matches m WHERE m.organization = $1
                            AND m.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'past_matches', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM past_matches p WHERE p.organization = $1
                            AND p.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'runs', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.organization = $1
                            AND r.candidate = k.candidate AND r.candidate IS NOT NULL OFFSET 0) r
        CROSS JOIN LATERAL (SELECT r.*, (SELECT body FROM demands d WHERE d.organization = $1
                                         AND d.demand = r.demand) AS asked OFFSET 0) t
        UNION ALL
        SELECT 'keeping', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM keeping x WHERE x.organization = $1
                            AND x.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'mentorships', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM mentorships m WHERE m.organization = $1
                            AND m.candidate = k.candidate AND m.candidate <> '' OFFSET 0) t
        UNION ALL
        SELECT 'descriptions', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM descriptions d WHERE d.organization = $1
                            AND d.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'skills', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM skills s WHERE s.organization = $1
                            AND s.candidate = k.candidate OFFSET 0) t
        """,
        organization,
        ids,
    )
    return {table: json.loads(found) if found else [] for table, found in rows}
