"""What an office exports is read as it was meant, and how it was read is said."""

import codecs
import csv

import pytest

from cli.backfill.layout import find_layout, kind_of
from cli.backfill.reading import read_file
from cli.backfill.rejected import RejectedRows, place_for
from cli.backfill.table import TableHints, opened
from cli.errors import UserMistake
from tests.cli.backfill_files import NOW, a_mapping

HEADINGS = ["When", "Firm", "Role", "Person", "Came"]
ROWS = [
    HEADINGS,
    ["03.02.2026", "Häuser & Söhne", "Prüferin, Köln", "Zoë Müller", "yes"],
    ["04.02.2026", "Häuser & Söhne", "Prüferin, Köln", "José Núñez", "no"],
]


def as_text(delimiter=",", end="\r\n"):
    return "".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in row) + end for row in ROWS)


WAYS = {
    "commas": (as_text().encode(), "utf-8, separated by ,"),
    "semicolons with a mark": (codecs.BOM_UTF8 + as_text(";").encode(), "utf-8, separated by ;"),
    "tabs in UTF-16": (as_text("\t").encode("utf-16"), "utf-16, separated by tab"),
    "UTF-16 without a mark": (as_text("\t").encode("utf-16-le"), "utf-16-le, separated by tab"),
    "UTF-16 the other way round": (codecs.BOM_UTF16_BE + as_text(";").encode("utf-16-be"), "utf-16, separated by ;"),
    "an old Windows": (as_text(";").encode("cp1252"), "cp1252, separated by ;"),
    "bars": (as_text("|").encode(), "utf-8, separated by |"),
    "sep line": (f"sep=;\r\n{as_text(';')}".encode("cp1252"), "cp1252, separated by ;"),
    "sep line in UTF-16": (f"sep=\t\r\n{as_text(chr(9))}".encode("utf-16"), "utf-16, separated by tab"),
    "an old Mac": (as_text(";", end="\r").encode("latin-1"), "cp1252, separated by ;"),
    "a title above": (b"Interviews; 2026\r\n\r\n" + as_text(";").encode(), "utf-8, separated by ;"),
    "mixed ends and empty rows": (as_text(";", "\n").encode() + b";;;;\r\n;;;;\r\n\r\n", "utf-8, separated by ;"),
    "empty columns": (as_text(";", ";;;\r\n").encode(), "utf-8, separated by ;"),
}


def reading_of(content, tmp_path, name="records.csv", **changes):
    file, mapping = tmp_path / name, a_mapping(**changes)
    file.write_bytes(content)
    named = TableHints(mapping.encoding, mapping.delimiter, mapping.sheet, tuple(mapping.columns.values()))
    with opened(file, named) as table, RejectedRows(place_for(file), mapping) as rejected:
        return table.words, read_file(table.lines, mapping, "acme", NOW, rejected)


@pytest.mark.parametrize(("content", "words"), WAYS.values(), ids=WAYS.keys())
def test_it_is_found_out_how_a_file_is_written(content, words, tmp_path):
    said, reading = reading_of(content, tmp_path)

    assert said == f"read as {words}"
    assert (reading.completed, reading.missed, reading.rejected.first) == (1, 1, [])
    assert any("Zoë Müller" in fact.mapped for fact in reading.facts)


def test_what_the_mapping_names_is_taken(tmp_path):
    content = as_text(";").replace("Prüferin, Köln", "Łódź").replace("José Núñez", "Jan").encode("cp1250")

    said, reading = reading_of(content, tmp_path, encoding="cp1250", delimiter=";")

    assert said == "read as cp1250, separated by ;"
    assert any("Łódź" in fact.mapped for fact in reading.facts)


def test_one_damaged_byte_does_not_make_a_file_another_encoding(tmp_path):
    said, reading = reading_of(as_text().encode() + b"05.02.2026,X\xe4,Role,Ana,yes\r\n", tmp_path)

    assert said == "read as utf-8, separated by ,"
    assert [row.reason for row in reading.rejected.first] == ["Firm: bytes that are no letters in the file's encoding"]


def test_a_quote_that_never_ends_is_an_error_with_its_line_and_no_row_is_swallowed(tmp_path):
    open_quote = ['05.02.2026,"Halden,Role,Ana,yes'] + [f"{day:02}.02.2026,Halden,Role,Ben,no" for day in range(6, 20)]
    for more in ([], ['20.02.2026,"Halden, Oslo",Role,Ben,no']):
        with pytest.raises(UserMistake, match="line 4: a quote opens there"):
            reading_of(as_text().encode() + "\n".join(open_quote + more).encode(), tmp_path)


