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
    oidc_configuration_url: HttpUrl | None = Field(
        default=None, description="where the issuer tells of itself, unless below it at /.well-known/"
    )
    oidc_client_id: str = Field(
        default="talentloop-console", min_length=1, description="what the issuer knows the console by"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="its secret, where the issuer has it as a confidential client"
    )
    oidc_scopes: str = Field(
        default="openid", pattern=r"^openid( \S+)*$", description="what is asked for, such as openid offline_access"
    )

    @property
    def oidc_configuration(self) -> str:
        """Where the issuer tells of itself."""
        return self.oidc_configuration_url or f"{self.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"

    def contradictions(self) -> list[str]:
        """In production nobody's session travels in the clear."""
        found = super().contradictions()
        if self.env == "production" and not self.public_url.startswith("https://"):
            found.append("PUBLIC_URL: people sign in to the console by https only, set its https address")
        return found

    @property
    def apis(self) -> dict[str, str]:
        """Where each of the other services answers, by its name."""
        return {
            "interviews": self.interviews_api,
            "candidates": self.candidates_api,
            "notifications": self.notifications_api,
            "insights": self.insights_api,
        }
