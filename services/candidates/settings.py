"""The environment of candidates: what every service has, and where the other pages of a candidate are."""

from pydantic import Field

from shared.settings.service import HttpUrl, ListeningSettings


class CandidatesSettings(ListeningSettings):
    """The settings of candidates."""

    interviews_url: HttpUrl = Field(description="the address people reach the interviews service by, as in its links")
    insights_url: HttpUrl = Field(description="the address people reach the insights service by, as in its links")
    notifications_url: HttpUrl = Field(
        description="the address people reach the notifications service by, as in its links"
    )

    @property
    def new_links_at(self) -> str:
        """The service at which candidates ask for a new link."""
        return self.notifications_url
