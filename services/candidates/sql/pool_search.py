"""The pool is searched: filters walk indexes in the order of candidates, and the sparsest walk leads.

What a page costs is bounded, whatever is asked for: at most `WALKED` entries of each walk, and as many members looked
at. So where text or competency meet other filters a page may hold less than was asked for, and still lead on.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.findable import HIGHEST_LEVEL, LOWEST_LEVEL, leads
from services.candidates.domain.pool import LEFT
from services.candidates.sql.pool import Member
from shared.contracts import MemberStatus, Tier
from shared.kit.db import Connection

WALKED = 400
WALKED_WORDS = 4  # the longest
_BY_PLACE, _BY_SKILL = "by place", "by skill"  # names of walks; the others are words, which have no space in them

Place = tuple[str, str]


class PoolSearch(NamedTuple):
    """Which members, from which place on. `level`: at least, of the competency; no `words`, though asked: nobody.

    `candidates`: all ids of one person. `jobs`: places that come from an application for one of these only.
    """

    family: str | None = None
    tier: str | None = None
    status: str | None = None
    cycle: str | None = None
    competency: str | None = None
    level: int = LOWEST_LEVEL
    words: Sequence[str] | None = None
    after: Place = ("", "")
    limit: int = 50
    candidates: Sequence[str] | None = None
    jobs: Sequence[str] | None = None

    @property
    def leading(self) -> list[str]:
        """The words worth a walk."""
        return sorted((word for word in self.words or () if leads(word)), key=len, reverse=True)[:WALKED_WORDS]


class FoundMember(NamedTuple):
    """A member, with the level of the competency that was asked for."""

    member: Member
    level: float | None
    assessed_at: datetime | None

    @property
    def candidate(self) -> str:
        """Whom it is about."""
        return self.member.candidate


class PoolPage(NamedTuple):
    """Who was found, and the place after which more may be."""

    members: list[FoundMember]
    after: Place | None


class _Walk(NamedTuple):
    """Candidates that one filter lets through, in order: all there are, or those before `end`."""

    candidates: list[str]
    end: str | None


async def search_pool(conn: Connection, organization: str, wanted: PoolSearch) -> PoolPage:
    """Members in the order of candidate and family; those who left only by their status."""
    if finds_nobody(wanted):
        return PoolPage([], None)
    walks = await _walks(conn, organization, wanted)
    leader = _sparsest(walks)
    whole = [set(walk.candidates) for walk in walks if walk.end is None]
    candidates = [c for c in leader.candidates if all(c in others for others in whole)]
    found = await load_found(conn, organization, wanted, candidates)
    if len(found) == wanted.limit:
        return PoolPage(found, (found[-1].candidate, found[-1].member.family))
    return PoolPage(found, None if leader.end is None else (leader.end, ""))


async def _walks(conn: Connection, organization: str, wanted: PoolSearch) -> list[_Walk]:
    """One person has few places: nothing else has to be walked."""
    if wanted.candidates is not None:
        return [_Walk(sorted(wanted.candidates), None)]
    return await _walk(conn, organization, wanted, wanted.limit + 1 if _is_exact(wanted) else WALKED)


def finds_nobody(wanted: PoolSearch) -> bool:
    """Who left is not described."""
    return wanted.words == () or (wanted.status == LEFT and bool(wanted.words or wanted.competency))


def _is_exact(wanted: PoolSearch) -> bool:
    """One walk lets through whom every filter lets through: no more entries are needed than the page has places."""
    words, is_left = list(wanted.words or ()), wanted.status == LEFT
    walks = _has_place(wanted) + (wanted.competency is not None) + len(words)
    return walks <= 1 and words == wanted.leading and not (is_left and (wanted.family or wanted.tier or wanted.cycle))


def _has_place(wanted: PoolSearch) -> bool:
    return any((wanted.family, wanted.tier, wanted.status, wanted.cycle))


def _sparsest(walks: Sequence[_Walk]) -> _Walk:
    """The shortest of those that are whole; else the one that came furthest."""
    whole = [walk for walk in walks if walk.end is None]
    return min(whole, key=lambda w: len(w.candidates)) if whole else max(walks, key=lambda w: w.end or "")


async def _walk(conn: Connection, organization: str, wanted: PoolSearch, at_most: int) -> list[_Walk]:
    """One for the place in the pool unless text or competency say enough, one for the competency, one for each word."""
    names = [_BY_SKILL] * bool(wanted.competency) + wanted.leading
    names += [_BY_PLACE] if _has_place(wanted) or not names else []
    walked: dict[str, list[str]] = {name: [] for name in names}
    rows = await conn.fetch(
        """
        SELECT 'by place' AS name, candidate FROM (
            SELECT m.candidate
            FROM unnest($5::text[]) AS t(tier) CROSS JOIN unnest($6::text[]) AS s(status)
            CROSS JOIN LATERAL (
                SELECT candidate FROM members m WHERE m.organization = $1 AND m.family = $4 AND m.tier = t.tier
                  AND m.status = s.status AND m.status <> 'left' AND m.family <> '' AND m.candidate COLLATE "C" >= $2
                  AND $7::text IS NULL ORDER BY m.candidate COLLATE "C" LIMIT $3) m
            ORDER BY m.candidate LIMIT $3) by_family
        UNION ALL
        SELECT 'by place', candidate FROM (
            SELECT m.candidate
            FROM unnest($5::text[]) AS t(tier) CROSS JOIN unnest($6::text[]) AS s(status)
            CROSS JOIN LATERAL (
                SELECT candidate FROM members m WHERE m.organization = $1 AND m.cycle = $7 AND m.tier = t.tier
                  AND m.status = s.status AND m.status <> 'left' AND m.cycle <> '' AND m.candidate COLLATE "C" >= $2
                  AND $4::text IS NULL ORDER BY m.candidate COLLATE "C" LIMIT $3) m
            ORDER BY m.candidate LIMIT $3) by_cycle
        UNION ALL
        SELECT 'by place', candidate FROM (
            SELECT m.candidate
            FROM unnest($5::text[]) AS t(tier) CROSS JOIN unnest($6::text[]) AS s(status)
            CROSS JOIN LATERAL (
                SELECT candidate FROM members m WHERE m.organization = $1 AND m.family = $4 AND m.cycle = $7
                  AND m.tier = t.tier AND m.status = s.status AND m.status <> 'left' AND m.family || m.cycle <> ''
                  AND m.candidate COLLATE "C" >= $2 ORDER BY m.candidate COLLATE "C" LIMIT $3) m
            ORDER BY m.candidate LIMIT $3) by_both
        UNION ALL
        SELECT 'by place', candidate FROM (
            SELECT m.candidate
            FROM unnest($5::text[]) AS t(tier) CROSS JOIN unnest($6::text[]) AS s(status)
            CROSS JOIN LATERAL (
                SELECT candidate FROM members m WHERE m.organization = $1 AND m.tier = t.tier AND m.status = s.status
                  AND m.status <> 'left' AND m.tier <> '' AND m.candidate COLLATE "C" >= $2
                  AND $4::text IS NULL AND $7::text IS NULL ORDER BY m.candidate COLLATE "C" LIMIT $3) m
            ORDER BY m.candidate LIMIT $3) by_tier
        UNION ALL
        SELECT 'by place', candidate FROM (
            SELECT candidate FROM members m
            WHERE m.organization = $1 AND m.status = 'left' AND m.candidate COLLATE "C" >= $2
              AND 'left' = ANY($6::text[]) ORDER BY m.candidate COLLATE "C" LIMIT $3) by_left
        UNION ALL
        SELECT 'by skill', candidate FROM (
            SELECT s.candidate FROM generate_series($9::int, $10::int) AS k(whole)
            CROSS JOIN LATERAL (
                SELECT candidate FROM skills s WHERE s.organization = $1 AND s.competency = $8 AND s.whole = k.whole
                  AND s.candidate >= $2 ORDER BY s.candidate LIMIT $3) s
            ORDER BY s.candidate LIMIT $3) by_skill
        UNION ALL
        SELECT k.word, w.candidate FROM unnest($11::text[]) AS k(word)
        CROSS JOIN LATERAL (
            SELECT candidate FROM words w WHERE w.organization = $1 AND w.word = k.word AND w.candidate >= $2
            ORDER BY w.candidate LIMIT $3) w
        """,
        organization,
        wanted.after[0],
        at_most,
        wanted.family,
        [wanted.tier] if wanted.tier else list(Tier),
        _statuses(wanted) if _BY_PLACE in names else [],
        wanted.cycle,
        wanted.competency,
        wanted.level,
        HIGHEST_LEVEL,
        wanted.leading,
    )
    for name, candidate in rows:
        walked[name].append(candidate)
    return [_walked(candidates, at_most) for candidates in walked.values()]


def _statuses(wanted: PoolSearch) -> list[str]:
    return [wanted.status] if wanted.status else [*MemberStatus]


def _walked(rows: Sequence[str], at_most: int) -> _Walk:
    """A walk that was cut off ends right behind its last candidate: a space comes before all that ids are made of."""
    return _Walk(list(dict.fromkeys(rows)), f"{rows[-1]} " if len(rows) == at_most else None)


async def load_found(
    conn: Connection, organization: str, wanted: PoolSearch, candidates: Sequence[str]
) -> list[FoundMember]:
    """Those of these candidates' places that every filter lets through, at most a page; of `jobs` only, if named."""
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
          AND ($13::text[] IS NULL OR (
              SELECT (array_agg(a.job ORDER BY a.topic DESC) FILTER (WHERE a.job IS NOT NULL))[1] FROM applications a
              WHERE a.organization = $1 AND a.application = m.application
                AND a.topic IN ('application-submitted', 'application-decided')) = ANY($13))
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
        wanted.limit,
        wanted.jobs,
    )
    return [FoundMember(Member(*member), level, assessed_at) for *member, level, assessed_at in rows]
