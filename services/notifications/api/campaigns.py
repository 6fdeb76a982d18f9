"""Campaigns: what letters commonly suggest, whom a campaign would reach, and starting one: type the number."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from services.notifications.api.approvals import AT_MOST
from services.notifications.api.audience import AddressedPerson, Audience
from services.notifications.api.callers import (
    AnId,
    ById,
    JobReader,
    OfCycle,
    Reader,
    Recruiter,
    find_own_jobs,
    refuse_other_jobs,
)
from services.notifications.api.own_words import refuse_findings
from services.notifications.domain.letters import State
from services.notifications.domain.organizations import Campaign
from services.notifications.sql.campaigns import (
    CampaignCount,
    CommonPoint,
    count_letters,
    count_points,
    find_campaign,
    list_campaigns,
)
from services.notifications.sql.organizations import load_organizations
from shared.contracts import CampaignStarted, Id, Language, Name, OutreachMode, Text, Url, Value
from shared.contracts.values import ID_PATTERN
from shared.kit.db import Connection
from shared.kit.people import lock_organizations
from shared.kit.turn import Turn
from shared.web.answers import AnotherNumber
from shared.web.bodies import Routes
from shared.web.caller import Caller, Recorded
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict, NotFound

routes = Routes(tags=["campaigns"])

MOST_PEOPLE = 10**9

ACompetency = Annotated[str, Query(pattern=ID_PATTERN)]


class CampaignNotFound(NotFound):
    """No campaign of this id."""

    code = "campaign-not-found"


class AlreadyStarted(Conflict):
    """A campaign of this id says something else: what was started never changes."""

    code = "campaign-already-started"


class WordsWithFindings(Conflict):
    """The lint found something in the title or the text."""

    code = "campaign-has-findings"


class LanguageWithoutList(Conflict):
    """Nothing in this language can be looked at before it reaches many people."""

    code = "campaign-language-unknown"


class DevelopmentPoint(Value):
    """A competency that letters suggested to build up, how many people read so, and what their newest job calls it."""

    competency: Id
    people: int
    name: Name | None


class Sharing(Value):
    """Somebody who shares the point.

    `send_at`: they would be written to, now or at the first hour that disturbs nobody. Else `reason`: why they would
    not be written to now, and `until` when, where that is known.
    """

    candidate: Id
    send_at: datetime | None
    reason: str | None
    until: datetime | None


class Preview(Page[Sharing]):
    """A page of the dry run. `count`: how many would be written to, on all pages together; `reasons`: why others not.

    Nothing leaves while the organisation's `mode` is `off` or `shadow`.
    """

    mode: OutreachMode
    count: int
    reasons: dict[str, int]


class CampaignWords(Value):
    """What it is about, and the organisation's own words; `language` is theirs, the organisation's where absent."""

    competency: Id
    job: Id | None = None
    cycle: Name | None = None
    title: Name | None = None
    text: Text | None = None
    url: Url | None = None
    language: Language | None = None


class Start(CampaignWords):
    """Start it. `expected` is how many people are written to: type the number that the preview showed you."""

    expected: Annotated[int, Field(ge=0, le=AT_MOST)]


class ShownCampaign(CampaignWords):
    """A campaign and its letters: sent, still to leave, held back by reason, and those no mail could be made of."""

    campaign: Id
    by: Id
    started_at: datetime
    sent: int
    waiting: int
    suppressed: dict[str, int]
    failed: int


@routes.get("/development-points")
async def read_development_points(
    caller: JobReader, job: ById = None, cycle: OfCycle = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[DevelopmentPoint]:
    """What letters of a job, of a cycle or of the whole organisation suggested to build up, the most common first.

    Hiring managers read of their own jobs: of one, or of all together.
    """
    place = opened(cursor, 2)
    async with caller.turn() as turn:
        if job:
            await refuse_other_jobs(turn.conn, caller, job)
        jobs = [job] if job else await find_own_jobs(turn.conn, caller)
        found = await count_points(turn.conn, caller.organization, jobs, cycle)
    page = [p for p in found if _place(p) > place][:limit]
    points = [DevelopmentPoint(**p._asdict()) for p in page]
    return Page(items=points, cursor=following(page, limit, _place))


@routes.get("/campaigns/preview")
async def preview_campaign(
    competency: ACompetency,
    caller: Reader,
    job: ById = None,
    cycle: OfCycle = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Preview:
    """Dry run: everyone who shares a development point, in the order of their ids, and who would be written to now."""
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        settings = (await load_organizations(turn.conn, [caller.organization]))[caller.organization]
        everyone = await _audience(turn.conn, caller, Campaign("", competency, turn.now, job, cycle))
        visible = await caller.visible(turn.conn, everyone)
    page = [x for x in visible if x.candidate > after][:limit]
    return Preview(
        mode=settings.mode,
        count=_selected(visible),
        reasons=dict(sorted(Counter(x.reason for x in visible if x.reason).items())),
        items=[Sharing(candidate=x.candidate, send_at=x.at, reason=x.reason, until=x.until) for x in page],
        cursor=following(page, limit, lambda x: [x.candidate]),
    )


@routes.get("/campaigns")
async def read_campaigns(caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[ShownCampaign]:
    """Campaigns in the order of their ids, and how far their letters are."""
    async with caller.turn() as turn:
        found = await list_campaigns(turn.conn, caller.organization, opened(cursor, 1)[0], limit)
        tallies = await count_letters(turn.conn, caller.organization, [c.campaign for c in found])
    campaigns = [_shown(c, tallies.get(c.campaign, ())) for c in found]
    return Page(items=campaigns, cursor=following(found, limit, lambda c: [c.campaign]))


@routes.get("/campaigns/{campaign}")
async def read_campaign(campaign: AnId, caller: Reader) -> ShownCampaign:
    """One campaign, and how far its letters are."""
    async with caller.turn() as turn:
        return await _show(turn.conn, caller, campaign)


@routes.put("/campaigns/{campaign}", responses={201: {"description": "Started.", "model": ShownCampaign}})
async def start_campaign(campaign: AnId, start: Start, response: Response, caller: Recruiter) -> ShownCampaign:
    """Write to everyone the preview selects, each when the contact policy allows. The same again starts nothing.

    409 when `expected` is not how many they are, when the lint finds something or has no list of the language, or
    when it was started otherwise.
    Whoever is left out now is written to when the reason ends within 14 days.
    """
    async with caller.turn() as turn:
        await lock_organizations(turn.conn, {caller.organization: True})
        known = await find_campaign(turn.conn, caller.organization, campaign)
        event = _again(known, start) if known else await _begin(turn, caller, campaign, start)
        recorded = await caller.record(turn, event)
        response.status_code = 201 if recorded is Recorded.CREATED else 200
        return await _show(turn.conn, caller, campaign)


def _again(known: Campaign, start: Start) -> CampaignStarted:
    """What was started, word for word. Raises AlreadyStarted."""
    said = CampaignWords(**{name: getattr(known, name) for name in CampaignWords.model_fields})
    asked = CampaignWords(**start.model_dump(exclude={"expected"}))
    if asked.model_copy(update={"language": asked.language or said.language}) != said:
        raise AlreadyStarted("This campaign was started otherwise: give a new one an id of its own.")
    return CampaignStarted(campaign=known.campaign, by=known.by, started_at=known.at, **said.model_dump())


async def _begin(turn: Turn, caller: Caller, campaign: str, start: Start) -> CampaignStarted:
    """A new one, looked at whole. Raises WordsWithFindings, LanguageWithoutList, AnotherNumber."""
    settings = (await load_organizations(turn.conn, [caller.organization]))[caller.organization]
    words = [x for x in (start.title, start.text) if x]
    language = (start.language or settings.language) if words else start.language
    if words:
        await refuse_findings(
            turn.conn, caller.organization, words, language or settings.language,
            unknown=LanguageWithoutList, found=WordsWithFindings,
        )  # fmt: skip
    wanted = Campaign(campaign, start.competency, turn.now, start.job, start.cycle)
    count = _selected(await caller.visible(turn.conn, await _audience(turn.conn, caller, wanted)))
    if count != start.expected:
        raise AnotherNumber(f"{count} people would be written to, not {start.expected}: look again, then say it.")
    said = start.model_dump(exclude={"expected", "language"})
    return CampaignStarted(campaign=campaign, by=caller.user, started_at=turn.now, language=language, **said)


async def _audience(conn: Connection, caller: Caller, campaign: Campaign) -> list[AddressedPerson]:
    key = caller.runtime.settings.hash_key.get_secret_value()
    return await Audience(campaign, key, campaign.at).find(conn, caller.organization)


def _selected(audience: Sequence[AddressedPerson]) -> int:
    return sum(x.at is not None for x in audience)


async def _show(conn: Connection, caller: Caller, campaign: str) -> ShownCampaign:
    found = await find_campaign(conn, caller.organization, campaign)
    if found is None:
        raise CampaignNotFound("There is no campaign of this id.")
    await caller.show_version(conn, CampaignStarted, campaign)
    tallies = await count_letters(conn, caller.organization, [campaign])
    return _shown(found, tallies.get(campaign, ()))


def _shown(campaign: Campaign, tallies: Sequence[CampaignCount]) -> ShownCampaign:
    of = {state: sum(t.letters for t in tallies if t.state == state) for state in State}
    return ShownCampaign(
        **{name: getattr(campaign, name) for name in ("campaign", "by", *CampaignWords.model_fields)},
        started_at=campaign.at,
        sent=of[State.SENT],
        waiting=sum(of[state] for state in (State.PLANNED, State.WAITING, State.READY, State.SENDING)),
        suppressed={t.reason or "unknown": t.letters for t in tallies if t.state == State.SUPPRESSED},
        failed=of[State.FAILED],
    )


def _place(point: CommonPoint) -> list[str]:
    """Where it stands in the list, as text that sorts so."""
    return [f"{MOST_PEOPLE - point.people:010}", point.competency]
