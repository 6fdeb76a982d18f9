"""What an organisation told many at once: notes and campaigns, and whom mails of either kind went to."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from services.insights.domain.told import SaidCampaign, SaidToMany
from shared.contracts import CampaignStarted, NewsPublished
from shared.kit.db import Connection
from shared.kit.people import Pair


async def load_said_to_many(conn: Connection, organizations: Collection[str]) -> dict[str, SaidToMany]:
    """By organisation; nothing of those that are not asked for."""
    found: dict[str, SaidToMany] = defaultdict(SaidToMany)
    if not organizations:
        return found
    rows = await conn.fetch(
        """
        SELECT k.organization, f.topic, f.body FROM unnest($1::text[]) AS k(organization)
        CROSS JOIN LATERAL (SELECT topic, body FROM facts f WHERE f.organization = k.organization
                            AND f.topic = 'news-published'
                            UNION ALL SELECT topic, body FROM facts f WHERE f.organization = k.organization
                            AND f.topic = 'campaign-started' OFFSET 0) f
        """,
        sorted(organizations),
    )
    notes, campaigns = defaultdict(list), defaultdict(list)
    for organization, topic, body in rows:
        if topic == NewsPublished.topic:
            notes[organization].append(NewsPublished.model_validate_json(body))
        else:
            said = CampaignStarted.model_validate_json(body)
            campaigns[organization].append(SaidCampaign(said.campaign, said.competency, said.job, said.cycle))
    found |= {o: SaidToMany(notes[o], campaigns[o]) for o in {*notes, *campaigns}}
    return found


async def find_written_to(conn: Connection, said: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone whom a campaign or a mail of news went to."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, f.candidate FROM unnest($1::text[]) AS k(organization)
        CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization
                            AND f.topic = 'outreach-sent' AND f.body ->> 'kind' IN ('campaign', 'keep_in_touch')
                            OFFSET 0) f
        """,
        sorted({organization for organization, _ in said}),
    )
    return [(organization, candidate) for organization, candidate in rows]
