"""The pool as hiring managers search it: who applied for a job of theirs, by what they may read and nothing else."""

from collections.abc import Sequence

from services.candidates.domain.findable import AssessedSkill, RatedOf, ReasonedPlace, SearchTexts, describe, skills
from services.candidates.sql.findable import load_rated, load_texts
from services.candidates.sql.pool_search import WALKED, FoundMember, PoolPage, PoolSearch, finds_nobody, load_found
from shared.kit.db import Connection
from shared.kit.people import Pair, People, find_people

EVERY_PLACE = 2**31


async def search_own(conn: Connection, organization: str, wanted: PoolSearch, jobs: Sequence[str]) -> PoolPage:
    """Places that come from an application for one of these jobs, found by names, `why`, and words and levels of them.

    What stands in the index is made of everything, other jobs too: here it is made anew of these alone.
    """
    if finds_nobody(wanted):
        return PoolPage([], None)
    walk = [c for c in await _find_applicants(conn, organization, jobs) if c >= wanted.after[0]]
    if wanted.candidates is not None:
        walk = [c for c in walk if c in wanted.candidates]
    here, rest = walk[:WALKED], walk[WALKED:]
    anyhow = wanted._replace(words=None, competency=None, jobs=jobs, limit=EVERY_PLACE)
    places = await load_found(conn, organization, anyhow, here)
    found = await _found_by(conn, organization, wanted, places, jobs)
    if len(found) > wanted.limit:
        last = found[wanted.limit - 1]
        return PoolPage(found[: wanted.limit], (last.candidate, last.member.family))
    return PoolPage(found, (f"{here[-1]} ", "") if rest else None)


async def _found_by(
    conn: Connection, organization: str, wanted: PoolSearch, places: Sequence[FoundMember], jobs: Sequence[str]
) -> list[FoundMember]:
    """Those whom words and level let through, with the level that was seen for these jobs."""
    if not (wanted.words or wanted.competency):
        return list(places)
    people = People(await find_people(conn, [(organization, one.candidate) for one in places]), {})
    reasoned = [ReasonedPlace(organization, m.candidate, m.member.family, m.member.why) for m in places]
    texts = await _load_texts(conn, people, jobs)
    described = {(d.candidate, d.family): {*d.words} for d in describe(reasoned, texts)}
    seen = await _load_seen(conn, people, reasoned, wanted.competency, jobs)
    return [
        one._replace(level=level and level.level, assessed_at=level and level.assessed_at)
        for one in places
        if {*(wanted.words or ())} <= described[one.candidate, one.member.family]
        for level in [seen.get(one.candidate)]
        if wanted.competency is None or (level and level.whole >= wanted.level)
    ]


async def _load_texts(conn: Connection, people: People, jobs: Sequence[str]) -> dict[Pair, SearchTexts]:
    """Names and titles: what somebody states of themselves stands in their profile, which is no manager's to read."""
    return {pair: texts._replace(skills=()) for pair, texts in (await load_texts(conn, people, jobs)).items()}


async def _load_seen(
    conn: Connection, people: People, places: Sequence[ReasonedPlace], competency: str | None, jobs: Sequence[str]
) -> dict[str, AssessedSkill]:
    """By candidate: this competency, as interviewers of these jobs saw it."""
    if competency is None:
        return {}
    own, rated = await _find_applications(conn, people, jobs), await load_rated(conn, people)
    ratings = {pair: [r for r in of_one if r.application in own] for pair, of_one in rated.ratings.items()}
    found = skills(places, RatedOf(ratings, rated.applications))
    return {skill.candidate: skill for skill in found if skill.competency == competency}


async def _find_applications(conn: Connection, people: People, jobs: Sequence[str]) -> set[str]:
    rows = await conn.fetch(
        """
        SELECT a.application FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT application, job FROM applications a WHERE a.organization = k.organization
                            AND a.candidate = k.candidate OFFSET 0) a
        WHERE a.job = ANY($3)
        """,
        *people.ids,
        jobs,
    )
    return {row["application"] for row in rows}


async def _find_applicants(conn: Connection, organization: str, jobs: Sequence[str]) -> list[str]:
    """Everyone who applied for one of these jobs, by the id that stands for them."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT coalesce(a.person, f.candidate) AS candidate FROM unnest($2::text[]) AS k(job)
        CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = $1 AND f.job = k.job
                            AND f.topic IN ('application-submitted', 'application-decided') OFFSET 0) f
        LEFT JOIN LATERAL (SELECT person FROM aliases a WHERE a.organization = $1 AND a.candidate = f.candidate
                           OFFSET 0) a ON true
        """,
        organization,
        jobs,
    )
    return sorted(row["candidate"] for row in rows)
