"""What is kept of one person beside facts: for an access export."""

import json
from collections.abc import Sequence
from typing import Any

from shared.kit.db import Connection
from shared.people.export import Rows

OF_A_COLLEAGUE = ("address", "sender", "mailbox", "content")  # of a reminder: where somebody else reads, and their mail


async def load_held(conn: Connection, organization: str, ids: Sequence[str]) -> dict[str, Rows]:
    """The rows of each table about these ids, by the table's name; mails as they left or came in, readable."""
    rows = await conn.fetch(
        """
        WITH theirs AS (
            SELECT t.* FROM unnest($2::text[]) AS k(candidate)
            CROSS JOIN LATERAL (SELECT * FROM letters l WHERE l.organization = $1
                                AND l.candidate = k.candidate OFFSET 0) t
        )
        SELECT 'letters' AS table, jsonb_agg(to_jsonb(t)) AS found FROM theirs t
        UNION ALL
        SELECT 'verdicts', jsonb_agg(to_jsonb(t)) FROM theirs x
        CROSS JOIN LATERAL (SELECT * FROM verdicts v WHERE v.organization = $1 AND v.letter = x.letter OFFSET 0) t
        UNION ALL
        SELECT 'edits', jsonb_agg(to_jsonb(t)) FROM theirs x
        CROSS JOIN LATERAL (SELECT * FROM edits e WHERE e.organization = $1 AND e.letter = x.letter OFFSET 0) t
        UNION ALL
        SELECT 'ledger', jsonb_agg(to_jsonb(t)) FROM theirs x
        CROSS JOIN LATERAL (SELECT * FROM ledger g WHERE g.organization = $1 AND g.mailbox = x.mailbox
                            AND g.letter = x.letter OFFSET 0) t
        WHERE x.kind <> 'reminder'
        UNION ALL
        SELECT 'used_surveys', jsonb_agg(to_jsonb(t)) FROM theirs x
        CROSS JOIN LATERAL (SELECT * FROM used_surveys s WHERE s.organization = $1 AND s.letter = x.letter OFFSET 0) t
        UNION ALL
        SELECT 'readers', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM readers r WHERE r.organization = $1
                            AND r.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'incoming', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM incoming i WHERE i.organization = $1
                            AND i.candidate = k.candidate OFFSET 0) t
        UNION ALL
        SELECT 'tasks', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM tasks x WHERE x.organization = $1
                            AND x.candidate = k.candidate AND x.candidate <> '' OFFSET 0) t
        UNION ALL
        SELECT 'waits', jsonb_agg(to_jsonb(t)) FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM waits w WHERE w.organization = $1
                            AND w.candidate = k.candidate AND w.candidate <> '' OFFSET 0) t
        """,
        organization,
        ids,
    )
    held: dict[str, Rows] = {table: json.loads(found) if found else [] for table, found in rows}
    return held | {
        "letters": [_theirs(_readable(letter)) for letter in held["letters"]],
        "incoming": [_readable(mail) for mail in held["incoming"]],
    }


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """With its bytes as text."""
    content = row["content"]
    return row | {"content": content and bytes.fromhex(content.removeprefix(r"\x")).decode("utf-8", "replace")}


def _theirs(letter: dict[str, Any]) -> dict[str, Any]:
    """Without what is a colleague's."""
    if letter["kind"] != "reminder":
        return letter
    return {name: None if name in OF_A_COLLEAGUE else value for name, value in letter.items()}
