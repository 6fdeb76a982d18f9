"""When people want to be written to: on weekdays from eight to eight, on their own clocks (rule 4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING, EVENING = time(8), time(20)
SATURDAY = 5
_DAY = timedelta(days=1)


def next_open(instant: datetime, zone: str) -> datetime:
    """The instant itself when it is neither night nor weekend there, else the next morning that is."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.weekday() < SATURDAY and MORNING <= local.time() < EVENING:
        return instant
    day = local.date() + _DAY if local.time() >= EVENING else local.date()
    return morning(weekday_from(day), zone, instant)


def weekday_from(day: date) -> date:
    """This day, or the Monday after it."""
    while day.weekday() >= SATURDAY:
        day += _DAY
    return day


def morning(day: date, zone: str, like: datetime) -> datetime:
    """08:00 of a day there, in the time zone of `like`."""
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(like.tzinfo)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar date there."""
    return instant.astimezone(ZoneInfo(zone)).date()
