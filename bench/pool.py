"""The pool is searched: 95 of 100 pages of each kind, beside a query that looks at everything.

Members are stored by SQL, as if they had been placed and described: names, titles, stated skills, three assessed
competencies each. The peer has the same rows without any index, `ILIKE` and `OFFSET`, PostgreSQL's own settings, and
memory enough to keep one competency's people at hand.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from bench.servers import Servers
from bench.stored import cpu_of
from services.candidates.domain.findable import words_of
from services.candidates.sql.pool_search import FoundMember, PoolSearch, search_pool
from shared.kit.db import Database
from shared.people.restricted import find_restricted

ORGANIZATION = "bench"
OURS, PEERS, WARM = 100, 3, 10  # pages of each kind: measured of ours and of the peer, and before ours
PAGE = 50
SLOW_BUT_SURE = 3_000  # pages until an answer is whole, at most

FAMILIES = ("data", "sales", "operations", "design", "research", "support", "finance", "people", "legal")
CYCLES = tuple(f"Summer {year}" for year in range(2008, 2028))
FAMILY_OF_ONE_CYCLE = ("quantum", "Winter 2001")  # a hundredth of a percent, and only there

KINDS: dict[str, Sequence[PoolSearch]] = {
    "family": [PoolSearch(family=f) for f in (*FAMILIES, "quantum")],
    "tier": [PoolSearch(tier=t) for t in ("silver_medalist", "promising", "developing", "unassessed")],
    "cycle": [PoolSearch(cycle=c) for c in CYCLES],
    "status": [PoolSearch(status=s) for s in ("held", "active", "paused", "left")],
    "family, tier, status and cycle": [
        PoolSearch(f, "silver_medalist", "active", c) for f in FAMILIES[:3] for c in CYCLES[:3]
    ],
    "competency and level": [
        PoolSearch(competency=f"skill-{n}", level=level) for n in (0, 1, 150) for level in (2, 4, 5)
    ],
    "rare word": [PoolSearch(words=(f"last{n}",)) for n in range(1, 400, 20)],
    "frequent word": [PoolSearch(words=(w,)) for w in ("analyst", "senior", "remote")],
    "frequent words of one name": [PoolSearch(words=(f"first{n}", "analyst", "senior")) for n in range(20)],
    "words of a reason": [PoolSearch(words=tuple(words_of("an offer was made and declined")))],
    "word, family, competency and level": [
        PoolSearch(f, words=("analyst",), competency="skill-0", level=4) for f in FAMILIES
    ],
    "what never meets": [PoolSearch(family=f, cycle=FAMILY_OF_ONE_CYCLE[1], words=("analyst",)) for f in FAMILIES],
}


class PoolRun(NamedTuple):
    """Milliseconds: what 95 of 100 pages of one kind took at most, and what a page costs."""

    ours: float
    peer: float
    cpu: float  # of one page of ours, the asking process and PostgreSQL together


async def run(servers: Servers, members: int) -> dict[str, PoolRun]:
    """Each kind of search, and the second page of each, over so many members."""
    async with servers.database("candidates") as addresses:
        owner = await asyncpg.connect(addresses.owner_url)
        await owner.execute(
            "SELECT set_config('app.organizations', '*', false), set_config('work_mem', '256MB', false)"
        )
        await _store(owner, members)
        database = await Database.connect(addresses.url, "candidates")
        try:
            measured = _Measured(servers, database, owner)
            return {kind: await measured.run(kind, asked) for kind, asked in _with_second_pages().items()}
        finally:
            await database.close()
            await owner.close()


def _with_second_pages() -> dict[str, Sequence[PoolSearch]]:
    return {**KINDS, SECOND: [wanted for asked in KINDS.values() for wanted in asked]}


SECOND = "second page of any"


class _Measured(NamedTuple):
    """Both sides of the measurement."""

    servers: Servers
    database: Database
    owner: Any

    async def run(self, kind: str, asked: Sequence[PoolSearch]) -> PoolRun:
        await _compare(self.database, self.owner, asked)
        pages = [await _second(self.database, w) for w in asked] if kind == SECOND else list(asked)
        for n in range(WARM):
            await _search(self.database, pages[n % len(pages)])
        before = time.process_time() + cpu_of(self.servers)
        ours = [await timed(_search(self.database, pages[n % len(pages)])) for n in range(OURS)]
        cpu = (time.process_time() + cpu_of(self.servers) - before) / OURS * 1000
        skipped = PAGE if kind == SECOND else 0
        peer = [await timed(_naive(self.owner, asked[n * 7 % len(asked)], skipped)) for n in range(PEERS)]
        done = PoolRun(p95(ours), p95(peer), cpu)
        median = sorted(ours)[OURS // 2]
        print(f"  {kind}: {done.ours:.1f} ms (median {median:.1f}, CPU {cpu:.1f}), peer {done.peer:.1f} ms", flush=True)
        return done


async def timed(work: Any) -> float:
    before = time.perf_counter()
    await work
    return (time.perf_counter() - before) * 1000


def p95(times: Sequence[float]) -> float:
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


async def _search(database: Database, wanted: PoolSearch) -> tuple[list[FoundMember], tuple[str, str] | None]:
    """What the route does between the request and its JSON."""
    async with database.transaction([ORGANIZATION]) as conn:
        page = await search_pool(conn, ORGANIZATION, wanted)
        await find_restricted(conn, ORGANIZATION, {found.candidate for found in page.members})
    return page.members, page.after


async def _second(database: Database, wanted: PoolSearch) -> PoolSearch:
    _, after = await _search(database, wanted)
    return wanted._replace(after=after or ("", ""))


async def _compare(database: Database, owner: Any, asked: Sequence[PoolSearch]) -> None:
    """The first page's worth of both sides is the same, however many pages of ours it takes."""
    for wanted in (asked[0], asked[-1]):
        found: list[str] = []
        step: PoolSearch | None = wanted
        for _ in range(SLOW_BUT_SURE):
            if step is None or len(found) >= PAGE:
                break
            members, after = await _search(database, step)
            found += [each.candidate for each in members]
            step = wanted._replace(after=after) if after else None
        if found[:PAGE] != [row[0] for row in await _naive(owner, wanted, 0)]:
            raise SystemExit(f"Both sides find others: nothing is compared. {wanted}")


