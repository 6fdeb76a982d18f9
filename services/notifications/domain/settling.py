"""Nothing is said before what is known has settled: more may be on its way, and speak against it."""

from datetime import datetime

from services.notifications.domain.records import RecipientRecord
from shared.contracts import Cause

AT_MOST = 6  # settling times that news upon news can hold back what is due


def settles_at(record: RecipientRecord, cause: Cause, due_at: datetime) -> datetime:
    """When everything about somebody will have been known for the settling time, if nothing else is heard of them.

    Whoever is in the news all day still gets their letters: six settling times after `due_at` and after its cause, or
    where we said that ourselves, anything at all was known.
    """
    if not record.known:
        return due_at
    settling, known = record.organization.settling, record.known.values()
    since = max(due_at, record.known.get(cause) or min(known))
    return min(max(known) + settling, since + AT_MOST * settling)
