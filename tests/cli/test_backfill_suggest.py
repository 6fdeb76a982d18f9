"""A first mapping of a file: it works where the headings are plain, and never names what is protected."""

import tomllib

import pytest

from cli.backfill.mapping import mapping_of
from cli.backfill.suggest import UNKNOWN, guess_columns, guess_formats, suggest_mapping
from tests.cli.test_backfill_layout import reading_of

GERMAN = """Bewerber-Nr;Vorname;Nachname;Geburtsdatum;Geschlecht;E-Mail;Termin;Uhrzeit;Stelle;Abteilung;Erschienen
7;Ana;Ruiz;01.02.1990;w;ana@x.example;13.02.2026;14:30;Prüferin;Köln;ja
8;Ben;Okafor;03.04.1991;m;ben@x.example;14.02.2026;09:00;Prüfer;Köln;nein
9;Zoë;Müller;05.06.1992;d;zoe@x.example;15.02.2026;;Prüfer;Köln;verschoben
"""


def test_a_suggested_mapping_reads_the_file_it_was_made_of(tmp_path):
    file = tmp_path / "export.csv"
    file.write_bytes(GERMAN.encode("cp1252"))

    mapping = tomllib.loads(suggest_mapping(file))
    _, reading = reading_of(GERMAN.encode("cp1252"), tmp_path, **mapping)

    assert mapping["columns"]["number"] == "Bewerber-Nr"
    assert mapping["ids"]["candidate"] == "{number}"
    assert mapping["when"]["formats"] == ["%d.%m.%Y"]
    assert (mapping["attendance"]["completed"], mapping["attendance"]["missed"]) == (["ja"], ["nein"])
    assert (reading.completed, reading.missed, reading.rejected.count) == (1, 1, 1)


def test_nothing_that_is_protected_or_contact_data_is_suggested(tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(GERMAN)

    text = suggest_mapping(file)

    assert [word for word in ("Geburt", "Geschlecht", "E-Mail", "Ana", "1990", "x.example") if word in text] == []


@pytest.mark.parametrize(
    "heading",
    ["Gender", "Marital Status", "Birth Date", "DateOfBirth", "Date of birth", "Religion of candidate", "Geschlecht",
     "Familienstand", "Staatsangehörigkeit", "État civil", "Estado civil", "Candidate Age", "Candidate's phone",
     "Candidate Native location", "Schwerbehinderung", "Name of spouse (married)", "Salary position", "Union status"],
)  # fmt: skip
def test_a_protected_heading_is_never_a_guess(heading):
    assert heading not in guess_columns([heading, "Position"]).values()


def test_a_column_that_is_not_found_is_left_to_a_person(tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("A,B\n1,2\n")

    mapping = mapping_of(tomllib.loads(suggest_mapping(file)), "suggested")

    assert set(mapping.columns.values()) == {UNKNOWN}


def test_the_surest_heading_is_taken_and_questions_are_none():
    headings = ["Client name", "Can I call you at the time of it",  "Name(Cand ID)", "Expected Attendance",
                "Observed Attendance", "Position to be closed", "Date of joining", "Date of Interview"]  # fmt: skip

    assert guess_columns(headings) == {
        "attended": "Observed Attendance",
        "date": "Date of Interview",
        "person": "Name(Cand ID)",
        "position": "Position to be closed",
        "client": "Client name",
    }


def test_dates_that_could_be_read_both_ways_are_said():
    assert guess_formats(["03/02/2026", "13/02/2026"]) == (["%d/%m/%Y"], False)
    assert guess_formats(["03/02/2026", "04/02/2026"]) == (["%d/%m/%Y"], True)
    assert guess_formats(["02/13/2026", "02/14/2026 10:30"]) == (["%m/%d/%Y", "%m/%d/%Y %H:%M"], False)
