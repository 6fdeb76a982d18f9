"""The pool is searched: each filter walks an index of its own in the order of candidates, and the sparsest leads.

What a page costs is bounded, whatever is asked for: at most `WALKED` entries of each index, and as many members looked
at. So a page may hold less than was asked for, or nothing, and still lead on.
"""

from collections.abc import Awaitable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.candidates.domain.findable import HIGHEST_LEVEL, LOWEST_LEVEL, leads
from services.candidates.sql.pool import LEFT, Member
from shared.kit.db import Connection

WALKED = 2_000
AT_ONCE = 200
WALKED_WORDS = 4  # the longest

Place = tuple[str, str]


class Wanted(NamedTuple):
    """Which members, from which place on. `level`: at least, of the competency; no `words`, though asked: nobody."""

    family: str | None = None
    tier: str | None = None
    status: str | None = None
    cycle: str | None = None
    competency: str | None = None
    level: int = LOWEST_LEVEL
    words: Sequence[str] | None = None
    after: Place = ("", "")
    limit: int = 50

    @property
    def leading(self) -> list[str]:
        """The words worth a walk."""
        return sorted((word for word in self.words or () if leads(word)), key=len, reverse=True)[:WALKED_WORDS]


class Found(NamedTuple):
    """A member, with the level of the competency that was asked for."""

    member: Member
    level: float | None
    assessed_at: datetime | None

    @property
    def candidate(self) -> str:
        """Whom it is about."""
        return self.member.candidate


class Page(NamedTuple):
    """Who was found, and the place after which more may be."""

    members: list[Found]
    after: Place | None


class _Walk(NamedTuple):
    """Candidates that one filter lets through, in order: all there are, or those before `end`."""

    candidates: list[str]
    end: str | None


