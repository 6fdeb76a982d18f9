"""The local issuer as people meet it: an OpenID provider without passwords, for development and the demo only.

`python -m local.identity` serves it: whoever opens its page chooses who they are. It keeps nothing but codes on their
way and which refresh tokens were used, so after a restart everybody who is signed in stays signed in.
"""

import base64
import hashlib
import sys
from collections.abc import Mapping
from importlib.resources import files
from urllib.parse import urlencode

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, StrictUndefined

from local.issuer import ISSUER
from local.provider import PEOPLE, IdentitySettings, Provider, Refused, Somebody
from shared.settings.environment import SettingsError
from shared.web.roles import Role

routes = APIRouter()


def build(settings: IdentitySettings) -> FastAPI:
    """The provider's app."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.provider, app.state.page = Provider(settings), _Page()
    app.include_router(routes)
    return app


@routes.get("/ready")
async def tell_ready() -> JSONResponse:
    """It keeps nothing, so it is ready as it answers."""
    return JSONResponse({"ready": True})


@routes.get("/.well-known/openid-configuration")
async def tell_configuration(request: Request) -> JSONResponse:
    """What it is and where (OpenID Connect Discovery 1.0)."""
    return JSONResponse(_configuration(_provider(request).settings, str(request.base_url).rstrip("/")))


@routes.get("/jwks.json")
async def tell_keys(request: Request) -> JSONResponse:
    """The public half of its key."""
    return JSONResponse({"keys": [_provider(request).key.as_dict(private=False)]})


@routes.get("/authorize")
async def ask(request: Request) -> Response:
    """The page on which somebody says who they are."""
    asked = dict(request.query_params)
    return _refusal(_provider(request), asked) or _show(request, asked)


@routes.post("/authorize")
async def choose(request: Request) -> Response:
    """Back to the console, as whoever was chosen."""
    provider, asked = _provider(request), await _form(request)
    if refusal := _refusal(provider, asked):
        return refusal
    if "decline" in asked:
        return _back(provider, asked, error="access_denied")
    somebody = _chosen(asked)
    if somebody is None:
        return _show(request, asked, 422)
    return _back(provider, asked, code=provider.code(somebody, asked))


@routes.post("/token")
async def give_tokens(request: Request) -> JSONResponse:
    """For a code or a refresh token."""
    try:
        return JSONResponse(_provider(request).redeem(await _form(request)), headers={"Cache-Control": "no-store"})
    except Refused as refused:
        return JSONResponse({"error": refused.args[0]}, 400, headers={"Cache-Control": "no-store"})


@routes.api_route("/end-session", methods=["GET", "POST"])
async def end(request: Request) -> Response:
    """Back to the console: nobody is remembered here."""
    provider = _provider(request)
    asked = dict(request.query_params) | (await _form(request) if request.method == "POST" else {})
    known = asked.get("post_logout_redirect_uri") == provider.gone
    return RedirectResponse(provider.gone, 303) if known else JSONResponse({"ended": True})


def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider


def _configuration(settings: IdentitySettings, asked_at: str) -> dict[str, object]:
    """What it tells of itself: pages where browsers find them, the rest where it was asked, as in a container."""
    public = settings.public_url.rstrip("/")
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{public}/authorize",
        "end_session_endpoint": f"{public}/end-session",
        "token_endpoint": f"{asked_at}/token",
        "jwks_uri": f"{asked_at}/jwks.json",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


async def _form(request: Request) -> dict[str, str]:
    """Its fields, several of one name joined by commas."""
    form = await request.form()
    return {name: ",".join(one for one in form.getlist(name) if isinstance(one, str)) for name in form}


def _refusal(provider: Provider, asked: Mapping[str, str]) -> Response | None:
    """Why this request gets no page: told to the console, unless that is not who asks."""
    if asked.get("client_id") != provider.settings.oidc_client_id or asked.get("redirect_uri") != provider.back:
        return HTMLResponse(f"Only the console at {provider.settings.console_url} signs in here.", 400, _HEADERS)
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return _back(provider, asked, error="invalid_request")
    return None if asked.get("code_challenge") else _back(provider, asked, error="invalid_request")


def _chosen(asked: Mapping[str, str]) -> Somebody | None:
    """Somebody of the list, or whom the form names."""
    if "person" in asked:
        return next((one for one in PEOPLE if one.user == asked["person"]), None)
    roles = tuple(one for one in asked.get("roles", "").split(",") if one in tuple(Role))
    user, organization = (asked.get(name, "").strip() for name in ("user", "organization"))
    return Somebody(user, organization, roles) if user and organization else None


def _back(provider: Provider, asked: Mapping[str, str], **told: str) -> RedirectResponse:
    query = urlencode({**told, "state": asked.get("state", ""), "iss": ISSUER})
    return RedirectResponse(f"{provider.back}?{query}", 303, {"Cache-Control": "no-store"})


_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_ASKED = ("client_id", "redirect_uri", "response_type", "state", "nonce", "code_challenge", "code_challenge_method")


def _show(request: Request, asked: Mapping[str, str], status: int = 200) -> HTMLResponse:
    shown: HTMLResponse = request.app.state.page.show(_provider(request), asked, status)
    return shown


class _Page:
    """The page on which somebody says who they are."""

    def __init__(self) -> None:
        here = files("local") / "pages"
        self._look = (here / "authorize.css").read_text()
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._template = environment.from_string((here / "authorize.html").read_text())
        digest = base64.b64encode(hashlib.sha256(self._look.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'; "
            "form-action 'self' {}"
        )

    def show(self, provider: Provider, asked: Mapping[str, str], status: int = 200) -> HTMLResponse:
        """For these fields of the console's request."""
        kept = {name: asked[name] for name in _ASKED if name in asked}
        text = self._template.render(
            look=self._look, kept=kept, people=PEOPLE, roles=list(Role), is_wrong=status != 200,
            user=asked.get("user", ""), organization=asked.get("organization", "halden"),
        )  # fmt: skip
        policy = self._policy.format(provider.settings.console_url)
        return HTMLResponse(text, status, {"Content-Security-Policy": policy, **_HEADERS})


def main() -> int:
    """Read the environment and serve."""
    try:
        settings = IdentitySettings()
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the log of the supervisor
        return error.exit_code
    uvicorn.run(
        build(settings), host=settings.http_host, port=settings.http_port, access_log=False, log_level="warning",
        proxy_headers=False, server_header=False,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