def test_a_missing_column_lists_those_there_are(tmp_path):
    with pytest.raises(UserMistake, match="no column 'Came'; it has 'When', 'Firm', 'Role', 'Person', 'Kam'"):
        reading_of(as_text(";").replace("Came", "Kam").encode(), tmp_path)


NO_TABLES = {
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel"),
    "html": (b"\xef\xbb\xbf\r\n <html><table><tr><td>When</td></tr></table>", "web page"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "gz": (b"\x1f\x8b\x08\x00", "compressed"),
    "nothing": (b" \r\n", "is empty"),
    "zip": (b"PK\x03\x04" + bytes(60), "no workbook"),
}


@pytest.mark.parametrize(("content", "words"), NO_TABLES.values(), ids=NO_TABLES.keys())
def test_what_is_no_table_is_said_whatever_its_name(content, words, tmp_path):
    with pytest.raises(UserMistake, match=words):
        reading_of(content, tmp_path, "records.xls")


DATES = {
    "Excel's number": ("46056,5", "46056"),
    "with thousands": ("46.056,5", "46,056"),
    "ISO 8601": ("2026-02-03 12:00:00", "2026-02-03T00:00:00"),
    "no-break spaces": ("03.02.2026\u00a0", "\u202f03.02.2026"),
}


@pytest.mark.parametrize(("one", "other"), DATES.values(), ids=DATES.keys())
def test_dates_as_offices_write_them(one, other, tmp_path):
    text = as_text(";").replace("03.02.2026", one).replace("04.02.2026", other)

    _, reading = reading_of(text.encode(), tmp_path)

    assert {f"{fact.time:%Y-%m-%d}" for fact in reading.facts} == {"2026-02-03"} | (
        {"2026-02-02"} if other.endswith("T00:00:00") else set()
    )


@pytest.mark.parametrize("text", ["3. März 2026", "3 mars 2026", "3. Mar 2026", "3 Sept. 2026", "3 sept 2026"])
def test_months_have_names_in_many_languages(text, tmp_path):
    formats = ["%d. %B %Y", "%d %b %Y", "%d %b. %Y"]

    _, reading = reading_of(
        as_text().replace("03.02.2026", text).encode(), tmp_path, when__formats=[*formats, "%d.%m.%Y"]
    )

    assert reading.rejected.first == []


@pytest.mark.parametrize("clock", ["14:30", "2:30 PM", "14.30 Uhr", "0,6041666667", "14:30:00", "14h30"])
def test_a_time_of_day_may_have_a_column_of_its_own(clock, tmp_path):
    text = f"When;At;Firm;Role;Person;Came\n03.02.2026;{clock};Halden;Analyst;Ana Ruiz;yes\n"

    _, reading = reading_of(text.encode(), tmp_path, columns__clock_time="At", when__time_column="clock_time")

    assert {f"{fact.time:%H:%M}" for fact in reading.facts} == {"13:30"}


@pytest.mark.parametrize("cell", ["#REF!", "Ana \x00 Ruiz"])
def test_cells_that_hold_no_value_reject_their_row(cell, tmp_path):
    _, reading = reading_of(as_text().replace("Zoë Müller", cell).encode(), tmp_path)

    assert (reading.completed, reading.rejected.count) == (0, 1)


@pytest.mark.parametrize("by_spreadsheet", [False, True])
def test_rejected_rows_are_guarded_private_and_corrected_can_be_given_again(by_spreadsheet, tmp_path):
    rows = as_text(";").replace("Zoë Müller", "=Zoë Müller").replace("03.02.2026", "gestern").replace("yes", "'=yes")
    reading_of(rows.encode("cp1252"), tmp_path, encoding="cp1252", delimiter=";")
    target = tmp_path / "records.rejected.csv"

    written = target.read_text("utf-8-sig")
    again = written.replace("gestern", "03.02.2026").replace("''=yes", "yes")
    if by_spreadsheet:
        cells = list(csv.reader(again.splitlines()))
        again = "\r\n".join(";".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in cells)
    content = again.encode("cp1252") if by_spreadsheet else again.encode()
    _, reading = reading_of(content, tmp_path, target.name, encoding="cp1252", delimiter=";")

    assert target.stat().st_mode & 0o777 == 0o600
    assert ",'=Zoë Müller,''=yes" in written
    assert (reading.completed, reading.rejected.first) == (1, [])
    assert any('"=Zoë Müller"' in fact.mapped for fact in reading.facts)


def test_a_comma_in_a_heading_and_decimals_do_not_mislead(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("Name, Vorname;Datum;Note\n" + "Ruiz, Ana;03.02.2026;1,7\n" * 5)

    assert kind_of(file) == "text"
    assert find_layout(file, None, None, ()).delimiter == ";"
