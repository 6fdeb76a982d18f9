"""Every sentence of every template is there in every language, with the same placeholders, and none is left over."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.web.translation import ENGLISH, LANGUAGES, called, spoken, unbroken, words_of

ROOT = Path(__file__).parents[1]
PLACES = sorted(p.parent for p in ROOT.glob("s*/*/templates/words") if p.is_dir())
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


@cache
def sentences(place: Path) -> list[tuple[str, ...]]:
    """What the templates of one package say, read once: a sentence, or one and its plural."""
    found = extract_from_dir(
        place, [("**.html", "jinja2"), ("**.txt", "jinja2")], options_map={"**": {"trimmed": "on"}}
    )
    return [(message,) if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found]


@cache
def catalogue(place: Path, language: str) -> Catalog:
    """One language's words of one package, read once."""
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


@pytest.mark.parametrize(
    ("name", "preferred", "language", "greeted"),
    [
        ("Noor Haddad", "Noor", "en", "Noor"),
        ("Noor Haddad", "Noor", "de", "Noor Haddad"),
        ("Maximilian von Stein", "Max", "de", "Max von Stein"),
        ("Maria Lange", "Mara Kurz", "de", "Mara Kurz"),
        ("Noor Haddad", None, "fr", "Noor Haddad"),
        ("Cher", "Che", "de", "Che"),
    ],
)
def test_german_which_says_sie_greets_nobody_by_a_first_name_alone(name, preferred, language, greeted) -> None:
    assert called(name, preferred, language) == greeted


GRATES = {
    "en": [r"[Oo]nly who has", r"\btap\b"],
    "de": [
        r"\bTipp\b",
        r"nicht weiterzugehen",
        r"Sie treffen, wer",
        r"\b(du|dein|dir)\b",
        r"\w[*:_]innen",
        r"Mentorat",
    ],
    "fr": [
        r"\bgeste\b",
        r"[^\s\d][:;?!»](?=\s|$)",
        r"«\S",
        r"\w\(e\)",
        r"\boublié\b",
        r"\bseul qui\b",
        r"\be-?mails?\b",
    ],
    "es": [r"\btoque\b", r"\b(tú|tu|te)\b"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_once_grated_on_a_native_ear_is_said_nowhere(language) -> None:
    said = [
        text
        for place in PLACES
        for text in (
            (message[0] for message in sentences(place))
            if language == ENGLISH
            else (str(m.string) for m in catalogue(place, language) if m.id)
        )
    ]

    assert [(text, one) for text in said for one in GRATES[language] if re.search(one, text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_is_the_same_wherever_it_stands(language) -> None:
    said: dict[str, set[str]] = {}
    for place in PLACES:
        for message in catalogue(place, language):
            if isinstance(message.id, str) and message.id:
                said.setdefault(message.id, set()).add(unbroken(str(message.string), language))

    assert {sentence: texts for sentence, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_left_in_english(language) -> None:
    for place in PLACES:
        left = {
            m.id
            for m in catalogue(place, language)
            if m.id == m.string and " " in re.sub(r"%\(\w+\)s", "", m.id).strip()
        }
        assert left == set(), place.parent.name


def test_french_marks_stay_with_their_words_at_the_end_of_a_line() -> None:
    for place in PLACES:
        words = words_of((".".join(place.parent.relative_to(ROOT).parts),), "fr")
        said = [words.gettext(m.id) for m in catalogue(place, "fr") if isinstance(m.id, str) and m.id]
        assert [text for text in said if re.search(r"[ \xa0][:;?!»]|«[ \xa0]", text)] == []
        assert any("\u202f" in text for text in said), place.parent.name


def test_words_of_the_kit_and_of_a_service_are_one_catalogue() -> None:
    assert words_of(("shared.web",), "de").gettext("This link has expired") == "Dieser Link ist abgelaufen"
    assert words_of(("shared.web",), "en").gettext("This link has expired") == "This link has expired"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "0 letters"), ("fr", "0 lettre"), ("de", "0 Briefe"), ("es", "0 cartas")]
)
def test_none_at_all_is_said_as_each_language_says_it(language, said):
    words = words_of(("services.console",), language)
    released = words.ungettext("%(count)s letter is released.", "%(count)s letters are released.", 0)

    assert (released % {"count": 0}).startswith(f"{said} ")
