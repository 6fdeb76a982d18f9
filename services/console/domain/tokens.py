"""People's tokens at rest: encrypted by the first of our keys, readable by each."""

import base64
import hashlib
from collections.abc import Iterable, Mapping

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST_NAME = 100
_HEADER = {"alg": "dir", "enc": "A256GCM"}


class Tokens(BaseModel):
    """What the issuer gave for somebody. `expires_at`: of the access token, seconds since 1970."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    access: str
    expires_at: int
    refresh: str | None = None
    id: str | None = None
    name: str | None = None


def name_in(*claims: Mapping[str, object]) -> str | None:
    """What tokens call their person, in one line; a name before what they sign in with (OpenID Connect Core, 5.1)."""
    for claim in ("name", "preferred_username"):
        for told in claims:
            if isinstance(name := told.get(claim), str) and (line := " ".join(name.split())):
                return line[:LONGEST_NAME]
    return None


class Unreadable(Exception):
    """None of our keys opens it: it was encrypted by one that is gone."""


class TokenBox:
    """Closes and opens tokens. `keys`: random texts, of which the first closes."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = [_key(key.strip()) for key in keys]

    def close(self, tokens: Tokens) -> str:
        """As one line of text that says nothing."""
        return jwe.encrypt_compact(_HEADER, tokens.model_dump_json().encode(), self._keys[0])

    def open(self, closed: str) -> Tokens:
        """What was closed. Raises Unreadable."""
        for key in self._keys:
            try:
                return Tokens.model_validate_json(jwe.decrypt_compact(closed, key).plaintext or b"")
            except (JoseError, ValidationError, ValueError):
                continue
        raise Unreadable


def _key(text: str) -> OctKey:
    """256 bits of a text of any length (it has 32 random characters or more)."""
    return OctKey.import_key(
        {"kty": "oct", "k": base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")}
    )
