"""Interviews as far as colleagues owe feedback on them, and the colleagues."""

from datetime import datetime
from typing import NamedTuple

from shared.contracts import Cause


class StandingInterview(NamedTuple):
    """An interview that was not called off. `owed_by`: whose feedback is asked for and not there."""

    interview: str
    application: str
    candidate: str
    job: str | None
    ends_at: datetime
    cause: Cause
    owed_by: tuple[str, ...] = ()
    said_at: datetime | None = None
    starts_at: datetime | None = None
    interviewers: tuple[str, ...] = ()
    assesses: tuple[str, ...] = ()
    is_historical: bool = False
    format: str | None = None
    location: str | None = None
    meeting_url: str | None = None


class Colleague(NamedTuple):
    """Somebody of the organisation who interviews."""

    user: str
    timezone: str | None = None
    is_active: bool = True
    name: str = ""
