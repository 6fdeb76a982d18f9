"""What the local issuer gives and to whom: codes on their way, and tokens for codes and refresh tokens, each once."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import AfterValidator, Field, SecretStr

from local.issuer import ISSUER, sign, sign_token, spelt_key
from shared.settings.environment import Configuration
from shared.settings.service import Env, HttpUrl

CODE_SECONDS = 60
TOKEN_SECONDS = 900
REFRESH_SECONDS = 12 * 3600
_REFRESHES = f"{ISSUER}/refresh"  # the audience of refresh tokens: nobody else's


class Somebody(NamedTuple):
    """Who plays in the demo, or somebody else of an organisation."""

    user: str
    organization: str
    roles: tuple[str, ...]
    name: str = ""


PEOPLE = (
    Somebody("ines", "halden", ("recruiter",), "Ines Calder"),
    Somebody("tomas", "halden", ("hiring_manager",), "Tomas Reyes"),
    Somebody("ada", "halden", ("interviewer",), "Ada Lindqvist"),
    Somebody("ben", "halden", ("interviewer",), "Ben Okafor"),
    Somebody("root", "halden", ("admin",), "An administrator"),
    Somebody("audit", "halden", ("auditor",), "An auditor"),
    Somebody("numbers", "halden", ("analyst",), "An analyst"),
)


def _check_key(value: SecretStr) -> SecretStr:
    try:
        spelt_key(value.get_secret_value())
    except (ValueError, JoseError):
        raise ValueError("must be a key that `talentloop` made") from None
    return value


class IdentitySettings(Configuration):
    """The settings of the local issuer."""

    talentloop_env: Env = Field(default="production", description="demo or test: it asks for no password")
    http_host: str = Field(default="127.0.0.1", description="the address to listen on; 0.0.0.0 in a container")
    http_port: int = Field(default=8060, ge=1, le=65535, description="the port to listen on")
    public_url: HttpUrl = Field(description="the address browsers reach it by")
    console_url: HttpUrl = Field(description="the address browsers reach the console by: people come back there only")
    oidc_client_id: str = Field(default="talentloop-console", min_length=1, description="what the console is called")
    issuer_key: Annotated[SecretStr, AfterValidator(_check_key)] = Field(description="the key that signs tokens")

    def contradictions(self) -> list[str]:
        """It lets anybody be anybody."""
        if self.talentloop_env == "production":
            return ["TALENTLOOP_ENV: the local issuer is for demo and test only, use the issuer of your organisation"]
        return []


class SignInCode(NamedTuple):
    """Somebody on their way back to the console."""

    somebody: Somebody
    challenge: str
    nonce: str
    until: float


class Refused(Exception):
    """A request to the token endpoint that gets none; `args[0]` is the error of RFC 6749, 5.2."""


class Provider:
    """Gives tokens for codes and refresh tokens, each once."""

    def __init__(self, settings: IdentitySettings) -> None:
        self.settings = settings
        self.back = f"{settings.console_url.rstrip('/')}/signed-in"
        self.gone = f"{settings.console_url.rstrip('/')}/signed-out"
        self.key: ECKey = spelt_key(settings.issuer_key.get_secret_value())
        self._codes: dict[str, SignInCode] = {}
        self._used: dict[str, float] = {}

    def code(self, somebody: Somebody, asked: Mapping[str, str]) -> str:
        """A code for whoever was chosen."""
        now = time.time()
        self._codes = {code: held for code, held in self._codes.items() if held.until > now}
        code = secrets.token_urlsafe(32)
        self._codes[code] = SignInCode(somebody, asked["code_challenge"], asked.get("nonce", ""), now + CODE_SECONDS)
        return code

    def redeem(self, asked: Mapping[str, str]) -> dict[str, object]:
        """What the token endpoint gives. Raises Refused."""
        if asked.get("client_id") != self.settings.oidc_client_id:
            raise Refused("invalid_client")
        match asked.get("grant_type"):
            case "authorization_code":
                return self._for_code(asked)
            case "refresh_token":
                return self._for_refresh(asked.get("refresh_token", ""))
        raise Refused("unsupported_grant_type")

    def _for_code(self, asked: Mapping[str, str]) -> dict[str, object]:
        held = self._codes.pop(asked.get("code", ""), None)
        verifier = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        if held is None or held.until < time.time() or asked.get("redirect_uri") != self.back:
            raise Refused("invalid_grant")
        if not secrets.compare_digest(base64.urlsafe_b64encode(verifier).rstrip(b"="), held.challenge.encode()):
            raise Refused("invalid_grant")
        return self._tokens(held.somebody, secrets.token_urlsafe(12), held.nonce)

    def _for_refresh(self, token: str) -> dict[str, object]:
        expected = jwt.JWTClaimsRegistry(aud={"essential": True, "value": _REFRESHES})
        try:
            said = jwt.decode(token, self.key, algorithms=["ES256"]).claims
            expected.validate(said)
        except (JoseError, ValueError):
            raise Refused("invalid_grant") from None
        if said["jti"] in self._used:
            raise Refused("invalid_grant")
        self._used = {one: until for one, until in self._used.items() if until > time.time()}
        self._used[said["jti"]] = said["exp"]
        return self._tokens(Somebody(said["sub"], said["organization"], tuple(said["roles"])), said["sid"], None)

    def _tokens(self, somebody: Somebody, sid: str, nonce: str | None) -> dict[str, object]:
        whose: dict[str, Any] = {"organization": somebody.organization, "roles": list(somebody.roles)}
        access = sign_token(self.key, user=somebody.user, seconds=TOKEN_SECONDS, **whose)
        refresh = sign(self.key, REFRESH_SECONDS, aud=_REFRESHES, sub=somebody.user, sid=sid, **whose)
        told = {name: value for name, value in (("nonce", nonce), ("name", somebody.name)) if value}
        client = self.settings.oidc_client_id
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": refresh,
            "id_token": sign(self.key, TOKEN_SECONDS, aud=client, azp=client, sub=somebody.user, sid=sid, **told),
        }
