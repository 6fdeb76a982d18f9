"""News: the organisation's notes, the jobs that are open in a field of work, and who waits for something to be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from services.notifications.domain.news import fields_of, hears_more
from services.notifications.domain.organizations import Opening
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.organizations import load_openings
from shared.contracts import NewsPublished, Purpose
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Jobs, Pair

AT_ONCE = 50  # notes


class JobOfFamily(NamedTuple):
    """One job with its field of work."""

    organization: str
    job: str
    family: str
    is_open: bool


JOBS = DerivedTable[JobOfFamily](
    "jobs",
    key=("organization", "job"),
    columns={"organization": "text", "job": "text", "family": "text", "is_open": "boolean"},
    whose="job",
)


async def load_listed(conn: Connection, jobs: Jobs) -> list[JobOfFamily]:
    """Those of these jobs that were opened at least once."""
    found = await load_openings(conn, jobs.pairs)
    return [
        JobOfFamily(organization, job, opening.family, not opening.is_closed)
        for organization, openings in found.items()
        for job, opening in openings.items()
        if opening.family
    ]


async def with_news(conn: Connection, records: Sequence[RecipientRecord]) -> list[RecipientRecord]:
    """The same people, those who asked to be kept in touch with what there is to tell."""
    asked = [r for r in records if Purpose.KEEP_IN_TOUCH in r.consents]
    fields = {(r.organization.organization, field) for r in asked for field in fields_of(r)}
    readers: dict[str, list[RecipientRecord]] = defaultdict(list)
    for r in asked:
        readers[r.organization.organization].append(r)
    notes = {organization: await _load_notes(conn, organization, of) for organization, of in readers.items()}
    offered = await _load_offered(conn, fields)
    return [
        r
        if Purpose.KEEP_IN_TOUCH not in r.consents
        else r._replace(
            news=notes[r.organization.organization],
            offered=[o for f in sorted(fields_of(r)) for o in offered[r.organization.organization, f]],
        )
        for r in records
    ]


async def _load_notes(conn: Connection, organization: str, readers: Sequence[RecipientRecord]) -> list[NewsPublished]:
    """The newest first, as far back as any of these people is still told of."""
    found: list[NewsPublished] = []
    after: Sequence[str] = ("", "")
    while readers:
        page = await list_news(conn, organization, after, AT_ONCE)
        found += page
        after = place_of(page[-1]) if page else after
        readers = [r for r in readers if len(page) == AT_ONCE and hears_more(r, found)]
    return found


def place_of(note: NewsPublished) -> list[str]:
    """Where it stands in the list, as text that sorts so."""
    return [note.model_dump(mode="json")["published_at"], note.news]


async def list_news(conn: Connection, organization: str, after: Sequence[str], limit: int) -> list[NewsPublished]:
    """Notes, the newest first, from a place on: when it was published, and its id."""
    at, news = after
    rows = await conn.fetch(
        """
        SELECT body FROM facts
        WHERE organization = $1 AND topic = 'news-published'
          AND ($2 = '' OR (body ->> 'published_at', fact) < ($2, $3))
        ORDER BY body ->> 'published_at' DESC, fact DESC LIMIT $4
        """,
        organization,
        at,
        news,
        limit,
    )
    return [NewsPublished.model_validate_json(row["body"]) for row in rows]


async def find_news(conn: Connection, organization: str, news: str) -> NewsPublished | None:
    """One note, or None."""
    body = await conn.fetchval(
        "SELECT body FROM facts WHERE organization = $1 AND fact = $2 AND topic = 'news-published'", organization, news
    )
    return NewsPublished.model_validate_json(body) if body else None


async def find_untold(conn: Connection, news: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone who would be written to if there were something to tell."""
    rows = await conn.fetch(
        """
        SELECT k.organization, l.candidate FROM unnest($1::text[]) AS k(organization)
        CROSS JOIN LATERAL (SELECT candidate FROM letters l WHERE l.organization = k.organization
                            AND l.kind = 'keep_in_touch' AND l.state = 'suppressed'
                            AND l.reason = 'nothing_new' OFFSET 0) l
        """,
        sorted({organization for organization, _ in news}),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def _load_offered(conn: Connection, fields: Collection[Pair]) -> dict[Pair, list[Opening]]:
    """By organisation and field of work: the jobs that are open."""
    found: dict[Pair, list[Opening]] = defaultdict(list)
    if not fields:
        return found
    rows = await conn.fetch(
        """
        SELECT k.organization, j.job, k.family FROM unnest($1::text[], $2::text[]) AS k(organization, family)
        CROSS JOIN LATERAL (SELECT job FROM jobs j WHERE j.organization = k.organization AND j.family = k.family
                            AND j.is_open OFFSET 0) j
        """,
        *parted(sorted(fields)),
    )
    openings = await load_openings(conn, [(organization, job) for organization, job, _ in rows])
    for organization, job, family in rows:
        found[organization, family].append(openings[organization][job])
    return found
