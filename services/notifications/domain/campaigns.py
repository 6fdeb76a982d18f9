"""Campaigns: who shares a development point, and the letter that takes it up again."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import FeedbackItem
from services.notifications.domain.letters import DerivedLetter, Variant, sent_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.organizations import Campaign, Opening
from services.notifications.domain.policy import Contact, LetterKind, LetterRefusal, capped, refusal
from services.notifications.domain.records import LetterRelease, RecipientRecord
from shared.contracts import Cause

AT_MOST = 3  # suggestions in one letter, as in the letters they come from


class SharedPoint(NamedTuple):
    """A development point that somebody read in a letter, and the job that letter was about."""

    item: FeedbackItem
    opening: Opening


def points_shared(record: RecipientRecord, campaign: Campaign) -> list[SharedPoint]:
    """What their letters say of the campaign's competency, the newest letter first; empty for whoever shares nothing.

    Only letters that had left when the campaign started, did not come back, and are no history.
    """
    found = []
    for release, opening in _letters(record, campaign):
        found += [SharedPoint(i, opening) for i in release.development if i.competency == campaign.competency]
    return found[:AT_MOST]


def _letters(record: RecipientRecord, campaign: Campaign) -> list[tuple[LetterRelease, Opening]]:
    """The newest first: full letters about the campaign's job or cycle that arrived, as far as anybody knows."""
    jobs = {a.application: a.job for a in record.applications}
    of = [(r, record.openings.get(jobs.get(a) or "") or Opening("")) for a, r in record.released.items()]
    return sorted(
        ((r, opening) for r, opening in of if _arrived(record, r, campaign.at) and _concerns(campaign, opening)),
        key=lambda pair: (pair[0].at, pair[0].letter),
        reverse=True,
    )


def _arrived(record: RecipientRecord, release: LetterRelease, by: datetime) -> bool:
    sent = record.sent.get(release.letter)
    return sent is not None and sent <= by and release.letter not in record.bounces and not release.is_historical


def _concerns(campaign: Campaign, opening: Opening) -> bool:
    return campaign.job in (None, opening.job) and campaign.cycle in (None, opening.cycle)


def campaign_letters(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """One for each campaign about a point they share."""
    if record.is_restricted:
        return
    for campaign in record.campaigns:
        points = points_shared(record, campaign)
        is_sent = sent_at(record, LetterKind.CAMPAIGN, campaign.campaign, 1) is not None
        if (points or is_sent) and not campaign.is_historical:
            yield _letter(record, campaign, job_of(campaign, points))


def job_of(campaign: Campaign, points: Collection[SharedPoint]) -> str | None:
    """The job whose people sign and answer: the campaign's, else that of the newest letter."""
    return campaign.job or next((p.opening.job for p in points), None) or None


def left_out(
    record: RecipientRecord, campaign: Campaign, ledger: Collection[Contact], now: datetime
) -> LetterRefusal | None:
    """Why a campaign would not reach them now; None when nothing but the hour speaks against it."""
    job = job_of(campaign, points_shared(record, campaign))
    return refusal(LetterKind.CAMPAIGN, record.standing(job), now) or capped(
        LetterKind.CAMPAIGN, record.zone(job), ledger, now
    )


def _letter(record: RecipientRecord, campaign: Campaign, job: str | None) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.CAMPAIGN,
        about=campaign.campaign,
        recipient=record.candidate,
        step=1,
        variant=Variant.CAMPAIGN,
        application=None,
        job=job,
        cause=Cause("campaign-started", campaign.campaign),
        cause_at=campaign.at,
        send_at=campaign.at,
        stale_at=campaign.at + STALE,
    )