async def search_pool(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Members in the order of candidate and family; those who left only by their status."""
    if wanted.words == ():
        return Page([], None)
    walks = [_walked(await walking) for walking in _walks(conn, organization, wanted)]
    leader = _sparsest(walks)
    whole = [set(walk.candidates) for walk in walks if walk.end is None]
    candidates = [c for c in leader.candidates if all(c in others for others in whole)]
    found = await _load_found(conn, organization, wanted, candidates)
    if len(found) == wanted.limit:
        return Page(found, (found[-1].candidate, found[-1].member.family))
    return Page(found, None if leader.end is None else (leader.end, ""))


def _walks(conn: Connection, organization: str, wanted: Wanted) -> Iterator[Awaitable[list[Any]]]:
    """One for each filter. Who left stands in the index of statuses only."""
    start, is_narrowed = wanted.after[0], bool(wanted.status or wanted.competency or wanted.leading)
    if wanted.status:
        yield _walk_status(conn, organization, wanted.status, start)
    if wanted.competency:
        yield _walk_skill(conn, organization, wanted.competency, wanted.level, start)
    for word in wanted.leading:
        yield _walk_word(conn, organization, word, start)
    for value, walk in (
        (wanted.family, _walk_family), (wanted.tier, _walk_tier), (wanted.cycle, _walk_cycle),
    ):  # fmt: skip
        if value and wanted.status != LEFT:
            yield walk(conn, organization, value, start)
            is_narrowed = True
    if not is_narrowed:
        yield _walk_everyone(conn, organization, start)


def _walked(rows: Sequence[Any]) -> _Walk:
    """The last candidate of a walk that was cut off belongs to the next page: not all of their places were walked."""
    candidates = list(dict.fromkeys(row[0] for row in rows))
    return _Walk(candidates, candidates.pop() if len(rows) == WALKED else None)


def _sparsest(walks: Sequence[_Walk]) -> _Walk:
    """The shortest of those that are whole; else the one that came furthest."""
    whole = [walk for walk in walks if walk.end is None]
    return min(whole, key=lambda w: len(w.candidates)) if whole else max(walks, key=lambda w: w.end or "")


async def _walk_everyone(conn: Connection, organization: str, start: str) -> list[Any]:
    return await conn.fetch(
        "SELECT candidate FROM members WHERE organization = $1 AND candidate >= $2 ORDER BY candidate LIMIT $3",
        organization,
        start,
        WALKED,
    )


async def _walk_family(conn: Connection, organization: str, family: str, start: str) -> list[Any]:
    return await conn.fetch(
        """
        SELECT candidate FROM members
        WHERE organization = $1 AND family = $2 AND status <> 'left' AND candidate >= $3 ORDER BY candidate LIMIT $4
        """,
        organization,
        family,
        start,
        WALKED,
    )


async def _walk_tier(conn: Connection, organization: str, tier: str, start: str) -> list[Any]:
    return await conn.fetch(
        """
        SELECT candidate FROM members
        WHERE organization = $1 AND tier = $2 AND status <> 'left' AND candidate >= $3 ORDER BY candidate LIMIT $4
        """,
        organization,
        tier,
        start,
        WALKED,
    )


async def _walk_cycle(conn: Connection, organization: str, cycle: str, start: str) -> list[Any]:
    return await conn.fetch(
        """
        SELECT candidate FROM members
        WHERE organization = $1 AND cycle = $2 AND status <> 'left' AND candidate >= $3 ORDER BY candidate LIMIT $4
        """,
        organization,
        cycle,
        start,
        WALKED,
    )


async def _walk_status(conn: Connection, organization: str, status: str, start: str) -> list[Any]:
    return await conn.fetch(
        """
        SELECT candidate FROM members
        WHERE organization = $1 AND status = $2 AND candidate >= $3 ORDER BY candidate LIMIT $4
        """,
        organization,
        status,
        start,
        WALKED,
    )


async def _walk_skill(conn: Connection, organization: str, competency: str, level: int, start: str) -> list[Any]:
    """Whole levels are few: each is walked in order, and the walks are joined."""
    return await conn.fetch(
        """
        SELECT s.candidate
        FROM generate_series($3::int, $6::int) AS k(whole)
        CROSS JOIN LATERAL (
            SELECT candidate FROM skills s WHERE s.organization = $1 AND s.competency = $2 AND s.whole = k.whole
              AND s.candidate >= $4 ORDER BY s.candidate LIMIT $5) s
        ORDER BY s.candidate LIMIT $5
        """,
        organization,
        competency,
        level,
        start,
        WALKED,
        HIGHEST_LEVEL,
    )


async def _walk_word(conn: Connection, organization: str, word: str, start: str) -> list[Any]:
    return await conn.fetch(
        """
        SELECT candidate FROM words
        WHERE organization = $1 AND word = $2 AND candidate >= $3 ORDER BY candidate LIMIT $4
        """,
        organization,
        word,
        start,
        WALKED,
    )


async def _load_found(conn: Connection, organization: str, wanted: Wanted, candidates: Sequence[str]) -> list[Found]:
    """Those of these candidates' places that every filter lets through, until the page is full."""
    found: list[Found] = []
    for begin in range(0, len(candidates), AT_ONCE):
        if len(found) < wanted.limit:
            some = candidates[begin : begin + AT_ONCE]
            found += await _load_some(conn, organization, wanted, some, wanted.limit - len(found))
    return found


async def _load_some(
    conn: Connection, organization: str, wanted: Wanted, candidates: Sequence[str], limit: int
) -> list[Found]:
    rows = await conn.fetch(
        """
        SELECT m.membership, m.candidate, m.family, m.application, m.cycle, m.tier, m.status, m.reason, m.why,
               m.evidence, m.rules_version, m.reconfirm_at, m.expires_at, s.level, s.assessed_at
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT * FROM members m
            WHERE m.organization = $1 AND m.candidate = k.candidate AND ($5::text IS NULL OR m.family = $5)
              AND ($6::text IS NULL OR m.tier = $6) AND ($7::text IS NULL OR m.cycle = $7)
              AND (m.status = $8 OR $8 IS NULL AND m.status <> 'left') OFFSET 0) m
        LEFT JOIN LATERAL (
            SELECT level, whole, assessed_at FROM skills s WHERE s.organization = $1 AND s.candidate = m.candidate
              AND s.competency = $9 OFFSET 0) s ON true
        WHERE (m.candidate, m.family) > ($3, $4) AND ($9::text IS NULL OR s.whole >= $10)
          AND ($11::text[] IS NULL OR $11 <@ (
              SELECT words FROM descriptions d WHERE d.organization = $1 AND d.candidate = m.candidate
                AND d.family = m.family))
        ORDER BY m.candidate, m.family LIMIT $12
        """,
        organization,
        candidates,
        *wanted.after,
        wanted.family,
        wanted.tier,
        wanted.cycle,
        wanted.status,
        wanted.competency,
        wanted.level,
        wanted.words,
        limit,
    )
    return [Found(Member(*row[:13]), *row[13:]) for row in rows]
