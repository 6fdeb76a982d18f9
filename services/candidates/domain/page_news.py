"""Which of the organisation's notes the page of a candidate shows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple, Self

from dateutil.relativedelta import relativedelta

from shared.contracts import JobOpened, NewsPublished, family_of, reading

NEWEST = 3
YEAR = relativedelta(years=1)


class Fields(NamedTuple):
    """The fields of work and the cycles that somebody applied in."""

    families: set[str]
    cycles: set[str | None]

    @classmethod
    def of(cls, jobs: Iterable[JobOpened]) -> Self:
        """Those of these jobs."""
        applied = list(jobs)
        return cls({family_of(job.family, job.department) for job in applied}, {job.cycle for job in applied})

    def shown(self, news: Iterable[NewsPublished], today: date) -> list[NewsPublished]:
        """The newest of a year, the newest first."""
        since = today - YEAR
        notes = [n for n in news if n.published_at.date() >= since and self._are_told(n, today)]
        return sorted(notes, key=lambda n: (n.published_at, n.news), reverse=True)[:NEWEST]

    def may_hear_more(self, news: Sequence[NewsPublished]) -> bool:
        """True when, of an organisation's notes, also older ones than these, its newest, may have to be shown."""
        lasting = [n for n in news if self._are_told(n, date.max)]
        return len(lasting) < NEWEST and news[-1].published_at >= news[0].published_at - YEAR

    def _are_told(self, note: NewsPublished, today: date) -> bool:
        return reading.is_told(note, today, self.families, self.cycles)
