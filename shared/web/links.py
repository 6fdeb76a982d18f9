"""Links for people who never log in: signed, made for one purpose, and expiring unless they must not."""

from datetime import UTC, datetime
from typing import Annotated, NamedTuple

from fastapi import Path
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared.contracts.links import LinkKind

_ALGORITHM = "HS256"
LONGEST = 2000  # characters

Token = Annotated[str, Path(max_length=LONGEST)]


class LinkRefused(Exception):
    """A link that does not open: `link-invalid`, `link-expired` or `link-other-purpose`.

    `organization`: whose it was, where its signature is ours.
    """

    def __init__(self, code: str, organization: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.organization = organization


class Link(NamedTuple):
    """What a link says: whose organisation, about what, and until when."""

    organization: str
    subject: str
    expires_at: datetime | None


class Links:
    """Signs and opens links. `key` may hold several keys, separated by commas: the first signs, all open."""

    def __init__(self, key: str) -> None:
        self._keys = [OctKey.import_key(k.strip()) for k in key.split(",") if k.strip()]

    def sign(self, purpose: str, organization: str, subject: str, expires_at: datetime | None) -> str:
        """A token for a URL. Without `expires_at` it opens for ever."""
        claims: dict[str, object] = {"aud": purpose, "org": organization, "sub": subject}
        if expires_at:
            claims["exp"] = int(expires_at.timestamp())
        return jwt.encode({"alg": _ALGORITHM}, claims, self._keys[0])

    def address(self, kind: LinkKind, service: str, organization: str, *about: str, now: datetime) -> str:
        """Where a page of this kind opens. `service`: the address people reach it by; `about`: the ids it names."""
        token = self.sign(kind.purpose, organization, kind.subject(*about), kind.ends(now))
        return f"{service.rstrip('/')}/{kind.page}/{token}"

    def open(self, purpose: str, token: str, now: datetime) -> Link:
        """What the token says. Raises LinkRefused."""
        claims = self._verified(token)
        if claims.get("aud") != purpose:
            raise LinkRefused("link-other-purpose", claims["org"])
        expires = claims.get("exp")
        expires_at = None if expires is None else datetime.fromtimestamp(expires, UTC)
        if expires_at and now >= expires_at:
            raise LinkRefused("link-expired", claims["org"])
        return Link(claims["org"], claims["sub"], expires_at)

    def about(self, token: str) -> tuple[str, str, str]:
        """For what, whose and about whom a link is that we signed, opened or not. Raises LinkRefused."""
        claims = self._verified(token)
        return claims["aud"], claims["org"], claims["sub"]

    def _verified(self, token: str) -> jwt.Claims:
        if len(token) > LONGEST:
            raise LinkRefused("link-invalid")
        for key in self._keys:
            try:
                return jwt.decode(token, key, algorithms=[_ALGORITHM]).claims
            except (JoseError, ValueError, RecursionError):
                continue
        raise LinkRefused("link-invalid")
