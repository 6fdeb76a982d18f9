"""Requests for a new link: kept for the moment until the clock looks at them."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection

READERS = 5  # of one mailbox, who get a link each


class LinkAsker(NamedTuple):
    """Whose address somebody typed; nobody's when it is not known."""

    organization: str
    candidates: list[str]


async def save_link_request(conn: Connection, organization: str, request: str, address: str) -> None:
    """Keep whose address it is, and not the address. The same work for every address."""
    await conn.execute(
        """
        INSERT INTO link_requests (organization, request, candidates)
        SELECT $1, $2, ARRAY(SELECT candidate FROM readers WHERE organization = $1 AND address = $3
                             ORDER BY candidate LIMIT $4)
        """,
        organization,
        request,
        address.casefold(),
        READERS,
    )


async def find_link_requests(conn: Connection, _: datetime, limit: int) -> list[tuple[str, str]]:
    """Requests that nobody has taken yet."""
    rows = await conn.fetch(
        "SELECT organization, request FROM link_requests ORDER BY organization, request LIMIT $1", limit
    )
    return [(organization, request) for organization, request in rows]


async def claim_link_requests(conn: Connection, limit: int) -> list[LinkAsker]:
    """Take requests, and forget them."""
    rows = await conn.fetch(
        """
        DELETE FROM link_requests r USING (
            SELECT organization, request FROM link_requests
            ORDER BY organization, request LIMIT $1 FOR UPDATE SKIP LOCKED) mine
        WHERE r.organization = mine.organization AND r.request = mine.request
        RETURNING r.organization, r.candidates
        """,
        limit,
    )
    return [LinkAsker(*row) for row in rows]