async def _naive(owner: Any, wanted: PoolSearch, skipped: int) -> list[Any]:
    rows: list[Any] = await owner.fetch(
        """
        SELECT m.candidate, m.family, m.membership, m.application, m.cycle, m.tier, m.status, m.reason, m.why,
               m.evidence, m.rules_version, m.reconfirm_at, m.expires_at
        FROM naive_members m
        WHERE organization = $1 AND ($2::text IS NULL OR family = $2) AND ($3::text IS NULL OR tier = $3)
          AND (status = $4 OR $4 IS NULL AND status <> 'left') AND ($5::text IS NULL OR cycle = $5)
          AND ($6::text IS NULL OR candidate IN (
              SELECT candidate FROM naive_skills s WHERE s.organization = $1 AND competency = $6 AND level >= $7))
          AND text ILIKE ALL ($8::text[])
        ORDER BY candidate, family LIMIT $9 OFFSET $10
        """,
        ORGANIZATION,
        wanted.family,
        wanted.tier,
        wanted.status,
        wanted.cycle,
        wanted.competency,
        wanted.level,
        [f"% {word} %" for word in wanted.words or ()],
        PAGE,
        skipped,
    )
    return rows


async def store_members(owner: Any, members: int) -> None:
    """So many members, findable, described and assessed."""
    for statement in _MEMBERS, _DESCRIPTIONS, _WORDS, _SKILLS:
        arguments = {_MEMBERS: [members, list(FAMILIES), list(CYCLES), *FAMILY_OF_ONE_CYCLE], _SKILLS: []}
        await owner.execute(statement, *arguments.get(statement, []))
    await _settle(owner, "members", "descriptions", "words", "skills")


async def _store(owner: Any, members: int) -> None:
    await store_members(owner, members)
    for statement in _NAIVE:
        await owner.execute(statement)
    await _settle(owner, "naive_members", "naive_skills")


async def _settle(owner: Any, *tables: str) -> None:
    for table in tables:
        await owner.execute(f"VACUUM ANALYZE {table}")
        await asyncio.sleep(0)


