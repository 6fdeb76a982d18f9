"""Every sentence of every template is there in every language, with the same placeholders, and none is left over."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.web.translation import ENGLISH, LANGUAGES, spoken, words_of

ROOT = Path(__file__).parents[1]
PLACES = sorted(p.parent for p in ROOT.glob("s*/*/templates/words") if p.is_dir())
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def sentences(place: Path) -> Iterator[tuple[str, ...]]:
    """What the templates of one package say: a sentence, or one and its plural."""
    found = extract_from_dir(
        place, [("**.html", "jinja2"), ("**.txt", "jinja2")], options_map={"**": {"trimmed": "on"}}
    )
    for _, _, message, _, _ in found:
        yield (message,) if isinstance(message, str) else tuple(message)


def catalogue(place: Path, language: str) -> Catalog:
    """One language's words of one package."""
    return read_po((place / "words" / f"{language}.po").open("rb"), locale=language)


def placeholders(text: str) -> list[str]:
    """What a sentence leaves to be filled in."""
    return sorted(re.findall(r"%\(\w+\)s", text))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("place", PLACES, ids=lambda p: p.parent.name)
def test_every_sentence_is_translated_and_none_is_left_over(place: Path, language: str) -> None:
    said = {message[0]: message for message in sentences(place)}
    known = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue(place, language) if m.id}
    assert said, "no template says anything"
    assert known.keys() == said.keys()
    for first, message in known.items():
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert all(texts), first
        assert not message.fuzzy, first
        assert {tuple(placeholders(t)) for t in texts} == {tuple(placeholders(said[first][-1]))}, first


def test_a_language_with_a_region_is_spoken_and_an_unknown_one_is_not() -> None:
    assert [spoken("de-AT"), spoken("fi", "fr"), spoken(None, "fi"), spoken("ES")] == ["de", "fr", "en", "es"]


def test_words_of_the_kit_and_of_a_service_are_one_catalogue() -> None:
    assert words_of(("shared.web",), "de").gettext("This link has expired") == "Dieser Link ist abgelaufen"
    assert words_of(("shared.web",), "en").gettext("This link has expired") == "This link has expired"
