"""The issuer of tokens: people are sent there to sign in, and what they bring back is exchanged (OpenID Connect)."""

import asyncio
import base64
import time
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

import httpx
import structlog
from pydantic import ValidationError

from services.console.calls.route import Told
from services.console.domain.ways import Obstacle, SignInFailed, Way
from services.console.settings import ConsoleSettings
from shared.settings.service import HttpUrl
from shared.web.jwks import FETCH_SECONDS, read_issuer

log = structlog.get_logger()

LASTS = 3600  # seconds that what the issuer tells of itself is held; longer while it is away
PAUSE = 5  # after it could not be read
_BASIC, _POST = "client_secret_basic", "client_secret_post"
T = TypeVar("T", bound=Told)


class Configuration(Told):
    """What an issuer tells of itself (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: HttpUrl
    token_endpoint: HttpUrl
    end_session_endpoint: HttpUrl | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)
    authorization_response_iss_parameter_supported: bool = False


class Granted(Told):
    """What the issuer gives for a code or a refresh token."""

    access_token: str
    refresh_token: str | None = None
    id_token: str | None = None


class Refused(Told):
    """What it says when it does not (RFC 6749, 5.2)."""

    error: str = ""


class GrantRefused(Exception):
    """The issuer does not take a code or a refresh token, or no longer."""


class Issuer:
    """One issuer, for one client of it: this console."""

    def __init__(self, client: httpx.AsyncClient, settings: ConsoleSettings) -> None:
        self._client = client
        self._settings = settings
        self._held: Configuration | None = None
        self._fetched_at = self._failed_at = float("-inf")
        self._lock = asyncio.Lock()

    async def configuration(self) -> Configuration:
        """What it tells of itself. Raises SignInFailed when it does not, or tells what cannot be."""
        async with self._lock:
            now = time.monotonic()
            if now - self._fetched_at > LASTS and now - self._failed_at > PAUSE:
                await self._fetch()
        if self._held is None:
            raise SignInFailed(Obstacle.AWAY)
        return self._held

    async def address_for(self, way: Way, back: str, *, anew: bool) -> str:
        """Where somebody signs in who will come `back`; `anew`, whomever it knows already. Raises SignInFailed."""
        endpoint = (await self.configuration()).authorization_endpoint
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back,
            "scope": self._settings.oidc_scopes,
            "state": way.state,
            "nonce": way.nonce,
            "code_challenge": way.challenge,
            "code_challenge_method": "S256",
            **({"prompt": "login"} if anew else {}),
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def redeem(self, code: str, way: Way, back: str) -> Granted:
        """Exchange what somebody brought back. Raises GrantRefused, SignInFailed."""
        return await self._ask(
            grant_type="authorization_code", code=code, redirect_uri=back, code_verifier=way.verifier
        )

    async def renew(self, refresh: str) -> Granted:
        """Exchange a refresh token. Raises GrantRefused, SignInFailed."""
        return await self._ask(grant_type="refresh_token", refresh_token=refresh)

    async def _ask(self, **asked: str) -> Granted:
        told = await self.configuration()
        named, headers = self._who_asks(told)
        try:
            answer = await self._client.post(
                told.token_endpoint,
                data=asked | named,
                headers={"Accept": "application/json", **headers},
                timeout=FETCH_SECONDS,
            )
        except httpx.HTTPError as error:
            raise failed(Obstacle.AWAY, "token endpoint not reached", type(error).__name__) from None
        return _granted(answer)

    def _who_asks(self, told: Configuration) -> tuple[dict[str, str], dict[str, str]]:
        """How this client says who it is: fields, headers (RFC 6749, 2.3.1)."""
        name, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        if secret is None:
            return {"client_id": name}, {}
        value, methods = secret.get_secret_value(), told.token_endpoint_auth_methods_supported
        if _BASIC in methods:
            basic = base64.b64encode(f"{quote_plus(name)}:{quote_plus(value)}".encode()).decode()
            return {}, {"Authorization": f"Basic {basic}"}
        if _POST in methods:
            return {"client_id": name, "client_secret": value}, {}
        raise failed(Obstacle.UNFIT, "the issuer takes no client secret", ",".join(methods))

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                told = Configuration.model_validate_json(await read_issuer(self._settings.oidc_configuration))
            _check(told, self._settings)
            self._held, self._fetched_at = told, time.monotonic()
        except Exception as error:  # whatever a foreign server makes libraries raise: what is held stays
            self._failed_at = time.monotonic()
            log.warning("issuer's configuration not usable", error=type(error).__name__, why=_why(error))


class ConfigurationUnfit(Exception):
    """What an issuer tells of itself cannot be."""


def _check(told: Configuration, settings: ConsoleSettings) -> None:
    if told.issuer != settings.oidc_issuer:
        raise ConfigurationUnfit("it is of another issuer than OIDC_ISSUER")
    endpoints = (told.authorization_endpoint, told.token_endpoint, told.end_session_endpoint)
    if settings.oidc_configuration.startswith("https:") and any(e and not e.startswith("https:") for e in endpoints):
        raise ConfigurationUnfit("it leads out of TLS")


def _why(error: Exception) -> str | None:
    """What an operator can mend; nothing that the issuer wrote."""
    if isinstance(error, ValidationError):
        return ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
    return str(error) if isinstance(error, ConfigurationUnfit) else None


def _granted(answer: httpx.Response) -> Granted:
    if answer.status_code in {400, 401, 403}:
        if _read(Refused, answer).error == "invalid_grant":
            raise GrantRefused
        raise failed(Obstacle.UNFIT, "token endpoint refuses this client", str(answer.status_code))
    if not answer.is_success:
        raise failed(Obstacle.AWAY, "token endpoint fails", str(answer.status_code))
    return _read(Granted, answer)


def _read(kind: type[T], answer: httpx.Response) -> T:
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError as error:
        raise failed(Obstacle.UNFIT, "token endpoint not understood", _why(error)) from None


def failed(obstacle: Obstacle, why: str, detail: str | None = None) -> SignInFailed:
    """Somebody is not signed in; the log says why, and nothing of what the issuer or the browser wrote."""
    log.warning("sign-in failed", obstacle=obstacle, why=why, detail=detail)
    return SignInFailed(obstacle)
