"""Consent texts: what people agree to, word for word. A version is never changed; a new wording is a new version."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

from fastapi import Path

from services.candidates.api.callers import Reader
from shared.contracts import ConsentChanged, Id, Purpose, Value
from shared.web.bodies import Routes
from shared.web.problems import NotFound
from shared.web.translation import LANGUAGES, spoken, unbroken

routes = Routes(tags=["people"])

PLACE = files("services.candidates") / "templates" / "consents"

Version = Annotated[Id, Path(description="as in `text_version` of a consent.")]


class TextNotFound(NotFound):
    """No text of this version and purpose is ours: a platform may have its own."""

    code = "text-not-found"


class Wording(NamedTuple):
    """One version of one purpose's text, by language. `{organization}` stands for whom it is given to."""

    version: str
    texts: dict[str, str]

    def said(self, language: str, organization: str) -> str:
        """What somebody reads and agrees to."""
        return unbroken(self.texts[language], language).replace("{organization}", organization)


class ConsentText(Value):
    """A text people agree to, in every language we have it in. `{organization}` stands for whom it is given to."""

    purpose: Purpose
    version: str
    is_current: bool
    texts: dict[str, str]


class ConsentTexts(Value):
    """Every version of a purpose's text, the current one first."""

    purpose: Purpose
    versions: list[ConsentText]


class AskedConsent(NamedTuple):
    """One purpose as its reader finds it: whether they agree, None while they never answered, and the words.

    Whoever agreed finds the words that they agreed to; None where these are a platform's own.
    """

    purpose: Purpose
    stands: bool | None
    words: str | None
    language: str
    given_at: datetime | None = None


@cache
def wordings(purpose: Purpose) -> dict[str, Wording]:
    """Every version of a purpose's text, the newest first: versions end in the month they are of."""
    found: dict[str, dict[str, str]] = {}
    for file in (PLACE / purpose).iterdir():
        version, language, _ = file.name.rsplit(".", 2)
        found.setdefault(version, {})[language] = file.read_text(encoding="utf-8").strip()
    return {v: Wording(v, {k: found[v][k] for k in LANGUAGES}) for v in sorted(found, reverse=True)}


def current(purpose: Purpose) -> Wording:
    """What people agree to now."""
    return next(iter(wordings(purpose).values()))


def asked_consent(
    purpose: Purpose, given: ConsentChanged | None, language: str, organization: str, *, stands: bool | None
) -> AskedConsent:
    """What somebody agreed to, as they read it then; else what they are asked, in their language."""
    if given is None or not stands:
        return AskedConsent(purpose, stands, current(purpose).said(language, organization), language)
    then, read = wordings(purpose).get(given.text_version), spoken(given.language, language)
    return AskedConsent(purpose, stands, then.said(read, organization) if then else None, read, given.given_at)


def shown_words(purpose: Purpose, language: str) -> str:
    """What names the words that somebody agrees to now, as they read them: a page that showed others names others."""
    return f"{current(purpose).version}.{language}"


@routes.get("/consent-texts/{purpose}")
async def read_texts(purpose: Purpose, _desk: Reader) -> ConsentTexts:
    """Every version of what people agree to for one purpose."""
    return ConsentTexts(purpose=purpose, versions=[_shown(purpose, w) for w in wordings(purpose).values()])


@routes.get("/consent-texts/{purpose}/{version}")
async def read_text(purpose: Purpose, version: Version, _desk: Reader) -> ConsentText:
    """What somebody agreed to who agreed to this version."""
    wording = wordings(purpose).get(version)
    if wording is None:
        raise TextNotFound("None of our texts for this purpose has this version.")
    return _shown(purpose, wording)


def _shown(purpose: Purpose, wording: Wording) -> ConsentText:
    is_current = wording.version == current(purpose).version
    return ConsentText(purpose=purpose, version=wording.version, is_current=is_current, texts=wording.texts)
