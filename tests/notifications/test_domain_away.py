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
        "Ich bin vom 5.4.27 bis 12.4.27 im Urlaub.",
        "Ich bin bis zum 12.4. im Haus 7, Raum 5.1.12, nicht zu erreichen.",
        "Away until 2027/04/12",
        "Away until 2027.4.12, back in good form",
        "Away until 12-4-2027",
        "Away until 12/04",
        "I am away until 04/12/2027.",
        "En congés du 05/04 au 12/04.",
        "Jusqu'au 12/04/27 inclus, joignable 24/7 par téléphone au 0610.20.30.40.",
        "from Apr 5 - Apr 12",
        "Apr 5–Apr 12, 2027: on leave until then",
        "Until 12th of April 2027",
        "Hors du bureau jusqu'au 12 avr. 2027",
        "Fuera de la oficina hasta el 12 abr 2027",
        "Zurück bin ich ab 13.04.2027 um 9.30 Uhr",
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
        "Reachable 24/7 until further notice",
        "Away until version 5.12.1 is out",
        "Please do write again on 12 April.",
        "",
    ],
)
def test_other_dates_and_no_dates_say_nothing(text):
    assert last_day_away(text, RECEIVED) is None


def test_a_day_without_a_year_is_the_next_of_its_kind():
    assert last_day_away("away until 3 January", date(2026, 12, 20)) == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Ich bin vom 21.12.26 bis 5.1.27 im Urlaub.", date(2027, 1, 5)),
        ("vom 21.12. bis 6.1.", date(2027, 1, 6)),
        ("du 21/12 au 06/01", date(2027, 1, 6)),
        ("from Dec 21 to Jan 6", date(2027, 1, 6)),
        ("until 01/06/2027", date(2027, 1, 6)),  # the sixth of January comes first
        ("jusqu'au 01/06/2027", date(2027, 6, 1)),
        ("de retour le 4 janvier", date(2027, 1, 3)),
        ("hasta el 6 de enero", date(2027, 1, 6)),
        ("until 31/12", date(2026, 12, 31)),
        ("I will return to the office on January 4, 2027.", date(2027, 1, 3)),
        ("de retour au bureau le 4 janvier", date(2027, 1, 3)),
        ("Regreso al trabajo el 4 de enero.", date(2027, 1, 3)),
        ("I will be out of the office starting 12/21/2026 and will not return until 1/4/2027.", date(2027, 1, 3)),
        ("I won't be back in the office until Monday 4 January.", date(2027, 1, 3)),
        ("No regreso hasta el 4 de enero.", date(2027, 1, 3)),
        ("I'm out of office between 21 December and 4 January.", date(2027, 1, 4)),
        ("Zwischen dem 21.12. und dem 4.1. bin ich im Urlaub.", date(2027, 1, 4)),
        ("absente entre le 21 décembre et le 4 janvier", date(2027, 1, 4)),
        ("entre el 21 de diciembre y el 4 de enero", date(2027, 1, 4)),
        ("Vom 21.12.-04.01. im Urlaub", date(2027, 1, 4)),
        ("21/12/2026-04/01/2027", date(2027, 1, 4)),
        ("I will be back after 4 January.", date(2027, 1, 4)),
        ("Nach dem 4. Januar bin ich wieder da.", date(2027, 1, 4)),
        ("Back on 04-Jan-2027", date(2027, 1, 3)),
        ("from Dec 21 to Monday, Jan 4", date(2027, 1, 4)),
        ("OOO from 12.21.2026 through 1.4.2027", date(2027, 1, 4)),  # in English words, as with slashes
        ("Ich bin bis zum 4. Jänner nicht erreichbar.", date(2027, 1, 4)),
        ("Ab Montag, den 4. Jänner 2027, sind wir wieder da.", date(2027, 1, 3)),
        ("Sono assente dall'ufficio fino al 4 gennaio 2027.", date(2027, 1, 4)),
        ("Sarò in ferie dal 21/12/2026 al 04/01/2027.", date(2027, 1, 4)),
        ("Rientrerò in ufficio l'11 gennaio.", date(2027, 1, 10)),
        ("Ik ben afwezig tot en met 4 januari 2027.", date(2027, 1, 4)),
        ("Afwezig tot 4 januari", date(2027, 1, 4)),
        ("Ik ben vanaf 4 januari weer bereikbaar.", date(2027, 1, 3)),
        ("Estarei de férias até 4 de janeiro de 2027.", date(2027, 1, 4)),
        ("Estarei ausente de 21/12/2026 a 04/01/2027.", date(2027, 1, 4)),
        ("Jestem na urlopie do 4 stycznia 2027.", date(2027, 1, 4)),
        ("Wracam 4 stycznia.", date(2027, 1, 3)),
        ("Jag är på semester till och med den 4 januari.", date(2027, 1, 4)),
        ("Jeg holder ferie til og med den 4. januar 2027.", date(2027, 1, 4)),
    ],
)
def test_an_absence_over_new_year_ends_on_the_right_day(text, last):
    assert last_day_away(text, date(2026, 12, 18)) == last


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office",
        "I am travelling and have limited access to email",
        "On parental leave",
        "Abwesenheitsnotiz",
        "Ich bin in Elternzeit",
        "Absence du bureau",
        "Ausente",
    ],
)
def test_an_absence_is_told_from_any_other_automatic_answer(text):
    assert speaks_of_absence(text)
    assert not speaks_of_absence("We received your request and opened ticket 4711.")
