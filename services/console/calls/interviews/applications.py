"""Applications, decided and taken back."""

from datetime import datetime

from services.console.calls.route import Listed, Saved, Told, reading, writing
from shared.contracts import ApplicationDecided


class Application(Told):
    """Where an application stands."""

    application: str
    candidate: str
    job: str | None = None
    state: str
    outcome: str | None = None
    submitted_at: datetime | None = None
    decision: ApplicationDecided | None = None


APPLICATIONS = reading("interviews", "/applications", Listed[Application], "job", "candidate", "limit", "cursor")
APPLICATION = reading("interviews", "/applications/{application}", Application)
DECIDE = writing("interviews", "/applications/{application}/decision", Saved)
REVERSE = writing("interviews", "/applications/{application}/decision/reversal", Saved)
