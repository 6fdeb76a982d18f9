"""What a person decided about a letter."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class Verdict(NamedTuple):
    """What a person decided about a letter."""

    letter: str
    verdict: str
    reason: str | None
    by: str
    not_before: datetime | None = None
    basis: str | None = None


async def load_verdict(conn: Connection, organization: str, letter: str) -> Verdict | None:
    """What a person decided about a letter last, or None."""
    row = await conn.fetchrow(
        """
        SELECT letter, verdict, reason, by_user AS by, not_before, basis FROM verdicts
        WHERE organization = $1 AND letter = $2
        """,
        organization,
        letter,
    )
    return Verdict(*row) if row else None


async def save_verdicts(conn: Connection, organization: str, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Keep what a person decided, for the cause and the words each letter has now."""
    await conn.execute(
        """
        INSERT INTO verdicts (organization, letter, verdict, verdict_on, variant, reason, by_user, given_at, not_before,
                              basis)
        SELECT $1, l.letter, u.verdict, l.cause_at, l.variant, u.reason, u.by_user, $6, u.not_before, u.basis
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $7::timestamptz[], $8::text[])
             AS u(letter, verdict, reason, by_user, not_before, basis)
        CROSS JOIN LATERAL (SELECT * FROM letters l WHERE l.organization = $1 AND l.letter = u.letter OFFSET 0) l
        ORDER BY l.letter
        ON CONFLICT (organization, letter) DO UPDATE
        SET (verdict, verdict_on, variant, reason, by_user, given_at, not_before, basis)
          = (excluded.verdict, excluded.verdict_on, excluded.variant, excluded.reason, excluded.by_user,
             excluded.given_at, excluded.not_before, excluded.basis)
        """,
        organization,
        [v.letter for v in verdicts],
        [v.verdict for v in verdicts],
        [v.reason for v in verdicts],
        [v.by for v in verdicts],
        now,
        [v.not_before for v in verdicts],
        [v.basis for v in verdicts],
    )


async def delete_verdict(conn: Connection, organization: str, letter: str) -> None:
    """Nobody has decided about a letter after all."""
    await conn.execute("DELETE FROM verdicts WHERE organization = $1 AND letter = $2", organization, letter)
