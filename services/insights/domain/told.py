"""What an organisation told many at once, and whom of those who lacked or had misunderstood it that reached."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.insights.domain.heard import HeardMail, HeardPerson
from services.insights.domain.rows import Candidacy
from shared.business_days import Calendar
from shared.contracts import EARLIEST, NewsPublished, letter_id
from shared.contracts.reading import notes_told

NEWS, CAMPAIGN = "keep_in_touch", "campaign"  # kinds of letters
HALF_A_YEAR = timedelta(days=181)  # at its shortest: a mail of news tells no less than was published so long before


class SaidCampaign(NamedTuple):
    """A campaign about one competency, of a job, of a cycle, or of both or neither."""

    campaign: str
    competency: str
    job: str | None = None
    cycle: str | None = None


class SaidToMany(NamedTuple):
    """Everything that an organisation told many at once."""

    notes: Sequence[NewsPublished] = ()
    campaigns: Sequence[SaidCampaign] = ()


NOTHING_SAID = SaidToMany()


def put_right(
    person: HeardPerson, candidacies: Iterable[Candidacy], said: SaidToMany, calendar: Calendar
) -> Mapping[str, datetime]:
    """By what it is about, when a mail told them last what they may have understood otherwise.

    A first mail tells what is new since they agreed to it, which is not heard of: half a year counts, no more.
    """
    if not said.notes:
        return {}
    found: dict[str, datetime] = {}
    known, before = list(candidacies), EARLIEST
    fields = {*(c.family for c in known if c.family), *(p.family for p in person.places if p.family)}
    for mail in sorted((m for m in person.mails if m.kind == NEWS), key=lambda m: m.left_at):
        there = [n for n in said.notes if n.published_at <= mail.left_at]
        since, today = max(before, mail.left_at - HALF_A_YEAR), calendar.local(mail.left_at).date()
        for note in notes_told(there, since, today, fields, {c.cycle for c in known}):
            found |= dict.fromkeys(note.answers, mail.left_at)
        before = mail.left_at
    return found


def took_up(
    organization: str, mails: Iterable[HeardMail], campaigns: Sequence[SaidCampaign]
) -> list[tuple[SaidCampaign, datetime]]:
    """The campaigns that reached somebody, and when."""
    return [
        (campaign, mail.left_at)
        for mail in mails
        if mail.kind == CAMPAIGN
        for campaign in campaigns
        if mail.mail == letter_id(organization, CAMPAIGN, campaign.campaign, mail.candidate, 1)
    ]
