"""Who asks: OIDC bearer tokens, the roles they bring, and who they are to a route."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError

from shared.web.caller import Call, Caller
from shared.web.etags import Conditions
from shared.web.jwks import ALGORITHMS, IssuerKeys, Key, fitting
from shared.web.problems import Forbidden, Unauthorized
from shared.web.rate_limits import RateLimits, address_of, limit_rate
from shared.web.roles import Role
from shared.web.validation import refuse_unknown_fields, refuse_unknown_parameters

LEEWAY_SECONDS = 60
LONGEST_TOKEN = 16_384
_ORGANIZATION = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_SUBJECT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,255}")  # as long as OpenID Connect allows

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token of the configured OIDC issuer.")


class NotSignedIn(Unauthorized):
    """No token, or one that does not hold."""

    def __init__(self, detail: str, *, token_was_sent: bool = True) -> None:
        challenge = 'Bearer error="invalid_token"' if token_was_sent else "Bearer"
        super().__init__(detail, headers={"WWW-Authenticate": challenge})


class NotYourRole(Forbidden):
    """The caller's roles are not among those that may."""

    code = "role-not-allowed"


@dataclass(frozen=True)
class TokenIdentity:
    """What a token says about its bearer."""

    user: str
    organization: str
    roles: frozenset[Role]


class IssuedTokens:
    """Checks what one issuer signed. Tokens live in the machine's time, whatever the clock says."""

    def __init__(self, keys: IssuerKeys, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer

    async def claims(self, token: str, *, audience: str, essential: Iterable[str]) -> dict[str, Any]:
        """What a token for this audience says. Raises NotSignedIn, IssuerUnreachable."""
        if len(token) > LONGEST_TOKEN:
            raise NotSignedIn(f"The token is longer than {LONGEST_TOKEN} characters.")
        try:
            claims = await self._decoded(token)
            self._expected(audience, essential).validate(claims)
        except JoseError as error:
            raise NotSignedIn(f"The token does not hold: {error.error}.") from None
        except (ValueError, TypeError, RecursionError):
            raise NotSignedIn("The token cannot be read.") from None
        return claims

    def _expected(self, audience: str, essential: Iterable[str]) -> jwt.JWTClaimsRegistry:
        options: dict[str, Any] = {name: {"essential": True} for name in essential}
        options |= {"iss": {"essential": True, "value": self._issuer}, "aud": {"essential": True, "value": audience}}
        return jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **options)

    async def _decoded(self, token: str) -> dict[str, Any]:
        """Tried with what is held; with new keys where it names one we do not know, or none."""
        header = jws.extract_compact(token.encode()).headers()
        algorithm, name = header.get("alg"), header.get("kid")
        held = fitting(await self._keys.current(), algorithm, name)
        try:
            return _opened(token, held)
        except JoseError:
            if name is not None and any(key.kid == name for key in held):
                raise
        return _opened(token, fitting(await self._keys.current(unknown=True), algorithm, name))


class Access:
    """Checks tokens of one issuer for one audience."""

    def __init__(self, keys: IssuerKeys, *, issuer: str, audience: str) -> None:
        self.issued = IssuedTokens(keys, issuer)
        self._audience = audience

    async def identify(self, token: str) -> TokenIdentity:
        """Whose token this is. Raises NotSignedIn, Forbidden, IssuerUnreachable."""
        return self.identified(await self.claims(token))

    async def claims(self, token: str) -> dict[str, Any]:
        """What a token says that holds here. Raises NotSignedIn, IssuerUnreachable."""
        return await self.issued.claims(token, audience=self._audience, essential=("exp", "sub"))

    def identified(self, claims: Mapping[str, Any]) -> TokenIdentity:
        """Whom these claims name. Raises NotSignedIn."""
        organization, roles = claims.get("organization"), claims.get("roles")
        if not isinstance(organization, str) or not _ORGANIZATION.fullmatch(organization):
            raise NotSignedIn("The token names no organization.")
        known = [Role(r) for r in roles if r in tuple(Role)] if isinstance(roles, list) else []
        subject = claims["sub"]
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise NotSignedIn("The token's subject is not one line of 1 to 255 characters.")
        return TokenIdentity(subject, organization, frozenset(known))


def _opened(token: str, keys: tuple[Key, ...]) -> dict[str, Any]:
    """The claims of a token that one of these keys signed. Raises JoseError."""
    for key in keys:
        with suppress(BadSignatureError, ValueError):
            return jwt.decode(token, key, algorithms=ALGORITHMS).claims
    raise BadSignatureError


async def _identify(request: Request, token: str) -> TokenIdentity:
    """Whose token it is, counted. Whoever sends tokens that do not hold is counted by address."""
    limits: RateLimits = request.app.state.rate_limits
    try:
        identity: TokenIdentity = await request.app.state.access.identify(token)
    except NotSignedIn:
        limits.visitors.spend(address_of(request))
        raise
    limits.callers.spend((identity.organization, identity.user))
    return identity


async def sign_in(request: Request, allowed: frozenset[Role]) -> TokenIdentity:
    """Who asks, found out once per request. Raises NotSignedIn, NotYourRole, TooManyRequests, IssuerUnreachable."""
    known: TokenIdentity | None = getattr(request.state, "identity", None)
    if known is not None:
        return known
    credentials = await bearer(request)
    if credentials is None:
        raise NotSignedIn("Send `Authorization: Bearer TOKEN`.", token_was_sent=False)
    identity = await _identify(request, credentials.credentials)
    structlog.contextvars.bind_contextvars(organization=identity.organization)
    if not identity.roles & allowed:
        raise NotYourRole(f"This needs one of the roles: {', '.join(sorted(allowed))}.", roles=sorted(allowed))
    request.state.identity = identity
    return identity


def roles_of(route: Any) -> frozenset[Role] | None:
    """Who may call a route; None for one that asks for no token."""
    found = (getattr(d.call, "roles", None) for d in route.dependant.dependencies)
    return next((roles for roles in found if roles is not None), None)


def signed_in(*roles: Role) -> Callable[..., Awaitable[Caller]]:
    """A dependency: a caller who has one of these roles, else 401, 403 or 429. What is unknown is a 422."""
    allowed = frozenset(roles)

    async def caller(
        request: Request,
        response: Response,
        _: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    ) -> Caller:
        identity = await sign_in(request, allowed)
        await refuse_unknown_parameters(request)
        await refuse_unknown_fields(request)
        call = Call(request.scope["route"].path, request.state.request_id, Conditions.read(request.headers), response)
        return Caller(request.app.state.runtime, identity.organization, identity.user, identity.roles, call)

    caller.roles = allowed  # type: ignore[attr-defined]  # admission, documentation and tests read who may
    return caller


async def admit(request: Request) -> None:
    """Ask what the route's own dependencies ask, before anything that is sent is read: links and tokens come first.

    Raises Problem, LinkRefused.
    """
    route: Any = request.scope.get("route")
    if route is None:
        return
    await limit_rate(request)
    if (allowed := roles_of(route)) is not None:
        await sign_in(request, allowed)
