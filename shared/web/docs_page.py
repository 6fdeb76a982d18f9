"""The page for people at `/docs`: the OpenAPI document in Swagger UI, whose files come with a package of ours."""

import base64
import hashlib
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

ASSETS = "docs/assets"  # relative, as is the document: a proxy may put something in front
_LOOK = {"defaultModelsExpandDepth": 0, "filter": True, "syntaxHighlight": False}
_STYLE = b"<style>.response-col_links {display: none} .opblock-body {overflow-x: auto}</style></head>"  # on a phone
_POLICY = (
    "default-src 'none'; script-src 'self' '{}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_to(app: FastAPI) -> None:
    """Show the page at `/docs`. It runs the script it was made with, and asks this service only."""
    drawn = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=app.title,
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url="data:,",
        swagger_ui_parameters=_LOOK,
    )
    page = bytes(drawn.body).replace(b"<html>", b'<html lang="en">').replace(b"</head>", _STYLE)
    policy = {"Content-Security-Policy": _POLICY.format(_fingerprint(page))}

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    async def manual() -> HTMLResponse:
        return HTMLResponse(page, headers=policy)

    app.mount(f"/{ASSETS}", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="docs assets")


def _fingerprint(page: bytes) -> str:
    """What the policy knows the one script by that stands in the page itself."""
    script = page.partition(b"<script>")[2].partition(b"</script>")[0]
    return f"sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}"
