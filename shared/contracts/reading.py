"""How facts are read: what stands of all that was said. Every service asks here; the rules (events) say the same."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from shared.contracts.identity import family_of
from shared.contracts.interviews.interviews import Basis
from shared.contracts.notifications import NewsPublished, SurveyPool
from shared.contracts.values import LATEST

FEWEST_SHOWN = 5  # answers to surveys, where anything is shown of them
NOTES_AT_ONCE = 5  # in one mail of news


def stands(said_at: datetime | None, undone_at: datetime | None) -> bool:
    """A decision, a feedback, an opening: unless it was reversed, withdrawn, closed at its own instant or later.

    `stands` in SQL is the same.
    """
    return said_at is not None and (undone_at is None or undone_at < said_at)


def is_undecided(submitted_at: datetime | None, decided_at: datetime | None, reversed_at: datetime | None) -> bool:
    """True of an open application: handed in, or decided once, and no decision stands."""
    return bool(submitted_at or decided_at) and not stands(decided_at, reversed_at)


def is_hired(hired_at: Iterable[datetime], applied_at: Collection[datetime]) -> bool:
    """Whoever was hired, by a decision that stands, stays hired until they apply again."""
    return any(all(applied <= hired for applied in applied_at) for hired in hired_at)


def consent_order(granted: bool, given_at: datetime, expires_at: datetime | None) -> tuple[datetime, bool, timedelta]:
    """Of all answers to one purpose, by whichever id, the greatest counts: the newest; of two at once the stricter."""
    return given_at, not granted, LATEST - (expires_at or LATEST)


def lasts(expires_at: datetime | None, now: datetime) -> bool:
    """True of a consent that was granted until then."""
    return expires_at is None or now < expires_at


def pools_shown(jobs: Collection[str] | None, cycle: str | None) -> list[SurveyPool]:
    """Which batches of surveys are shown of jobs, of a cycle, or of the whole organisation: never a part of one."""
    if jobs is not None:
        return [SurveyPool.JOB]
    return list(SurveyPool) if cycle is None else [SurveyPool.JOB, SurveyPool.CYCLE]


class BatchPlace(NamedTuple):
    """Among whose answers a batch was filled: everybody's whose page shows the one shows the other."""

    pool: SurveyPool
    job: str = ""
    cycle: str = ""


def place_of_batch(pool: SurveyPool, job: str, cycle: str | None) -> BatchPlace:
    """By the job and the cycle of any answer in the batch."""
    if pool is SurveyPool.YEAR:
        return BatchPlace(pool)
    return BatchPlace(pool, job if pool is SurveyPool.JOB else "", cycle or "")


def offers_shown(answers: Iterable[tuple[BatchPlace, int, int | None]]) -> list[int]:
    """What was said of the offer, by (place, number of the batch, offer); some leave it empty.

    Batches of one place are shown one after the other until at least five said something, so that here, too, no two
    pages differ by fewer people.
    """
    shown: list[int] = []
    for _, together in groupby(sorted(answers, key=lambda a: a[:2]), key=lambda a: a[0]):
        waiting: list[int] = []
        for _, batch in groupby(together, key=lambda a: a[1]):
            waiting += [offer for _, _, offer in batch if offer is not None]
            if len(waiting) >= FEWEST_SHOWN:
                shown, waiting = [*shown, *waiting], []
    return shown


def is_told(note: NewsPublished, today: date, fields: Collection[str], cycles: Collection[str | None]) -> bool:
    """True of news for whoever applied in these fields of work and cycles, until its last day."""
    concerns = not note.families or any(family_of(family, None) in fields for family in note.families)
    is_in_time = note.tell_until is None or today <= note.tell_until
    return concerns and is_in_time and note.cycle in (None, *cycles)


def notes_told(
    notes: Iterable[NewsPublished],
    since: datetime,
    today: date,
    fields: Collection[str],
    cycles: Collection[str | None],
) -> list[NewsPublished]:
    """What one mail of news tells somebody of those published since then: the newest, the newest first."""
    found = [n for n in notes if n.published_at > since and is_told(n, today, fields, cycles)]
    return sorted(found, key=lambda n: (n.published_at, n.news), reverse=True)[:NOTES_AT_ONCE]


def is_ended(answered_at: datetime, asked_at: datetime, reopened_at: datetime | None) -> bool:
    """True of a request that came to its end, and that nobody asked for, or took up, again since."""
    return answered_at >= asked_at and (reopened_at is None or answered_at > reopened_at)


class InterviewState(StrEnum):
    """What became of an interview."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class SaidOfInterview(NamedTuple):
    """All that was said of one interview; None where nothing was. A `_slot` is the `starts_at` that a fact names.

    `judged_at` is the newest instant of feedback on it that stands.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    completed_at: datetime | None = None
    assumed_at: datetime | None = None
    assumed_slot: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_slot: datetime | None = None
    missed_at: datetime | None = None
    missed_slot: datetime | None = None
    judged_at: datetime | None = None

    @property
    def slot(self) -> datetime | None:
        """The start in its schedule; without one, in the newest fact that calls it off, else in the assumption."""
        if self.starts_at:
            return self.starts_at
        newest = max(_ends(self), default=None)
        return newest.slot if newest else self.assumed_slot

    @property
    def is_assumed(self) -> bool:
        """Somebody, or the clock, assumed that it took place; an assumption about another slot is none."""
        return self.assumed_at is not None and self.assumed_slot == self.slot

    @property
    def became(self) -> tuple[InterviewState, Basis | None]:
        """What became of it, as far as anybody said: the instants inside the facts decide, never their order."""
        against = max((end for end in _ends(self) if end.slot == self.slot), default=None)
        if self.completed_at and (against is None or self.completed_at > against.at):
            return InterviewState.COMPLETED, Basis.SAID
        if against:
            return (InterviewState.CANCELLED if against.is_cancelled else InterviewState.MISSED), None
        if self.is_assumed or self.judged_at:
            return InterviewState.COMPLETED, Basis.ASSUMED
        return InterviewState.SCHEDULED, None

    @property
    def took_place(self) -> bool:
        """True when it is completed."""
        return self.became[0] is InterviewState.COMPLETED

    @property
    def is_called_off(self) -> bool:
        """True when it is cancelled or missed."""
        return self.became[0] in (InterviewState.CANCELLED, InterviewState.MISSED)

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, if it took place."""
        return self.ends_at or self.completed_at or self.assumed_at or self.judged_at


class _End(NamedTuple):
    """What calls a slot off. Of two at once the cancellation is the greater."""

    at: datetime
    is_cancelled: bool
    slot: datetime | None


def _ends(said: SaidOfInterview) -> list[_End]:
    ends = (said.cancelled_at, True, said.cancelled_slot), (said.missed_at, False, said.missed_slot)
    return [_End(at, is_cancelled, slot) for at, is_cancelled, slot in ends if at]
