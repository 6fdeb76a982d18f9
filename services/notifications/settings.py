"""The environment of notifications: what every service has, and where mail goes and comes in."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator, Field, SecretStr

from shared.settings.service import HttpUrl, ListeningSettings

DOMAIN = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"


class StartTls(StrEnum):
    """Whether a connection that begins in the clear must become TLS, may, or stays as it is."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NEVER = "never"


class MailServer:
    """Where letters are handed in, read from a URL. `smtps` is TLS from the start, `smtp` becomes TLS by STARTTLS.

    `?starttls=optional|never` says otherwise; on this machine itself it is optional unless said.
    """

    def __init__(self, url: str, *, cafile: str | None = None, connections: int = 8) -> None:
        parts = urlsplit(url)
        self.is_tls = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.is_tls else 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password) if parts.password else None
        default = StartTls.OPTIONAL if _is_here(self.host) else StartTls.REQUIRED
        self.starttls = StartTls(parse_qs(parts.query).get("starttls", [default])[-1])
        self.cafile = cafile
        self.connections = connections


def _is_here(host: str) -> bool:
    """True when nothing leaves this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _smtp(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://host:465")
    if parts.query and parse_qs(parts.query).keys() != {"starttls"}:
        raise ValueError("after the ? may stand starttls=required, optional or never only")
    if parse_qs(parts.query).get("starttls", ["required"])[-1] not in set(StartTls):
        raise ValueError("starttls is one of required, optional, never")
    return value


def _key(value: SecretStr) -> SecretStr:
    try:
        key = load_pem_private_key(value.get_secret_value().encode(), password=None)
    except (TypeError, ValueError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA private key in PEM form, without a passphrase")
    return value


class NotificationsSettings(ListeningSettings):
    """The settings of notifications."""

    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)] = Field(
        description="the mail server as smtp://user:password@host:587; ?starttls=never for one without TLS"
    )
    smtp_cafile: str | None = Field(default=None, description="a PEM file of authorities the mail server is known by")
    smtp_connections: int = Field(default=8, ge=1, le=100, description="connections to the mail server at most")
    mail_domain: str = Field(pattern=DOMAIN, description="the domain of our own addresses, as mail.example.com")
    mails_per_minute: int = Field(default=1200, ge=0, description="letters of one organisation a minute; 0: no limit")
    mails_per_minute_and_domain: int = Field(
        default=300, ge=0, description="letters to one receiving domain a minute; 0: no limit"
    )
    dkim_key: Annotated[SecretStr, AfterValidator(_key)] | None = Field(
        default=None, description="the RSA private key that signs mail, in PEM form"
    )
    dkim_selector: str | None = Field(default=None, pattern=DOMAIN, description="the DNS name of its public half")
    inbound_host: str = Field(
        default="127.0.0.1", description="where replies and bounces come in; 0.0.0.0 in a container"
    )
    inbound_port: int | None = Field(
        default=None, ge=1, le=65535, description="the port of the mail listener; unset, nothing comes in"
    )
    inbound_megabytes: int = Field(default=10, ge=1, le=100, description="the largest mail that is taken")
    inbound_certfile: str | None = Field(
        default=None, description="a PEM file: the listener's certificate, for STARTTLS"
    )
    inbound_keyfile: str | None = Field(default=None, description="a PEM file: the private key of that certificate")
    candidates_url: HttpUrl = Field(description="the address people reach the candidates service by, as in its links")
    interviews_url: HttpUrl = Field(description="the address people reach the interviews service by, as in its links")
    console_url: HttpUrl | None = Field(
        default=None, description="the address people reach the console by; unset, no digests are sent"
    )

    @property
    def mail_server(self) -> MailServer:
        """Where letters are handed in."""
        return MailServer(self.smtp_url.get_secret_value(), cafile=self.smtp_cafile, connections=self.smtp_connections)

    @property
    def new_links_at(self) -> str:
        """The service at which candidates ask for a new link."""
        return self.public_url

    def contradictions(self) -> list[str]:
        """Values that are fine alone but not together."""
        found = super().contradictions()
        server = self.mail_server
        if (
            server.password
            and server.starttls is not StartTls.REQUIRED
            and not server.is_tls
            and not _is_here(server.host)
        ):
            found.append("SMTP_URL: a password would travel in the clear, leave out starttls")
        if bool(self.dkim_key) != bool(self.dkim_selector):
            found.append("DKIM_KEY, DKIM_SELECTOR: set both or none")
        if bool(self.inbound_certfile) != bool(self.inbound_keyfile):
            found.append("INBOUND_CERTFILE, INBOUND_KEYFILE: set both or none")
        found += [
            f"{name}: cannot be read"
            for name, path in (
                ("SMTP_CAFILE", self.smtp_cafile),
                ("INBOUND_CERTFILE", self.inbound_certfile),
                ("INBOUND_KEYFILE", self.inbound_keyfile),
            )
            if path and not Path(path).is_file()
        ]
        return found
