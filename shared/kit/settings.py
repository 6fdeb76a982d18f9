"""What a service is told by its environment, each variable also as `NAME_FILE`. A mistake is named, its value never."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from aiokafka.helpers import create_ssl_context
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

Env = Literal["production", "demo", "test"]
Part = Literal["http", "consumer", "relay", "clock", "post"]
ALL_PARTS: frozenset[Part] = frozenset(("http", "consumer", "relay", "clock", "post"))
MIN_KEY = 32


class SettingsError(Exception):
    """The environment is not fit to start with: one line per variable, saying what to do. Exit code 2."""

    exit_code = 2

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _postgres(value: SecretStr) -> SecretStr:
    if not re.match(r"postgres(ql)?://\S+$", value.get_secret_value()):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return value


def _link_keys(value: SecretStr) -> SecretStr:
    if any(len(key.strip()) < MIN_KEY for key in value.get_secret_value().split(",")):
        raise ValueError(f"each key needs at least {MIN_KEY} characters")
    return value


PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres)]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+\S*$")]


class Settings(BaseSettings):
    """The settings every service has. A service adds its own in a subclass; the description says what to do."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True)

    talentloop_env: Env = Field(default="production", description="one of production, demo, test")
    database_url: PostgresUrl = Field(description="the service's own database, as the role without DDL")
    migration_database_url: PostgresUrl | None = Field(default=None, description="the same database, as its owner")
    kafka_bootstrap_servers: str = Field(
        pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$", description="Kafka brokers as host:port, separated by commas"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: Path | None = Field(default=None, description="a file with the brokers' certificate authority")
    kafka_group_instance_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9._-]{1,200}$", description="one name per replica that never runs twice"
    )
    topic_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="in front of every topic")
    parts: Annotated[frozenset[Part], NoDecode, BeforeValidator(_split), Field(min_length=1)] = Field(
        default=ALL_PARTS, description="any of http,consumer,relay,clock,post, separated by commas"
    )
    http_host: str = Field(default="127.0.0.1", description="the address to listen on; 0.0.0.0 in a container")
    http_port: int = Field(default=8000, ge=1, le=65535, description="the port to listen on")
    public_url: HttpUrl = Field(description="the address people reach this service by, as in its links")
    oidc_issuer: str = Field(min_length=1, description="the issuer of tokens, exactly as in their `iss`")
    oidc_jwks_url: str = Field(pattern=r"^(https?|file)://\S+$", description="where the issuer's public keys are")
    oidc_audience: str = Field(default="talentloop", min_length=1, description="tokens must be for this audience")
    link_key: Annotated[SecretStr, AfterValidator(_link_keys)] = Field(
        description="a random key that signs links; several, separated by commas: the first signs, all are accepted"
    )
    hash_key: SecretStr = Field(min_length=MIN_KEY, description="a random key of 32 or more characters, never changed")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(lambda v: str(v).upper())] = (
        Field(default="INFO", description="one of DEBUG, INFO, WARNING, ERROR")
    )

    def __init__(self, **values: Any) -> None:
        """Read the environment; named values win over it. Raises SettingsError."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_explain(error, type(self).model_fields)) from None
        if problems := self.contradictions():
            raise SettingsError(problems)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the files that variables name."""
        return init_settings, env_settings, NamedFiles(settings_cls, env_ignore_empty=True)

    @property
    def env(self) -> Env:
        """Where this runs: `TALENTLOOP_ENV`."""
        return self.talentloop_env

    @property
    def kafka(self) -> dict[str, Any]:
        """How aiokafka's clients sign in; empty where nobody has to."""
        if self.kafka_security_protocol == "PLAINTEXT":
            return {}
        options: dict[str, Any] = {"security_protocol": self.kafka_security_protocol}
        if "SASL" in self.kafka_security_protocol and self.kafka_sasl_password:
            options["sasl_mechanism"] = self.kafka_sasl_mechanism or "PLAIN"
            options["sasl_plain_username"] = self.kafka_sasl_username
            options["sasl_plain_password"] = self.kafka_sasl_password.get_secret_value()
        if self.kafka_security_protocol.endswith("SSL"):
            cafile = str(self.kafka_ssl_cafile) if self.kafka_ssl_cafile else None
            options["ssl_context"] = create_ssl_context(cafile=cafile)
        return options

    def contradictions(self) -> list[str]:
        """Values that are fine alone but not together. A subclass adds its own."""
        found = []
        if "SASL" in self.kafka_security_protocol and not (self.kafka_sasl_username and self.kafka_sasl_password):
            found.append("KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: needed with this KAFKA_SECURITY_PROTOCOL, set both")
        if self.kafka_ssl_cafile and not self.kafka_ssl_cafile.is_file():
            found.append("KAFKA_SSL_CAFILE: there is no such file, name a file with certificates")
        if self.env == "production" and self.oidc_jwks_url.startswith("file:"):
            found.append("OIDC_JWKS_URL: the local issuer is for demo and test only, set the address of a real issuer")
        return found


class NamedFiles(EnvSettingsSource):
    """Reads `NAME` from the file that `NAME_FILE` names, as orchestrators hand over secrets."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        names = [name.upper() for name in self.settings_cls.model_fields]
        found = {name: path for name in names if (path := os.environ.get(f"{name}_FILE"))}
        both = [f"{n}: set either {n} or {n}_FILE, not both" for n in found if os.environ.get(n)]
        lost = [
            f"{n}_FILE: the file cannot be read, name one that can" for n, p in found.items() if not _is_readable(p)
        ]
        if both or lost:
            raise SettingsError([*both, *lost])
        return {name.lower(): Path(path).read_text(encoding="utf-8").strip() for name, path in found.items()}


def _is_readable(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.R_OK)


def _explain(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[str]:
    lines: dict[str, str] = {}
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(problem["loc"][0])
        wrong = "is missing" if problem["type"] == "missing" else problem["msg"].removeprefix("Value error, ")
        hint = fields[name].description if name in fields else None
        lines.setdefault(name, f"{name.upper()}: {wrong}" + (f"; set it to {hint}" if hint else ""))
    return list(lines.values())
