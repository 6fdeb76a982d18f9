"""The lint against its corpus: what it must find, and what only looks like it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.lint import ADVICE, LANGUAGES, Code, knows, lint

CORPUS = Path(__file__).parent / "corpus"
AT_LEAST = 20  # different hits, and different near misses


def corpus(language: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / f"{language}.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hit_is_found(language):
    missed = [
        (code, sentence)
        for code, words in corpus(language).items()
        for sentence in words["hits"]
        if code not in {finding.code for finding in lint([sentence], language, words.get("names", ()))}
    ]

    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_near_miss_passes(language):
    found = [
        (sentence, finding.code, finding.found)
        for words in corpus(language).values()
        for sentence in words["misses"]
        for finding in lint([sentence], language, words.get("names", ()))
    ]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_has_enough_of_each(language):
    sentences = {
        (code, which): words[which] for code, words in corpus(language).items() for which in ("hits", "misses")
    }

    assert set(sentences) == {(code, which) for code in Code for which in ("hits", "misses")}
    assert {key: len({*found}) for key, found in sentences.items() if len({*found}) < AT_LEAST} == {}
    assert [key for key, found in sentences.items() if len({*found}) < len(found)] == []


def test_what_ben_wrote_about_lukas():
    text = "Great culture fit; our young team would suit him. The daily revenue query was right the first time."

    findings = lint([text], "en")

    assert [(f.code, f.found) for f in findings] == [
        ("culture_fit", "culture fit"),
        ("protected", "our young team"),
        ("culture_fit", "would suit him"),
    ]


def test_a_finding_says_where_it_is_and_what_to_do():
    [finding] = lint(["You joined three tables.", "A great  cultural‑fit, I felt."], "en-GB")

    assert finding.text == 1
    assert "A great  cultural‑fit, I felt."[finding.start : finding.end] == finding.found == "cultural‑fit"
    assert finding.advice("de") == ADVICE["de"][Code.CULTURE_FIT]


@pytest.mark.parametrize(
    "written",
    [
        "Ein ju\u0308nger wirkendes, junges Team",  # a letter and its mark apart
        "Unser jun\u00adges Team",  # a soft hyphen
        "Unser JUNGES\u00a0TEAM",
        "unser junges\nTeam",
    ],
)
def test_no_way_of_writing_hides_a_word(written):
    assert "protected" in {f.code for f in lint([written], "de")}


def test_umlauts_and_accents_may_be_left_out():
    assert {f.code for f in lint(["ueberdurchschnittlich"], "de")} == {"score"}
    assert {f.code for f in lint(["Vous etes trop jeune, manque de volonte."], "fr")} == {"protected", "character"}
    assert {f.code for f in lint(["Un equipo muy joven con buenisima quimica: la quimica fue buena."], "es")} == {
        "protected",
        "culture_fit",
    }


def test_without_a_word_list_only_names_are_found():
    assert not knows("fi")
    assert [f.code for f in lint(["Hieno culture fit, sanoi Ben."], "fi", ["Ben Okafor"])] == ["name"]


def test_a_name_that_is_a_word_needs_its_capital():
    names = ["Mark Will"]

    assert lint(["you will leave a mark"], "en", names) == []
    assert [f.found for f in lint(["As Mark said"], "en", names)] == ["Mark"]


@pytest.mark.parametrize(
    "written",
    [
        "In\u00ades Cal\u00adder",
        "Ines\u200b Calder",
        "\u202eInes\u202c \u200eCalder",
        "I\u2060nes C\ufeffalder",
        "C\u034falder",
    ],
)
def test_nothing_that_is_not_seen_hides_a_name(written):
    said = f"Ask {written} about it."

    [finding] = lint([said], "en", ["Ines Calder"])

    assert finding.code == Code.NAME
    assert finding.found.strip("\u202e") == written.strip("\u202e")
    assert said[finding.start : finding.end] == finding.found


@given(st.text(max_size=200), st.sampled_from(LANGUAGES), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_read_and_every_span_is_where_it_says(text, language, names):
    for finding in lint([text], language, names):
        assert text[finding.start : finding.end] == finding.found != ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "You explained the window function well for your age."),
        ("en", "You solved the query quickly despite your pregnancy."),
        ("en", "You explained the join clearly, which is rare for women in this field."),
        ("de", "Sie haben die Abfrage trotz Ihres Alters schnell gelöst."),
        ("de", "Sie haben die Tabelle sauber entworfen, trotz Ihrer Schwangerschaft."),
        ("fr", "Vous avez bien expliqué la jointure malgré votre âge."),
        ("fr", "Vous avez écrit le code malgré votre grossesse."),
        ("es", "Explicó bien la consulta a pesar de su edad."),
    ],
)
def test_no_deed_excuses_what_the_law_protects(language, sentence):
    assert Code.PROTECTED in {finding.code for finding in lint([sentence], language)}