# Everything about somebody follows from a number by a hash, so that nothing goes with the order of the ids.
_MEMBERS = """
    INSERT INTO members (organization, candidate, family, membership, application, cycle, tier, status, reason, why,
                         evidence, rules_version, reconfirm_at, expires_at, due_at)
    SELECT 'bench', candidate, CASE WHEN one_of_few THEN $4 ELSE ($2::text[])[1 + least(f / 12, 8)] END,
           gen_random_uuid(), 'a' || n, CASE WHEN one_of_few THEN $5 ELSE ($3::text[])[1 + c % 20] END, tier, status,
           CASE status WHEN 'left' THEN 'expired' END,
           CASE WHEN t % 100 = 0 THEN ARRAY['Silver medalist: an offer was made and declined.']
                ELSE ARRAY['Promising: two verdicts (yes, yes).', 'Consented to the talent pool on 2026-11-16.'] END,
           ARRAY['f' || n], 'pool-1', now() + interval '6 months', now() + interval '24 months', NULL
    FROM (
        SELECT n, 'p' || substr(md5(n::text), 1, 16) AS candidate, n % 10000 = 7 AS one_of_few,
               (hashint8(n + 1000000001) & 2147483647) % 120 AS f, hashint8(n + 2000000001) & 2147483647 AS c,
               hashint8(n + 4000000001) & 2147483647 AS t,
               CASE WHEN k < 150 THEN 'silver_medalist' WHEN k < 450 THEN 'promising' WHEN k < 900 THEN 'developing'
                    ELSE 'unassessed' END AS tier,
               CASE WHEN s < 1 THEN 'held' WHEN s < 50 THEN 'paused' WHEN s < 450 THEN 'active'
                    WHEN s < 650 THEN 'invited' WHEN s < 900 THEN 'not_invited' ELSE 'left' END AS status
        FROM generate_series(1, $1::bigint) AS n
        CROSS JOIN LATERAL (SELECT (hashint8(n + 5000000001) & 2147483647) % 1000 AS k,
                                   (hashint8(n + 6000000001) & 2147483647) % 1000 AS s) h
    ) somebody
"""
_DESCRIPTIONS = """
    INSERT INTO descriptions (organization, candidate, family, words)
    SELECT organization, candidate, family,
           ARRAY['first' || h % 2000, 'last' || h / 2000 % 50000]
           || CASE WHEN h / 101 % 2 = 0 THEN ARRAY['analyst'] ELSE ARRAY['title' || h % 97] END
           || CASE WHEN h / 103 % 10 < 3 THEN ARRAY['senior'] ELSE '{}' END
           || CASE WHEN h / 107 % 100 = 0 THEN ARRAY['remote'] ELSE '{}' END
           || ARRAY['stated' || h % 300, 'stated' || 300 + h / 7 % 300]
           || string_to_array(CASE cardinality(why) WHEN 1 THEN 'silver medalist an offer was made and declined'
                              ELSE 'promising two verdicts yes consented to the talent pool on' END, ' ')
    FROM (SELECT *, hashtextextended(candidate, 7) & 4611686018427387903 AS h FROM members WHERE status <> 'left') m
"""
_WORDS = """
    INSERT INTO words (organization, word, candidate, family)
    SELECT organization, word, candidate, family FROM descriptions
    CROSS JOIN LATERAL unnest(words) WITH ORDINALITY AS w(word, place)
    WHERE word ~ '^(first|last|title|stated)[0-9]|^(analyst|senior|remote)$' ORDER BY 2, 3
"""
_SKILLS = """
    INSERT INTO skills (organization, candidate, competency, level, whole, assessed_at)
    SELECT organization, candidate, 'skill-' || competency, whole, whole, now()
    FROM descriptions d
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (competency) competency, 1 + (h / 11 % 1000 >= 150)::int + (h / 11 % 1000 >= 500)::int
               + (h / 11 % 1000 >= 850)::int + (h / 11 % 1000 >= 990)::int AS whole
        FROM (SELECT hashtextextended(d.candidate, n) & 4611686018427387903 AS h, n FROM generate_series(1, 3) AS n) r
        CROSS JOIN LATERAL (SELECT CASE WHEN n = 1 THEN h % 3 ELSE h % 200 END AS competency) c
        ORDER BY competency
    ) s
"""
_NAIVE = (
    """
    CREATE TABLE naive_members AS
    SELECT m.*, ' ' || coalesce(array_to_string(d.words, ' '), '') || ' ' AS text
    FROM members m LEFT JOIN descriptions d USING (organization, candidate, family)
    """,
    "CREATE TABLE naive_skills AS SELECT * FROM skills",
)
