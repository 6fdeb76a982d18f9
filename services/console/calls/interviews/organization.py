"""The organisation: who works there, and how it wants things done."""

from services.console.calls.route import Listed, Saved, Told, reading, writing
from shared.contracts import OrganizationConfigured


class KnownMyself(Told):
    """Whoever looks, and their organisation; what nobody said is None."""

    name: str | None = None
    timezone: str | None = None
    organization: str | None = None
    organization_timezone: str | None = None


class User(Told):
    """Somebody of the organisation."""

    user: str
    name: str
    timezone: str | None = None


MYSELF = reading("interviews", "/me", KnownMyself)
USERS = reading("interviews", "/users", Listed[User], "ids", "limit", "cursor")
SETTINGS = reading("interviews", "/organization", OrganizationConfigured)
CONFIGURE = writing("interviews", "/organization", Saved)
