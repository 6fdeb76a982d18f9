"""What people are called, who is found by it, and who has to do with them."""

from collections.abc import Sequence
from typing import NamedTuple

from services.candidates.domain.names import NameWord, RegisteredNames
from shared.kit.db import Connection
from shared.kit.people import Pair, People


class KnownName(NamedTuple):
    """Who somebody is, by one of their ids."""

    candidate: str
    person: str
    name: str
    preferred_name: str | None
    email: str | None


async def load_names(conn: Connection, organization: str, candidates: list[str], limit: int) -> list[KnownName]:
    """The newest names of these people, in the order of the ids that are asked for."""
    rows = await conn.fetch(
        """
        SELECT k.candidate, f.person, f.body ->> 'name' AS name, f.body ->> 'preferred_name' AS preferred_name,
               f.body ->> 'email' AS email
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT p.person, f.body
            FROM people_named(ARRAY[$1::text], ARRAY[k.candidate]) p
            CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = $1 AND f.candidate = p.candidate
                                AND f.topic = 'candidate-registered' OFFSET 0) f
            ORDER BY f.time DESC LIMIT 1) f
        ORDER BY k.candidate COLLATE "C" LIMIT $3
        """,
        organization,
        candidates,
        limit,
    )
    return [KnownName(*row) for row in rows]


async def find_met(
    conn: Connection, organization: str, candidates: list[str], manager: str | None, interviewer: str | None
) -> list[str]:
    """Those of these people who applied for a job of this hiring manager, or whom this interviewer interviews."""
    rows = await conn.fetch(
        """
        SELECT k.candidate FROM unnest($2::text[]) AS k(candidate)
        WHERE EXISTS (
            SELECT FROM people_named(ARRAY[$1::text], ARRAY[k.candidate]) p
            CROSS JOIN LATERAL (SELECT topic, job, body FROM facts f WHERE f.organization = $1
                                AND f.candidate = p.candidate OFFSET 0) f
            LEFT JOIN LATERAL (SELECT team FROM openings o WHERE o.organization = $1 AND o.job = f.job OFFSET 0) o
                ON f.topic IN ('application-submitted', 'application-decided')
            WHERE o.team @> jsonb_build_array(jsonb_build_object('user', $3::text, 'role', 'hiring_manager'))
               OR (f.topic IN ('interview-completed', 'interview-scheduled')
                   AND f.body -> 'interviewers' @> jsonb_build_array(jsonb_build_object('user', $4::text))))
        ORDER BY k.candidate COLLATE "C"
        """,
        organization,
        candidates,
        manager,
        interviewer,
    )
    return [row[0] for row in rows]


async def load_registered_names(conn: Connection, people: People) -> dict[Pair, RegisteredNames]:
    """What the profiles under all ids of these people call them."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               array_agg(f.body ->> 'name') || array_remove(array_agg(f.body ->> 'preferred_name'), NULL) AS names,
               array_remove(array_agg(f.body ->> 'email'), NULL) AS addresses
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'candidate-registered' OFFSET 0) f
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    return {(organization, person): RegisteredNames(*known) for organization, person, *known in rows}


async def save_name_words(conn: Connection, people: People, words: Sequence[NameWord]) -> None:
    """Keep these words and no others of these people. The only writer of the table."""
    await conn.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[]) AS w(organization, candidate, word)
        ), gone AS (
            DELETE FROM names WHERE ctid = ANY(ARRAY(
                SELECT n.ctid FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
                CROSS JOIN LATERAL (SELECT n.ctid, n.word FROM names n WHERE n.organization = k.organization
                                    AND n.candidate = k.candidate OFFSET 0) n
                WHERE (k.organization, k.candidate, n.word) NOT IN (SELECT organization, candidate, word FROM wanted)))
        )
        INSERT INTO names (organization, candidate, word)
        SELECT organization, candidate, word FROM wanted ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
        """,
        *people.ids,
        [w.organization for w in words],
        [w.candidate for w in words],
        [w.word for w in words],
    )


class NameSearch(NamedTuple):
    """How the words begin, the leading one first; from which place on."""

    leading: str
    others: list[str]
    after: tuple[str, str]
    limit: int


class FoundName(NamedTuple):
    """Somebody whose leading word is this one."""

    word: str
    candidate: str
    is_found: bool


async def search_names(conn: Connection, organization: str, wanted: NameSearch) -> list[FoundName]:
    """Who the leading beginning leads to, each once, and whether the others are theirs, too."""
    rows = await conn.fetch(
        """
        SELECT n.word, n.candidate,
               NOT EXISTS (SELECT FROM names b WHERE b.organization = $1 AND b.candidate = n.candidate
                           AND b.word >= $2 AND b.word < n.word)
               AND NOT EXISTS (
                   SELECT FROM unnest($3::text[]) AS o(beginning)
                   WHERE NOT EXISTS (SELECT FROM names x WHERE x.organization = $1 AND x.candidate = n.candidate
                                     AND x.word >= o.beginning AND starts_with(x.word, o.beginning))) AS is_found
        FROM (
            SELECT word, candidate FROM names
            WHERE organization = $1 AND word <> '' AND word >= $2 AND word < $2 || chr(1114111)
              AND (word, candidate COLLATE "C") > ($4, $5)
            ORDER BY word, candidate COLLATE "C" LIMIT $6) n
        ORDER BY n.word, n.candidate COLLATE "C"
        """,
        organization,
        wanted.leading,
        wanted.others,
        *wanted.after,
        wanted.limit,
    )
    return [FoundName(*row) for row in rows]
