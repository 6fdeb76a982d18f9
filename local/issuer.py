"""The local issuer of tokens: a key in the home, for development and the demo only."""

import json
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from local.files import locked, write_whole

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
    """A bearer token for twelve hours of real time."""
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": user,
        "organization": organization,
        "roles": list(roles),
        "iat": now,
        "exp": now + _HOURS * 3600,
        "jti": secrets.token_urlsafe(12),
    }
    key = _key(home)
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)


def _key(home: Path) -> ECKey:
    """The signing key, made once; its public half lies beside it for the services."""
    private, public = home / "issuer.json", home / "jwks.json"
    with locked(home / ".issuer.lock"):
        if not (private.exists() and public.exists()):
            key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": secrets.token_hex(8)})
            write_whole(private, json.dumps(key.as_dict(private=True)), mode=0o600)
            write_whole(public, json.dumps({"keys": [key.as_dict(private=False)]}))
    return ECKey.import_key(json.loads(private.read_text()))
