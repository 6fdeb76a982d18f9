"""Until when somebody is away, in the words of four languages."""

from datetime import date

import pytest

from services.notifications.domain.away import last_day_away, speaks_of_absence

RECEIVED = date(2027, 4, 6)


@pytest.mark.parametrize(
    "text",
    [
        "Out of office until 12 Apr 2027",
        "I am out of the office until Monday, April 12th. For urgent matters write to Jo.",
        "I'm on vacation from April 5 through April 12, 2027.",
        "I am away 5 April - 12 April 2027 without access to mail.",
        "I will be back in the office on Tuesday 13 April 2027.",
        "Returning 2027-04-13.",
        "On leave to 12/04/2027",
        "Ich bin bis einschließlich 12.04.2027 nicht im Büro.",
        "Ich bin vom 5. bis zum 12. April abwesend.",
        "Ab dem 13. April bin ich wieder für Sie da.",
        "Ich bin am 13.4. zurück.",
        "Je suis absente jusqu’au 12 avril 2027.",
        "Je serai de retour le mardi 13 avril.",
        "En congés du 5 au 12 avril 2027 inclus.",
        "Estaré fuera de la oficina hasta el 12 de abril de 2027.",
        "Vuelvo el 13 de abril.",
        "Ausente del 5 al 12 de abril de 2027",
    ],
)
def test_example_20_the_end_date_in_four_languages(text):
    assert last_day_away(text, RECEIVED) == date(2027, 4, 12)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your mail of 5 April 2027.",
        "Our office moved on 12.03.2026.",
        "I am away until 31 February 2027.",
        "Out of office until further notice",
        "Bis bald!",
        "I left the company, please write until 12 April 2031 to nobody.",
        "",
    ],
)
def test_other_dates_and_no_dates_say_nothing(text):
    assert last_day_away(text, RECEIVED) is None


def test_a_day_without_a_year_is_the_next_of_its_kind():
    assert last_day_away("away until 3 January", date(2026, 12, 20)) == date(2027, 1, 3)


@pytest.mark.parametrize("text", ["I am out of the office", "Abwesenheitsnotiz", "Absence du bureau", "Ausente"])
def test_an_absence_is_told_from_any_other_automatic_answer(text):
    assert speaks_of_absence(text)
    assert not speaks_of_absence("We received your request and opened ticket 4711.")
