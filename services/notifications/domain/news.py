"""What is new for whoever asked to be kept in touch: notes and open jobs of their fields of work."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from services.notifications.domain.hours import local_date
from services.notifications.domain.letters import steps_left
from services.notifications.domain.organizations import Opening
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from shared.contracts import NewsPublished, Purpose, reading

EVERYTHING = "-"  # what such a letter is about
AT_MOST = 5  # jobs in one mail: the newest


class WhatIsNew(NamedTuple):
    """What one mail tells: notes, and jobs that are open."""

    notes: Sequence[NewsPublished] = ()
    jobs: Sequence[Opening] = ()

    @property
    def since(self) -> datetime | None:
        """When the first of it was there to be told; None where there is nothing."""
        said = [n.published_at for n in self.notes] + [j.opened_at for j in self.jobs if j.opened_at]
        return min(said, default=None)


def told_until(record: RecipientRecord) -> datetime | None:
    """When they were told last, or asked to be; None for whoever did not ask."""
    consent = record.consents.get(Purpose.KEEP_IN_TOUCH)
    left = steps_left(record, LetterKind.KEEP_IN_TOUCH, EVERYTHING)
    return max([consent.given_at, *left]) if consent else None


def fields_of(record: RecipientRecord) -> set[str]:
    """The fields of work they applied in or are in the pool of."""
    families = (opening.family for opening in _applied_for(record))
    return {*filter(None, families), *(m.family for m in record.memberships)}


def _applied_for(record: RecipientRecord) -> list[Opening]:
    return [record.openings[a.job] for a in record.applications if a.job and a.job in record.openings]


def hears_more(record: RecipientRecord, notes: Sequence[NewsPublished]) -> bool:
    """True when, of an organisation's notes, also older ones than these, its newest, may have to be told."""
    since, (fields, cycles) = told_until(record), _concerns(record)
    if since is None or notes[-1].published_at <= since:
        return False
    lasting = [n for n in notes if reading.is_told(n, date.max, fields, cycles)]
    return len(lasting) < reading.NOTES_AT_ONCE


def _concerns(record: RecipientRecord) -> tuple[set[str], set[str | None]]:
    """Their fields of work, and the cycles they applied in."""
    return fields_of(record), {opening.cycle for opening in _applied_for(record)}


def what_is_new(record: RecipientRecord, now: datetime) -> WhatIsNew:
    """The notes published since they were told last, and the jobs that are open now and that they did not apply for."""
    since = told_until(record)
    if since is None:
        return WhatIsNew()
    today, (fields, cycles) = local_date(now, record.zone(None)), _concerns(record)
    applied = {a.job for a in record.applications}
    jobs = [j for j in record.offered if j.job not in applied and not j.is_closed]
    return WhatIsNew(
        reading.notes_told(record.news, since, today, fields, cycles),
        sorted(jobs, key=lambda j: (j.opened_at or since, j.job), reverse=True)[:AT_MOST],
    )
