"""What members are found by: what it is made of, and its only writers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.candidates.domain.candidacies import InterviewRatings
from services.candidates.domain.findable import AssessedSkill, Description, RatedOf, SearchTexts, leads
from services.candidates.domain.records import AssessedApplication
from services.candidates.sql.candidacies import load_ratings
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Pair, People


class _Change(NamedTuple):
    """A place whose words are not what they were."""

    organization: str
    candidate: str
    family: str
    before: list[str] | None
    after: list[str] | None


async def load_rated(conn: Connection, people: People) -> RatedOf:
    """What interviewers rated of these people, and when each application was submitted, where that decides."""
    ratings: dict[Pair, list[InterviewRatings]] = defaultdict(list)
    for rating in await load_ratings(conn, people):
        ratings[rating.organization, rating.candidate].append(rating)
    several = [pair for pair, found in ratings.items() if len({rated.application for rated in found}) > 1]
    return RatedOf(ratings, await _load_submitted(conn, people.only(several)) if several else {})


async def load_texts(conn: Connection, people: People, jobs: Sequence[str] | None = None) -> dict[Pair, SearchTexts]:
    """What was written about everyone under any of their ids; titles of these `jobs` only, where they are named."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               coalesce(array_agg(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL), '{}') AS names,
               coalesce(array_agg(DISTINCT t.title) FILTER (WHERE t.title IS NOT NULL), '{}') AS titles,
               coalesce(array_agg(DISTINCT t.skill) FILTER (WHERE t.skill IS NOT NULL), '{}') AS skills
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (
            SELECT n.name, NULL AS title, NULL AS skill
            FROM (SELECT body FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
                  AND f.topic = 'candidate-registered' OFFSET 0) f
            CROSS JOIN LATERAL (VALUES (f.body ->> 'name'), (f.body ->> 'preferred_name')) AS n(name)
            UNION ALL
            SELECT NULL, NULL, s.value ->> 'name'
            FROM (SELECT body FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
                  AND f.topic = 'candidate-registered' OFFSET 0) f
            CROSS JOIN LATERAL jsonb_array_elements(f.body -> 'skills') AS s(value)
            UNION ALL
            SELECT NULL, o.title, NULL
            FROM (SELECT job FROM applications a WHERE a.organization = k.organization AND a.candidate = k.candidate
                  OFFSET 0) a
            CROSS JOIN LATERAL (SELECT title FROM openings o WHERE o.organization = k.organization AND o.job = a.job
                                OFFSET 0) o
            WHERE $4::text[] IS NULL OR a.job = ANY($4)
        ) t
        GROUP BY k.organization, k.person
        """,
        *people.columns,
        jobs,
    )
    return {(organization, person): SearchTexts(*texts) for organization, person, *texts in rows}


async def _load_submitted(conn: Connection, people: People) -> dict[Pair, list[AssessedApplication]]:
    """Every application with its instant: the newest that rated a competency counts."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, a.application, max(a.submitted_at) AS submitted_at
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT application, submitted_at FROM applications a WHERE a.organization = k.organization
                            AND a.candidate = k.candidate OFFSET 0) a
        GROUP BY k.organization, k.person, a.application
        """,
        *people.columns,
    )
    found: dict[Pair, list[AssessedApplication]] = defaultdict(list)
    for organization, person, application, submitted_at in rows:
        found[organization, person].append(AssessedApplication(application, submitted_at=submitted_at))
    return found


async def save_descriptions(conn: Connection, people: People, descriptions: Sequence[Description]) -> list[Pair]:
    """Keep these words and no others of these people, and who is found by each; who came to a place, or left one."""
    changes = await _save_descriptions(conn, people, descriptions)
    gone = [(c, word) for c in changes for word in _leading(c.before) - _leading(c.after)]
    new = [(c, word) for c in changes for word in _leading(c.after) - _leading(c.before)]
    if gone:
        await _delete_words(conn, gone)
    if new:
        await _insert_words(conn, new)
    return [(c.organization, c.candidate) for c in changes if c.before is None or c.after is None]


def _leading(words: Iterable[str] | None) -> set[str]:
    return {word for word in words or () if leads(word)}


async def _save_descriptions(conn: Connection, people: People, wanted: Sequence[Description]) -> list[_Change]:
    """By hand: what was there before is told, too, and asked for apart it would cost a round trip."""
    rows = await conn.fetch(
        """
        WITH wanted AS (
            SELECT organization, candidate, family, string_to_array(words, ' ') AS words
            FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS w(organization, candidate, family, words)
        ), gone AS (
            DELETE FROM descriptions d USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE d.organization = k.organization AND d.candidate = k.candidate
              AND (d.organization, d.candidate, d.family) NOT IN (SELECT organization, candidate, family FROM wanted)
            RETURNING d.organization, d.candidate, d.family, d.words AS before, NULL::text[] AS after
        ), kept AS (
            INSERT INTO descriptions AS d (organization, candidate, family, words)
            SELECT organization, candidate, family, words FROM wanted ORDER BY 1, 2, 3
            ON CONFLICT (organization, candidate, family) DO UPDATE SET words = excluded.words
            WHERE d.words IS DISTINCT FROM excluded.words
            RETURNING new.organization, new.candidate, new.family, old.words AS before, new.words AS after
        )
        SELECT * FROM gone UNION ALL SELECT * FROM kept
        """,
        *people.ids,
        [d.organization for d in wanted],
        [d.candidate for d in wanted],
        [d.family for d in wanted],
        [" ".join(d.words) for d in wanted],
    )
    return [_Change(*row) for row in rows]


async def _delete_words(conn: Connection, gone: Sequence[tuple[_Change, str]]) -> None:
    await conn.execute(
        """
        DELETE FROM words WHERE ctid = ANY(ARRAY(
            SELECT w.ctid FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
                AS k(organization, word, candidate, family)
            CROSS JOIN LATERAL (SELECT ctid FROM words w WHERE w.organization = k.organization AND w.word = k.word
                                AND w.candidate = k.candidate AND w.family = k.family OFFSET 0) w))
        """,
        *_columns(gone),
    )


async def _insert_words(conn: Connection, new: Sequence[tuple[_Change, str]]) -> None:
    await conn.execute(
        """
        INSERT INTO words (organization, word, candidate, family)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(organization, word, candidate, family)
        ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING
        """,
        *_columns(new),
    )


def _columns(words: Sequence[tuple[_Change, str]]) -> tuple[list[str], list[str], list[str], list[str]]:
    return (
        [c.organization for c, _ in words],
        [word for _, word in words],
        [c.candidate for c, _ in words],
        [c.family for c, _ in words],
    )


SKILLS = DerivedTable[AssessedSkill](
    "skills",
    key=("organization", "candidate", "competency"),
    columns={
        "organization": "text", "candidate": "text", "competency": "text", "level": "float8", "whole": "smallint",
        "assessed_at": "timestamptz",
    },
)  # fmt: skip
