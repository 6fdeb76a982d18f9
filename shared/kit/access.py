"""Who asks: OIDC bearer tokens, the roles they bring, and the desk a caller gets."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import httpx
import structlog
from fastapi import Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from shared.kit.bodies import refuse_unknown_fields
from shared.kit.desk import Call, Desk
from shared.kit.limits import Doors, address_of
from shared.kit.problems import Forbidden, Unauthorized, Unavailable
from shared.kit.versions import Conditions

log = structlog.get_logger()

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS = 60
KEYS_LAST_SECONDS = 3600
UNKNOWN_KEY_PAUSE_SECONDS = 10
_ORGANIZATION = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token of the configured OIDC issuer.")


class Role(StrEnum):
    """What a caller is to an organisation."""

    RECRUITER = "recruiter"
    COORDINATOR = "coordinator"
    INTERVIEWER = "interviewer"
    HIRING_MANAGER = "hiring_manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


# The whole deployment's habits; a route adds hiring managers or interviewers where they may see their own.
READERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.INTEGRATION)
WRITERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.INTEGRATION)
DECIDERS = (Role.RECRUITER, Role.ADMIN)


class NotSignedIn(Unauthorized):
    """No token, or one that does not hold."""

    def __init__(self, detail: str, *, token_was_sent: bool = True) -> None:
        challenge = 'Bearer error="invalid_token"' if token_was_sent else "Bearer"
        super().__init__(detail, headers={"WWW-Authenticate": challenge})


class NotYourRole(Forbidden):
    """The caller's roles are not among those that may."""

    code = "role-not-allowed"


class IssuerUnreachable(Unavailable):
    """The issuer's keys cannot be fetched, and we hold none."""

    code = "issuer-unreachable"


@dataclass(frozen=True)
class Identity:
    """What a token says about its bearer."""

    user: str
    organization: str
    roles: frozenset[Role]


class Keys:
    """The issuer's public keys: kept for an hour, fetched again when a token names one we do not know."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = asyncio.Lock()
        self._held: KeySet | None = None
        self._fetched_at = float("-inf")

    async def current(self, *, unknown: bool = False) -> KeySet:
        """The keys; with `unknown`, fetched again unless that was just done. Raises IssuerUnreachable."""
        async with self._lock:
            lasts = UNKNOWN_KEY_PAUSE_SECONDS if unknown else KEYS_LAST_SECONDS
            if self._held is None or self._clock() - self._fetched_at >= lasts:
                await self._fetch()
            if self._held is None:
                raise IssuerUnreachable("The issuer's keys cannot be fetched.", headers={"Retry-After": "5"})
            return self._held

    async def _fetch(self) -> None:
        try:
            self._held = KeySet.import_key_set(await _read(self._url))
            self._fetched_at = self._clock()
        except (OSError, ValueError, KeyError, TypeError, JoseError, httpx.HTTPError) as error:
            log.warning("issuer's keys not fetched", error=type(error).__name__)


async def _read(url: str) -> Any:
    if url.startswith("file:"):
        path = Path(unquote(urlsplit(url).path))
        return json.loads(await asyncio.to_thread(path.read_bytes))
    async with httpx.AsyncClient(timeout=5, follow_redirects=True) as client:
        answer = await client.get(url)
        return answer.raise_for_status().json()


class Access:
    """Checks tokens of one issuer for one audience. Tokens live in the machine's time, whatever the clock says."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def identify(self, token: str) -> Identity:
        """Whose token this is. Raises NotSignedIn, Forbidden, IssuerUnreachable."""
        claims = await self._verified(token)
        organization, roles = claims.get("organization"), claims.get("roles")
        if not isinstance(organization, str) or not _ORGANIZATION.fullmatch(organization):
            raise NotSignedIn("The token names no organization.")
        known = [Role(r) for r in roles if r in tuple(Role)] if isinstance(roles, list) else []
        return Identity(str(claims["sub"]), organization, frozenset(known))

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            claims = await self._decoded(token)
            self._claims.validate(claims)
        except JoseError as error:
            raise NotSignedIn(f"The token does not hold: {error.error}.") from None
        except (ValueError, TypeError):
            raise NotSignedIn("The token cannot be read.") from None
        return claims

    async def _decoded(self, token: str) -> dict[str, Any]:
        try:
            return jwt.decode(token, await self._keys.current(), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            return jwt.decode(token, await self._keys.current(unknown=True), algorithms=ALGORITHMS).claims


async def _identify(request: Request, token: str) -> Identity:
    """Whose token it is, counted. Whoever sends tokens that do not hold is counted by address."""
    doors: Doors = request.app.state.doors
    try:
        identity: Identity = await request.app.state.access.identify(token)
    except NotSignedIn:
        doors.visitors.spend(address_of(request))
        raise
    doors.callers.spend((identity.organization, identity.user))
    return identity


def caller(*roles: Role) -> Callable[..., Awaitable[Desk]]:
    """A dependency: the desk of a caller who has one of these roles, else 401, 403 or 429. Unknown fields are a 422."""
    allowed = frozenset(roles)

    async def desk(
        request: Request,
        response: Response,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    ) -> Desk:
        if credentials is None:
            raise NotSignedIn("Send `Authorization: Bearer TOKEN`.", token_was_sent=False)
        identity = await _identify(request, credentials.credentials)
        structlog.contextvars.bind_contextvars(organization=identity.organization)
        if not identity.roles & allowed:
            raise NotYourRole(f"This needs one of the roles: {', '.join(sorted(allowed))}.", roles=sorted(allowed))
        await refuse_unknown_fields(request)
        call = Call(request.scope["route"].path, request.state.request_id, Conditions.read(request.headers), response)
        return Desk(request.app.state.runtime, identity.organization, identity.user, identity.roles, call)

    desk.roles = allowed  # type: ignore[attr-defined]  # documentation and tests read who may
    return desk
