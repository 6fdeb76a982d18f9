"""Whoever answers for a job hears that a colleague recommended somebody for it, and who recommended is thanked."""

from collections.abc import Collection, Iterator

from services.notifications.domain.letters import DerivedLetter, Variant
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind, Withheld
from services.notifications.domain.records import RecipientRecord, owner_of
from services.notifications.domain.relations import Referral
from services.notifications.domain.reminders import unless_unreachable
from shared.contracts import Cause


def told_referrals(record: RecipientRecord) -> list[Referral]:
    """Those that are no history, of somebody who did not ask to be forgotten."""
    return [] if record.is_restricted else [one for one in record.referrals if not one.is_historical]


def referral_letters(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """One to each of the two; whoever recommends somebody for their own job knows."""
    for one in told_referrals(record):
        owner = owner_of(record, one.job)
        if owner != one.by:
            for user, variant in ((owner, Variant.REFERRAL), (one.by, Variant.REFERRAL_THANKS)):
                if user:
                    yield unless_unreachable(_letter(record, one, user, variant), record.colleagues.get(user))


def open_referrals(record: RecipientRecord, letters: Collection[DerivedLetter]) -> list[Referral]:
    """Those that somebody was told of, or is to be; not what was recommended long before anybody listened."""
    told = {x.about for x in letters if x.kind is LetterKind.REFERRAL and x.reason != Withheld.STALE}
    return [one for one in told_referrals(record) if one.referral in told]


def _letter(record: RecipientRecord, referral: Referral, user: str, variant: Variant) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.REFERRAL,
        about=referral.referral,
        recipient=user,
        step=1,
        variant=variant,
        application=None,
        job=referral.job,
        cause=Cause("referral-made", referral.referral),
        cause_at=referral.at,
        send_at=referral.at,
        stale_at=referral.at + STALE,
        whom=referral.candidate,
    )
