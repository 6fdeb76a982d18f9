"""What the macros of the console's templates say, by themselves."""

from datetime import UTC, datetime
from typing import Any

from services.console.api.places import Place
from services.console.api.rendering import PAGES, Times

NOW = datetime(2026, 11, 13, 15, 20, tzinfo=UTC)


def said(template: str, macro: str, *arguments: Any, language: str = "en") -> str:
    """The words of one macro."""
    environment = PAGES._environments[language]
    known = {"Place": Place, "times": Times(language, "UTC", NOW), "is_hole": lambda _: False}
    return str(getattr(environment.get_template(template).make_module(known), macro)(*arguments)).strip()
