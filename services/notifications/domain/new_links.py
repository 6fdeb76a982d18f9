"""A new link to somebody's page, for whoever asks at an address we know; never so often that it is a nuisance."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from services.notifications.domain.letters import DerivedLetter, Variant
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from shared.contracts import NOTIFICATIONS, Cause, Event, Id, Instant, Saying, derived_id

STALE = timedelta(days=1)
LIMITS = ((1, timedelta(minutes=10)), (3, timedelta(days=1)), (6, timedelta(days=30)))  # at most so many within


class LinkAsked(Event, topic="private-link-asked", owner=NOTIFICATIONS, listens={NOTIFICATIONS}, fact="request"):
    """Somebody asked for a new link at an address that is this candidate's: a private fact."""

    request: Id
    candidate: Id
    asked_at: Instant


def asked(records: Iterable[RecipientRecord], now: datetime) -> list[Saying]:
    """What is kept of requests made now: of those who are still known, and were not sent too many."""
    return [_asked(record, now) for record in records if _is_welcome(record, now)]


def new_links(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """A letter for each request; a link that leaves a day later is no longer waited for."""
    for request in record.link_requests:
        yield DerivedLetter(
            organization=record.organization.organization,
            kind=LetterKind.PAGE_LINK,
            about=request.request,
            recipient=request.candidate,
            step=1,
            variant=Variant.PAGE_LINK,
            application=None,
            job=None,
            cause=Cause(LinkAsked.topic, request.request),
            cause_at=request.at,
            send_at=request.at,
            stale_at=request.at + STALE,
        )


def _is_welcome(record: RecipientRecord, now: datetime) -> bool:
    asked_at = [request.at for request in record.link_requests]
    return bool(record.profile and record.profile.email) and all(
        sum(at > now - within for at in asked_at) < times for times, within in LIMITS
    )


def _asked(record: RecipientRecord, now: datetime) -> Saying:
    request = derived_id("link-asked", record.candidate, now.isoformat())
    event = LinkAsked(request=request, candidate=record.candidate, asked_at=now)
    return Saying(record.organization.organization, event)
