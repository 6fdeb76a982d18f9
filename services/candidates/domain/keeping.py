"""Rule 11: how long somebody is kept, and whom an erasure concerns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from shared.contracts import TIME_TO_OBJECT, CandidateErased, Cause, ErasureRequested, RequestedBy, Saying


class RetentionTerms(NamedTuple):
    """What an organisation keeps: months after the decision, and months of a legal hold before anything is erased."""

    retention_months: int = 6
    legal_hold_months: int = 0


class CandidateMerge(NamedTuple):
    """`surviving` stands for `merged` since."""

    surviving: str
    merged: tuple[str, ...]
    merged_at: datetime


class RetentionBasis(NamedTuple):
    """A consent that was given and not taken back: reason enough to keep somebody until it runs out."""

    given_at: datetime
    expires_at: datetime | None = None


class ErasureRequest(NamedTuple):
    """When somebody asked for an erasure, and whether it was the person."""

    at: datetime
    by: RequestedBy = RequestedBy.CANDIDATE


class RetentionRecord(NamedTuple):
    """One person, all ids together. `requests`: by the id that asked. `decided_at`: the newest.

    `known_at`: the newest time of anything that is known of them; an erasure covers it all.
    """

    organization: str
    candidate: str
    requests: Mapping[str, ErasureRequest] = {}
    decided_at: datetime | None = None
    known_at: datetime | None = None
    has_open_application: bool = False
    bases: Sequence[RetentionBasis] = ()
    merges: Sequence[CandidateMerge] = ()


class DueStep(NamedTuple):
    """When the next step is: erasing where it was asked for (`requested_at`), asking where nothing keeps them.

    Never (None) while an open application or a consent does.
    """

    organization: str
    candidate: str
    due_at: datetime | None
    requested_at: datetime | None


def due(people: Iterable[RetentionRecord], terms: Mapping[str, RetentionTerms]) -> list[DueStep]:
    """The next step of everyone who asked, or was ever decided about."""
    return [found for kept in people if (found := _due(kept, terms.get(kept.organization, RetentionTerms())))]


def _due(kept: RetentionRecord, terms: RetentionTerms) -> DueStep | None:
    if kept.requests:
        ends = [hold_until(kept, asked, terms) for asked in kept.requests.values()]
        return DueStep(kept.organization, kept.candidate, min(ends), min(asked.at for asked in kept.requests.values()))
    if kept.decided_at is None:
        return None
    return DueStep(kept.organization, kept.candidate, _kept_until(kept, kept.decided_at, terms), None)


def _kept_until(kept: RetentionRecord, decided_at: datetime, terms: RetentionTerms) -> datetime | None:
    if kept.has_open_application or any(b.expires_at is None for b in kept.bases):
        return None
    until: datetime = decided_at + relativedelta(months=terms.retention_months)
    return max([until, *(b.expires_at for b in kept.bases if b.expires_at)])


def hold_until(kept: RetentionRecord, asked: ErasureRequest, terms: RetentionTerms) -> datetime:
    """When a request is carried out: at once, or when the legal hold after the newest decision ends.

    Whoever seems to ask themselves has a day: they are written to first, and somebody else may have used their link.
    """
    earliest = asked.at + TIME_TO_OBJECT if asked.by is RequestedBy.CANDIDATE else asked.at
    if kept.decided_at is None or not terms.legal_hold_months:
        return earliest
    held_until: datetime = kept.decided_at + relativedelta(months=terms.legal_hold_months)
    return max(earliest, held_until)


def erasures(people: Iterable[RetentionRecord], terms: Mapping[str, RetentionTerms], now: datetime) -> list[Saying]:
    """Who is erased now: every id that was joined with the asking one before it asked (a later merge erases nobody)."""
    return [
        Saying(
            kept.organization,
            CandidateErased(candidate=i, erased_at=max(now, kept.known_at or now)),
            Cause(ErasureRequested.topic, asking),
        )
        for kept in people
        for asking, asked in sorted(kept.requests.items())
        if hold_until(kept, asked, terms.get(kept.organization, RetentionTerms())) <= now
        for i in joined_before(kept.merges, asking, asked.at)
    ]


def requests(found: Iterable[DueStep], now: datetime) -> list[Saying]:
    """Whom nothing keeps any more: asked for in the name of the organisation's retention."""
    return [
        Saying(
            d.organization,
            ErasureRequested(candidate=d.candidate, requested_at=now, by=RequestedBy.RETENTION),
        )
        for d in found
        if d.requested_at is None and d.due_at and d.due_at <= now
    ]


def joined_before(merges: Iterable[CandidateMerge], candidate: str, instant: datetime) -> list[str]:
    """Every id that stood for the same person as `candidate` at an instant, theirs included."""
    groups = [{m.surviving, *m.merged} for m in merges if m.merged_at <= instant and m.merged]
    found = {candidate}
    while more := set(_touching(groups, found)) - found:
        found |= more
    return sorted(found)


def _touching(groups: Iterable[set[str]], ids: set[str]) -> Iterator[str]:
    for group in groups:
        if group & ids:
            yield from group
