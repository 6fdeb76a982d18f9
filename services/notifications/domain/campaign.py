"""A campaign: one message to everyone who shares a development point."""

from datetime import datetime
from typing import NamedTuple


class Campaign(NamedTuple):
    """What it is about, optionally of one job or one cycle; `title` and `text` are the organisation's own words."""

    campaign: str
    competency: str
    at: datetime
    job: str | None = None
    cycle: str | None = None
    by: str = ""
    title: str | None = None
    text: str | None = None
    url: str | None = None
    language: str | None = None
    is_historical: bool = False
