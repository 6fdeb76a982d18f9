"""The environment of the console: what every service has, where the others answer, and how people sign in."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from shared.settings.service import HttpUrl, ServiceSettings, check_keys


class ConsoleSettings(ServiceSettings):
    """The settings of the console."""

    interviews_api: HttpUrl = Field(description="the address the console calls the interviews service at")
    candidates_api: HttpUrl = Field(description="the address the console calls the candidates service at")
    notifications_api: HttpUrl = Field(description="the address the console calls the notifications service at")
    insights_api: HttpUrl = Field(description="the address the console calls the insights service at")
    session_key: Annotated[SecretStr, AfterValidator(check_keys)] = Field(
        description="a random key that encrypts people's tokens; several, separated by commas: the first encrypts"
    )

    @property
    def apis(self) -> dict[str, str]:
        """Where each of the other services answers, by its name."""
        return {
            "interviews": self.interviews_api,
            "candidates": self.candidates_api,
            "notifications": self.notifications_api,
            "insights": self.insights_api,
        }
