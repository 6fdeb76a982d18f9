"""The organisation: who works there, and how it wants things done."""

from services.console.calls.route import Listed, Saved, Told, reading, writing
from shared.contracts import OrganizationConfigured


class User(Told):
    """Somebody of the organisation."""

    user: str
    name: str
    timezone: str | None = None


USERS = reading("interviews", "/users", Listed[User], "ids", "limit", "cursor")
SETTINGS = reading("interviews", "/organization", OrganizationConfigured)
CONFIGURE = writing("interviews", "/organization", Saved)
