"""Campaigns, the letters of each, and who shares a development point."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.notifications.domain.organizations import Campaign
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair


class CampaignCount(NamedTuple):
    """How many of a campaign's letters are in one state, for one reason where there is one."""

    campaign: str
    state: str
    reason: str | None
    letters: int


class CommonPoint(NamedTuple):
    """A development point, how many people share it, and what the newest job of theirs that asks for it calls it."""

    competency: str
    people: int
    name: str | None


async def load_campaigns(conn: Connection, competencies: Iterable[Pair]) -> dict[str, list[Campaign]]:
    """By organisation: every campaign about one of these (organisation, competency), the first one first."""
    wanted = sorted(set(competencies))
    if not wanted:
        return {}
    rows = await conn.fetch(
        """
        SELECT k.organization, c.campaign, c.competency, c.started_at AS at, c.job, c.cycle, c.by_user AS by, c.title,
               c.text, c.url, c.language, c.historical AS is_historical
        FROM unnest($1::text[], $2::text[]) AS k(organization, competency)
        CROSS JOIN LATERAL (SELECT * FROM campaigns c WHERE c.organization = k.organization
                            AND c.competency = k.competency OFFSET 0) c
        ORDER BY c.started_at, c.campaign
        """,
        *parted(wanted),
    )
    found: dict[str, list[Campaign]] = defaultdict(list)
    for organization, *campaign in rows:
        found[organization].append(Campaign(*campaign))
    return found


async def find_campaign(conn: Connection, organization: str, campaign: str) -> Campaign | None:
    """One campaign, or None."""
    row = await conn.fetchrow(
        """
        SELECT campaign, competency, started_at AS at, job, cycle, by_user AS by, title, text, url, language,
               historical AS is_historical
        FROM campaigns WHERE organization = $1 AND campaign = $2
        """,
        organization,
        campaign,
    )
    return Campaign(*row) if row else None


async def list_campaigns(conn: Connection, organization: str, after: str, limit: int) -> list[Campaign]:
    """Campaigns in the order of their ids."""
    rows = await conn.fetch(
        """
        SELECT campaign, competency, started_at AS at, job, cycle, by_user AS by, title, text, url, language,
               historical AS is_historical
        FROM campaigns WHERE organization = $1 AND campaign > $2 ORDER BY campaign LIMIT $3
        """,
        organization,
        after,
        limit,
    )
    return [Campaign(*row) for row in rows]


async def count_letters(
    conn: Connection, organization: str, campaigns: Iterable[str]
) -> dict[str, list[CampaignCount]]:
    """By campaign: its letters, counted by state and reason."""
    rows = await conn.fetch(
        """
        SELECT l.about AS campaign, l.state, l.reason, count(*) AS letters FROM unnest($2::text[]) AS k(campaign)
        CROSS JOIN LATERAL (SELECT about, state, reason FROM letters l WHERE l.organization = $1
                            AND l.kind = 'campaign' AND l.about = k.campaign OFFSET 0) l
        GROUP BY l.about, l.state, l.reason ORDER BY l.about, l.state, l.reason
        """,
        organization,
        list(campaigns),
    )
    found: dict[str, list[CampaignCount]] = defaultdict(list)
    for row in rows:
        found[row["campaign"]].append(CampaignCount(*row))
    return found


async def find_addressed(conn: Connection, campaigns: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone with a letter that names what one of these campaigns is about."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, r.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, campaign)
        CROSS JOIN LATERAL (SELECT competency FROM campaigns c WHERE c.organization = k.organization
                            AND c.campaign = k.campaign OFFSET 0) c
        CROSS JOIN LATERAL (SELECT candidate FROM facts r WHERE r.organization = k.organization
                            AND r.topic = 'feedback-released'
                            AND jsonb_path_exists(r.body, '$.development[*] ? (@.competency == $sought)',
                                                  jsonb_build_object('sought', c.competency)) OFFSET 0) r
        """,
        *parted(sorted(set(campaigns))),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_told(conn: Connection, organization: str, competency: str) -> list[str]:
    """Every id with a letter that names this competency as one to build up."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT candidate FROM facts
        WHERE organization = $1 AND topic = 'feedback-released'
          AND jsonb_path_exists(body, '$.development[*] ? (@.competency == $sought)',
                                jsonb_build_object('sought', $2::text))
        """,
        organization,
        competency,
    )
    return [row[0] for row in rows]


async def count_points(
    conn: Connection, organization: str, jobs: Sequence[str] | None, cycle: str | None
) -> list[CommonPoint]:
    """How many people read each development point in a letter of these jobs, of a cycle, or any: the most common first.

    The same people as `domain.sharing` finds: the letter left and did not come back; nobody who is restricted.
    """
    rows = await conn.fetch(
        """
        SELECT point.value ->> 'competency' AS competency, count(DISTINCT coalesce(a.person, r.candidate)) AS people,
               (array_agg(n.name ORDER BY o.opened_at DESC, o.job) FILTER (WHERE n.name IS NOT NULL))[1] AS name
        FROM facts r
        CROSS JOIN LATERAL (SELECT FROM facts s WHERE s.organization = r.organization AND s.fact = r.fact
                            AND s.topic = 'outreach-sent' OFFSET 0) s
        LEFT JOIN LATERAL (SELECT person FROM aliases a WHERE a.organization = r.organization
                           AND a.candidate = r.candidate OFFSET 0) a ON true
        LEFT JOIN LATERAL (SELECT job FROM (SELECT topic, job FROM facts f WHERE f.organization = r.organization
                                            AND f.fact = r.body ->> 'application' OFFSET 0) f
                           WHERE job IS NOT NULL AND topic IN ('application-submitted', 'application-decided')
                           ORDER BY topic DESC LIMIT 1) f ON true
        LEFT JOIN LATERAL (SELECT job, cycle, opened_at, competencies FROM openings o
                           WHERE o.organization = r.organization AND o.job = f.job OFFSET 0) o ON true
        LEFT JOIN LATERAL (SELECT true AS came_back FROM facts b WHERE b.organization = r.organization
                           AND b.fact = r.fact AND b.topic = 'outreach-bounced'
                           AND b.body ->> 'bounce' = 'hard' OFFSET 0) b ON true
        LEFT JOIN LATERAL (SELECT true AS is_restricted FROM people_named(ARRAY[$1], ARRAY[r.candidate]) i
                           CROSS JOIN LATERAL (SELECT FROM facts e WHERE e.organization = i.organization
                                               AND e.fact = i.candidate AND e.topic = 'erasure-requested' OFFSET 0) e
                           LIMIT 1) e ON true
        CROSS JOIN LATERAL jsonb_array_elements(r.body -> 'development') AS point(value)
        LEFT JOIN LATERAL (SELECT c.value ->> 'name' AS name FROM jsonb_array_elements(o.competencies) AS c(value)
                           WHERE c.value ->> 'competency' = point.value ->> 'competency' LIMIT 1) n ON true
        WHERE r.organization = $1 AND r.topic = 'feedback-released' AND NOT r.historical
          AND ($2::text[] IS NULL OR f.job = ANY($2)) AND ($3::text IS NULL OR o.cycle = $3)
          AND b.came_back IS NULL AND e.is_restricted IS NULL
        GROUP BY 1 ORDER BY 2 DESC, 1
        """,
        organization,
        jobs,
        cycle,
    )
    return [CommonPoint(*row) for row in rows]
