"""Which language a text reads as: what a letter holds in another one than it says is seen by a person."""

import pytest

from shared.lint import LANGUAGES, reads_as

SENTENCES = {
    "en": "You explained the trade-off before you wrote the query, and you tested the edge cases.",
    "de": "Sie haben den Unterschied erklärt, bevor Sie die Abfrage schrieben, und die Randfälle geprüft.",
    "fr": "Vous avez expliqué la différence avant d'écrire la requête, et vous avez testé les cas limites.",
    "es": "Explicó la diferencia antes de escribir la consulta y probó los casos límite.",
}
ELSEWHERE = {
    "it": "Ha spiegato molto bene perché la query era lenta, e poi ha provato anche i casi limite.",
    "nl": "U hebt het verschil uitgelegd voordat u de query schreef, en de randgevallen getest.",
    "pl": "Najpierw wyjaśniła różnicę, a potem napisała zapytanie, które było dobre za pierwszym razem.",
    "ru": "Вы объяснили разницу, прежде чем писать запрос.",
    "zh": "你在写查询之前解释了区别，并测试了边界情况。",
    "ja": "クエリを書く前に違いを説明しました。",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_reads_as_what_it_is_written_in(language):
    read = {declared: reads_as(SENTENCES[language], declared) for declared in LANGUAGES}

    assert read == {declared: declared == language for declared in LANGUAGES}


@pytest.mark.parametrize("written", ELSEWHERE)
def test_a_text_in_a_language_without_a_word_list_reads_as_none_that_has_one(written):
    assert [declared for declared in LANGUAGES if reads_as(ELSEWHERE[written], declared)] == []


@pytest.mark.parametrize("text", ["", "Ok", "⭐⭐⭐", "Top pick", "SQL, Python", "O(n log n)", "1 + 1 = 2"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_tells_nothing_is_not_doubted(text, language):
    assert reads_as(text, language)


def test_code_within_a_sentence_is_of_no_language():
    assert reads_as("Der JOIN mit WHERE und OVER war korrekt.", "de")


def test_a_region_changes_nothing_and_an_unknown_language_is_not_judged():
    assert reads_as(SENTENCES["de"], "de-AT")
    assert reads_as(SENTENCES["de"], "sw")
