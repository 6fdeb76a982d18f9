"""News: the organisation's notes to whoever asked to be kept in touch."""

from datetime import date, datetime

from services.console.calls.route import Listed, Saved, Told, reading, writing


class Note(Told):
    """A note, for people of some fields of work, of a cycle, or for everyone."""

    news: str
    title: str
    text: str
    url: str | None = None
    families: tuple[str, ...] = ()
    cycle: str | None = None
    about: str
    language: str
    tell_until: date | None = None
    answers: tuple[str, ...] = ()
    by: str
    published_at: datetime


NOTES = reading("notifications", "/news", Listed[Note], "limit", "cursor")
NOTE = reading("notifications", "/news/{news}", Note)
PUBLISH = writing("notifications", "/news/{news}", Saved)
