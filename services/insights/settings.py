"""The environment of insights: what every service has that listens, and where people act on what they read."""

from pydantic import Field

from shared.settings.service import HttpUrl, ListeningSettings


class InsightsSettings(ListeningSettings):
    """The settings of insights."""

    console_url: HttpUrl | None = Field(
        default=None, description="the address people reach the console by; unset, reports lead nowhere"
    )
