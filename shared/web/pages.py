"""Pages for people who never log in: server-rendered, in their language, without script or anything from elsewhere."""

from html import unescape
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader

from shared.contracts import LegalFrame
from shared.web.translation import ENGLISH, LANGUAGES, translated

KIT = "shared.web"


class Pages:
    """The pages of one service: its `templates/pages` over the kit's, with the words of both."""

    def __init__(self, package: str) -> None:
        self._environments = {language: _environment(package, language) for language in LANGUAGES}

    def show(
        self,
        template: str,
        *,
        language: str = ENGLISH,
        status: int = 200,
        legal: LegalFrame | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page as an answer. `language` is one of LANGUAGES; `legal`: what stands at its foot."""
        page = self._environments[language].get_template(template)
        return HTMLResponse(page.render(language=language, legal=legal, **values), status)

    def say(self, template: str, *, language: str = ENGLISH, **values: Any) -> str:
        """The words of a template without markup, as plain text in one line."""
        said = self._environments[language].get_template(template).render(language=language, **values)
        return unescape(said.strip())


def _environment(package: str, language: str) -> Environment:
    loader = ChoiceLoader([PackageLoader(p, "templates/pages") for p in (package, KIT)])
    return translated(loader, (KIT, package), language, autoescape=True)
