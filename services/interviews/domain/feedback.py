"""Whether a feedback stands, and when it is overdue."""

from datetime import datetime
from enum import StrEnum

from shared.business_days import Calendar


class FeedbackState(StrEnum):
    """Whether a feedback stands."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


def feedback_due_at(ended_at: datetime, within: int, calendar: Calendar) -> datetime:
    """When feedback about an interview that ended then becomes overdue: 18:00, so many business days later."""
    return calendar.add(ended_at, within)
