"""The environment of notifications: what every service has, and where mail goes."""

from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from shared.kit.settings import HttpUrl
from shared.kit.settings import Settings as BaseSettings


def _smtp(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
    return value


class MailServer:
    """Where letters are handed in, read from a URL. `smtps` is TLS from the start, `smtp` upgrades where offered."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.is_tls = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.is_tls else 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password) if parts.password else None


class Settings(BaseSettings):
    """The settings of notifications."""

    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] = Field(description="the mail server as smtp://host:25")
    mail_domain: str = Field(
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$", description="the domain of our own addresses, as mail.example.com"
    )
    candidates_url: HttpUrl = Field(description="the address people reach the candidates service by, as in its links")
    interviews_url: HttpUrl = Field(description="the address people reach the interviews service by, as in its links")
