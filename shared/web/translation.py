"""Words in people's languages: English stands in the templates, gettext catalogues beside them hold the others."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import BaseLoader, Environment, StrictUndefined

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es")
_WANTED = re.compile(
    r"(?P<language>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=(?P<weight>[01](?:\.[0-9]{0,3})?))?"
)
_NARROW = "\u202f"
_LOOSE = re.compile(r"[ \u00a0](?=[:;?!»])|(?<=«)[ \u00a0]")


def spoken(*wanted: str | None) -> str:
    """The first of the wanted languages (BCP 47) that we have words in, whatever its region; else English."""
    codes = (code.partition("-")[0].lower() for code in wanted if code)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)


def called(name: str, preferred: str | None, language: str) -> str:
    """How somebody is greeted: as they prefer; in German, which says Sie, never by a first name alone."""
    if not preferred:
        return name
    if language != "de" or " " in preferred:
        return preferred
    return name if preferred in name.split() else f"{preferred} {name.partition(' ')[2]}".strip()


def accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, the most wanted first; what cannot be read is left out."""
    found = [wanted for part in header.split(",") if (wanted := _WANTED.fullmatch(part.strip()))]
    weighed = [(float(wanted["weight"] or 1), wanted["language"]) for wanted in found]
    return [language for weight, language in sorted(weighed, key=lambda w: -w[0]) if weight]


@cache
def words_of(packages: tuple[str, ...], language: str) -> Translations:
    """The catalogues `templates/words/LANGUAGE.po` of these packages as one; English is what the templates say."""
    joined = Translations()
    for catalogue in _catalogues(packages, language):
        joined.merge(catalogue)
        joined.plural = catalogue.plural  # which merging leaves behind
    return joined


def translated(loader: BaseLoader, packages: tuple[str, ...], language: str, **options: Any) -> Environment:
    """Templates that say their sentences in one language, by the catalogues of these packages."""
    environment = Environment(  # noqa: S701 - whoever makes one says what is escaped
        loader=loader,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(words_of(packages, language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _catalogues(packages: Iterable[str], language: str) -> Iterable[Translations]:
    for package in packages:
        file = files(package) / "templates" / "words" / f"{language}.po"
        if file.is_file():
            compiled = BytesIO()
            read = read_po(BytesIO(file.read_bytes()), locale=language)
            write_mo(compiled, _unbroken(read, language))
            compiled.seek(0)
            yield Translations(compiled)


def unbroken(text: str, language: str) -> str:
    """In French marks stay with their words: a narrow space that does not break before : ; ? ! and inside « »."""
    return _LOOSE.sub(_NARROW, text) if language == "fr" else text


def _unbroken(catalogue: Catalog, language: str) -> Catalog:
    """Catalogues are typed with plain spaces."""
    for message in catalogue:
        match message.string:
            case str() as text:
                message.string = unbroken(text, language)
            case [*texts]:
                message.string = tuple(unbroken(text, language) for text in texts)
    return catalogue
