"""Calendar months, as the rules count them."""

from calendar import monthrange
from datetime import datetime


def add_months(instant: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the month's last day where there is no such day."""
    count = instant.year * 12 + instant.month - 1 + months
    year, month = divmod(count, 12)
    return instant.replace(year=year, month=month + 1, day=min(instant.day, monthrange(year, month + 1)[1]))
