"""The local issuer of tokens: a key in the home, for development and the demo only."""

import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from local.errors import WrongPlace
from local.files import locked, read_secret, write_whole

ISSUER = "http://localhost/talentloop-local"
AUDIENCE = "talentloop"
_HOURS = 12


def issuer_settings(home: Path) -> dict[str, str]:
    """What a service needs to trust tokens of this home."""
    _key(home)
    return {
        "OIDC_ISSUER": ISSUER,
        "OIDC_JWKS_URL": (home.absolute() / "jwks.json").as_uri(),
        "OIDC_AUDIENCE": AUDIENCE,
    }


def issue_token(home: Path, *, user: str, organization: str, roles: Sequence[str]) -> str:
    """A bearer token for twelve hours of real time, signed with the home's key."""
    return sign_token(_key(home), user=user, organization=organization, roles=roles)


def signing_key(home: Path) -> str:
    """The private key of this home's issuer, as JSON."""
    _key(home)
    return read_secret(home / "issuer.json")


def sign_token(key: ECKey, *, user: str, organization: str, roles: Sequence[str], seconds: int = _HOURS * 3600) -> str:
    """A bearer token for twelve hours of real time, unless another time is given."""
    return sign(key, seconds, aud=AUDIENCE, sub=user, organization=organization, roles=list(roles))


def sign(key: ECKey, seconds: int, **claims: object) -> str:
    """A token of this issuer that says these, for so long."""
    now = int(time.time())
    ours = {"iss": ISSUER, "iat": now, "exp": now + seconds, "jti": secrets.token_urlsafe(12)}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, ours | claims, key)


class SigningKey(NamedTuple):
    """A signing key and the set that holds its public half, both as JSON."""

    private: str
    public: str


def make_keys() -> SigningKey:
    """A new key for an issuer of our own."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": secrets.token_hex(8)})
    return SigningKey(json.dumps(key.as_dict(private=True)), json.dumps({"keys": [key.as_dict(private=False)]}))


def read_key(file: Path) -> ECKey:
    """The key that `make_keys` made. Raises WrongPlace when the file holds none."""
    try:
        return spelt_key(read_secret(file))
    except (ValueError, JoseError) as error:
        raise WrongPlace(f"{file} holds no key of an issuer: {error}") from None


def spelt_key(text: str) -> ECKey:
    """The key that a text is. Raises ValueError, JoseError."""
    return ECKey.import_key(json.loads(text))


def _key(home: Path) -> ECKey:
    """The signing key, made once; its public half lies beside it for the services."""
    private, public = home / "issuer.json", home / "jwks.json"
    with locked(home / ".issuer.lock"):
        if not (private.exists() and public.exists()):
            keys = make_keys()
            write_whole(private, keys.private, mode=0o600)
            write_whole(public, keys.public)
    read_secret(public)  # the services read it
    return read_key(private)
