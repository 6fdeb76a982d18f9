"""Restricted people: who asked to be forgotten and is not erased yet."""

from collections.abc import Iterable

from shared.kit.db import Connection
from shared.kit.people import find_people


async def find_restricted(conn: Connection, organization: str, candidates: Iterable[str]) -> set[str]:
    """Those of these ids whose person asked to be forgotten and is not erased yet."""
    known = await find_people(conn, [(organization, candidate) for candidate in candidates])
    asked = await conn.fetch(
        """
        SELECT k.candidate FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT fact FROM facts f WHERE f.organization = $1 AND f.fact = k.candidate
                            AND f.topic = 'erasure-requested' OFFSET 0) f
        """,
        organization,
        [one.candidate for one in known],
    )
    restricted = {row[0] for row in asked}
    people = {one.person for one in known if one.candidate in restricted}
    return {one.candidate for one in known if one.person in people}
