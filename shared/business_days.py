"""Business days: what "in ten business days" means where an organisation is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

END_OF_DAY = time(18)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The days people work in a place. Without a country, or in one nobody knows, there are weekends only."""

    country: str | None
    subdivision: str | None
    timezone: str

    def is_business_day(self, day: date) -> bool:
        """Neither a weekend nor a public holiday."""
        return _is_working_day(self.country, self.subdivision, day)

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`."""
        day += _DAY
        while not self.is_business_day(day):
            day += _DAY
        return day

    def add(self, instant: datetime, days: int, at: time = END_OF_DAY) -> datetime:
        """The n-th business day after the local date of `instant`, at a local time of day; in UTC."""
        return _business_day_after(self, self.local(instant).date(), days, at)

    def local(self, instant: datetime) -> datetime:
        """The same instant on this place's clocks."""
        return instant.astimezone(ZoneInfo(self.timezone))


@lru_cache(maxsize=8192)
def _business_day_after(calendar: Calendar, day: date, days: int, at: time) -> datetime:
    for _ in range(days):
        day = calendar.next_business_day(day)
    return datetime.combine(day, at, ZoneInfo(calendar.timezone)).astimezone(UTC)


@lru_cache(maxsize=8192)
def _is_working_day(country: str | None, subdivision: str | None, day: date) -> bool:
    if country is None:
        return day.weekday() < _SATURDAY
    return _holidays(country, subdivision).is_working_day(day)


@lru_cache(maxsize=512)
def _holidays(country: str, subdivision: str | None) -> "HolidayBase":
    import holidays  # nine megabytes that only those pay for whose organisations say where they are

    for subdivision_or_none in (subdivision, None):
        try:
            return holidays.country_holidays(country, subdiv=subdivision_or_none)
        except NotImplementedError:  # how the library says that it does not know a country, or this part of it
            continue
    return holidays.HolidayBase()
