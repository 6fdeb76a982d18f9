"""Spellings that look alike are one name; what shows nothing is none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import family_of
from shared.contracts.writing import alike, is_invisible

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
FORMS = [
    ("Données", unicodedata.normalize("NFD", "Données")),
    ("Data", "Ｄａｔａ"),
    ("Data", "Da\u200bta\ufeff"),
    ("Data", "D\u00adata\ufe0f"),
    ("Back-End", "Back\u2013End"),
    ("Back-End", "Back\u2212End"),
    ("Back-End", "BACK\u2011END"),
    ("Straße", "STRASSE"),
    ("ﬁnance", "Finance"),
    ("Data Science", "Data\u00a0 Science\u200b"),
    ("Καρδιάς", "ΚΑΡΔΙΆΣ"),
]


@pytest.mark.parametrize(("one", "other"), FORMS)
def test_spellings_that_look_alike_are_one_family(one, other):
    assert family_of(one, None) == family_of(other, None)


@pytest.mark.parametrize(("one", "other"), [("Data", "Date"), ("Data", "Daten"), ("C", "C++"), ("Pôle", "Pole")])
def test_what_looks_different_stays_different(one, other):
    assert family_of(one, None) != family_of(other, None)


@given(TEXT)
def test_every_normal_form_of_a_text_is_one_spelling(text):
    assert len({alike(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}) == 1
    assert alike(alike(text)) == alike(text)


@given(TEXT, TEXT)
def test_what_shows_nothing_makes_no_difference(before, after):
    assert alike(f"{before}x\u200b{after}") == alike(f"{before}x{after}")


@given(TEXT)
def test_a_family_is_never_empty_and_named_by_itself(text):
    family = family_of(text, None)

    assert family
    assert family_of(family, None) == family


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=12).filter(str.strip))
def test_ascii_families_are_what_they_were(text):
    assert family_of(text, None) == "-".join(text.casefold().split())


@pytest.mark.parametrize("text", ["\u200b", " \u00a0", "\u2060\ufeff", "\u3164", "\u2800\u200d", "\ufe0f"])
def test_a_text_without_anything_to_see_is_invisible(text):
    assert is_invisible(text)
    assert family_of(text, "Data") == "data"


@pytest.mark.parametrize("text", ["a", "\u200ba", "👍\ufe0f", "می\u200cخواهم", "-", "\u0301a"])
def test_a_text_with_something_to_see_is_not(text):
    assert not is_invisible(text)
