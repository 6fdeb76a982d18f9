"""The lint beside what somebody is typing: asked by the page itself, and silent where it cannot be asked."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from services.console.api.places import Place
from services.console.api.routes import PageRoute
from services.console.api.visitors import Visitor, visiting
from services.console.calls.notifications.letters import Found
from services.console.calls.notifications.lint import LINT, Texts
from services.console.domain.marks import Span, marked
from shared.lint import ADVICE
from shared.web.translation import ENGLISH

NOTHING_TO_SHOW = 204  # the page stays as it is
LONGEST = 5000


class Aside(PageRoute):
    """What a page asks by itself: whatever goes wrong is no page in the middle of it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Its handler, whose failures say nothing."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            answered = await handle(request)
            return answered if answered.status_code == 200 else Response(status_code=NOTHING_TO_SHOW)

        return answer


routes = APIRouter(route_class=Aside, default_response_class=HTMLResponse, include_in_schema=False)


@routes.post("/lint")
async def look_at_words(
    request: Request,
    visitor: Annotated[Visitor, Depends(visiting(Place.TODAY))],
    field: Annotated[str, Form(pattern=r"^[a-z]+(-[0-9]+)?$")],
    names: Annotated[list[str] | None, Form()] = None,
) -> HTMLResponse:
    """What the lint finds in one field of a form, marked, with what to write instead; nothing is kept."""
    form = await request.form()
    text = str(form.get(field, ""))[:LONGEST]
    language = str(form.get(f"language-{field.rpartition('-')[2]}") or form.get("language") or ENGLISH)
    found: tuple[Found, ...] = ()
    if text.strip():
        found = (await visitor.desk.seek(LINT, Texts(language=language, texts=[text], names=names or []))).findings
    spans = [Span(one.start, one.end, one.code) for one in found]
    return visitor.show(
        "lint.html", pieces=marked(text, spans) if spans else (), codes=dict.fromkeys(one.code for one in found),
        words_in=language, advice=ADVICE.get(visitor.language, ADVICE[ENGLISH]),
    )  # fmt: skip
