"""What a service is told by its environment, each variable also as `NAME_FILE`. A mistake is named, its value never."""

import re
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from shared.settings.brokers import Brokers
from shared.settings.environment import Configuration

Env = Literal["production", "demo", "test"]
Part = Literal["http", "consumer", "relay", "clock", "post"]
KAFKA_PARTS: frozenset[Part] = frozenset(("consumer", "relay"))
OWN_PARTS: frozenset[Part] = frozenset(("http", "clock", "post"))
MIN_KEY = 32


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _postgres(value: SecretStr) -> SecretStr:
    if not re.match(r"postgres(ql)?://\S+$", value.get_secret_value()):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return value


def check_keys(value: SecretStr) -> SecretStr:
    """Keys separated by commas, each long enough. Raises ValueError."""
    if any(len(key.strip()) < MIN_KEY for key in value.get_secret_value().split(",")):
        raise ValueError(f"each key needs at least {MIN_KEY} characters")
    return value


Parts = Annotated[frozenset[Part], NoDecode, BeforeValidator(_split), Field(min_length=1)]
PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres)]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]


class ServiceSettings(Configuration):
    """The settings every service has. A service adds its own in a subclass; the description says what to do."""

    talentloop_env: Env = Field(default="production", description="one of production, demo, test")
    database_url: PostgresUrl = Field(description="the service's own database, as the role without DDL")
    database_password: SecretStr | None = Field(default=None, description="its password, where the URL holds none")
    migration_database_url: PostgresUrl | None = Field(default=None, description="the same database, as its owner")
    parts: Parts = Field(default=OWN_PARTS, description="any of http,clock,post, separated by commas")
    http_host: str = Field(default="127.0.0.1", description="the address to listen on; 0.0.0.0 in a container")
    http_port: int = Field(default=8000, ge=1, le=65535, description="the port to listen on")
    public_url: HttpUrl = Field(description="the address people reach this service by, as in its links")
    oidc_issuer: str = Field(min_length=1, description="the issuer of tokens, exactly as in their `iss`")
    oidc_jwks_url: str = Field(pattern=r"^(https?|file)://\S+$", description="where the issuer's public keys are")
    oidc_audience: str = Field(default="talentloop", min_length=1, description="tokens must be for this audience")
    link_key: Annotated[SecretStr, AfterValidator(check_keys)] = Field(
        description="a random key that signs links; several, separated by commas: the first signs, all are accepted"
    )
    hash_key: SecretStr = Field(min_length=MIN_KEY, description="a random key of 32 or more characters, never changed")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda v: str(v).upper())] = (
        Field(default="INFO", description="one of DEBUG, INFO, WARNING, ERROR")
    )

    @property
    def env(self) -> Env:
        """Where this runs: `TALENTLOOP_ENV`."""
        return self.talentloop_env

    @property
    def database(self) -> str:
        """The URL to connect to, password included."""
        password = self.database_password.get_secret_value() if self.database_password else None
        return with_password(self.database_url.get_secret_value(), password)

    @property
    def new_links_at(self) -> str | None:
        """The service at which candidates ask for a new link; None where links are not theirs. A subclass knows."""
        return None

    def contradictions(self) -> list[str]:
        """Values that are fine alone but not together. A subclass adds its own."""
        found = super().contradictions()
        if self.env == "production" and self.oidc_jwks_url.startswith("file:"):
            found.append("OIDC_JWKS_URL: the local issuer is for demo and test only, set the address of a real issuer")
        if missing := self.parts - type(self).model_fields["parts"].default:
            found.append(f"PARTS: this service has no {', '.join(sorted(missing))}, leave it out")
        return found


class ListeningSettings(ServiceSettings, Brokers):
    """The settings of a service that listens to Kafka, and says something there."""

    kafka_group_instance_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9._-]{1,200}$", description="one name per replica that never runs twice"
    )
    topic_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="in front of every topic")
    parts: Parts = Field(
        default=OWN_PARTS | KAFKA_PARTS, description="any of http,consumer,relay,clock,post, separated by commas"
    )


def with_password(url: str, password: str | None) -> str:
    """A database's URL with this password, for the user it names; unchanged without a password."""
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    if not password:
        return url
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{place}"))
