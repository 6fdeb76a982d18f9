"""A workbook itself: one sheet, its values as text, and nothing that unpacks without end."""

from datetime import date, datetime, time
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cli.backfill import workbook
from cli.backfill.table import TableHints, opened
from cli.errors import UserMistake

HEADINGS = ["When", "Firm", "Came"]


def a_book(tmp_path, *rows, sheets=("Interviews",), name="records.xlsx", **properties):
    book = Workbook()
    book.active.title = sheets[0]
    for row in (HEADINGS, *rows):
        book.active.append(row)
    for title in sheets[1:]:
        book.create_sheet(title).append(["nothing"])
    for key, value in properties.items():
        setattr(book, key, value)
    book.save(tmp_path / name)
    return tmp_path / name


def lines_of(file, sheet=None):
    with opened(file, TableHints(sheet=sheet)) as table:
        return table.words, [line.cells for line in table.lines]


def test_cells_become_text_and_dates_are_iso_8601(tmp_path):
    file = a_book(
        tmp_path,
        [datetime.fromisoformat("2026-02-03T09:59:59.999999"), 12.0, True],
        [date(2026, 2, 3), None, time(14, 30)],
    )

    said, lines = lines_of(file)

    assert said == "read as a workbook, sheet 'Interviews'"
    assert lines[1:] == [["2026-02-03 10:00:00", "12", "true"], ["2026-02-03", "", "14:30:00"]]


def test_dates_that_count_from_1904_are_the_same_days(tmp_path):
    file = a_book(tmp_path, [datetime.fromisoformat("2026-02-03T10:00:00"), "Halden", "yes"], epoch=CALENDAR_MAC_1904)

    assert lines_of(file)[1][1][0] == "2026-02-03 10:00:00"


def test_the_only_sheet_that_is_shown_is_read_and_one_of_many_must_be_named(tmp_path):
    file = a_book(tmp_path, sheets=("One", "Two"))
    with pytest.raises(UserMistake, match=r"'One', 'Two'.*name one"):
        lines_of(file)
    with pytest.raises(UserMistake, match="no sheet 'Three'"):
        lines_of(file, "Three")

    book = Workbook()
    book.active.append(HEADINGS)
    book.create_sheet("Lists").sheet_state = "hidden"
    book.save(tmp_path / "hidden.xlsx")

    assert lines_of(file, "Two")[1] == [["nothing"]]
    assert lines_of(tmp_path / "hidden.xlsx")[1] == [HEADINGS]


def rewritten(file, change):
    """The workbook with the XML of its first sheet changed by hand."""
    with ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = change(parts[sheet].decode()).encode()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def test_of_a_formula_its_last_value_is_read(tmp_path):
    formula = '<row r="2"><c r="A2" t="str"><f>"3."&amp;"2.2026"</f><v>3.2.2026</v></c></row></sheetData>'

    file = rewritten(a_book(tmp_path), lambda xml: xml.replace("</sheetData>", formula))

    assert lines_of(file)[1][1] == ["3.2.2026"]


def a_lone_cell(file, row):
    cell = f'<row r="{row}"><c r="XFD{row}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return rewritten(file, lambda xml: xml.replace("</sheetData>", cell))


def test_a_lone_cell_in_a_far_corner_costs_little_and_one_beyond_a_sheet_is_refused(tmp_path, monkeypatch):
    assert len(lines_of(a_lone_cell(a_book(tmp_path), 5_000))[1]) == 5_000

    monkeypatch.setattr(workbook, "MOST_ROWS", 5_000)
    with pytest.raises(UserMistake, match="more than 5,000 rows"):
        lines_of(a_lone_cell(a_book(tmp_path), 99_999_999_999))


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    file = a_book(tmp_path)
    with ZipFile(file, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", bytes(3_000_000))
    monkeypatch.setattr(workbook, "LARGEST_PART", 2_000_000)

    with pytest.raises(UserMistake, match=r"unpacks to too much \(xl/bomb.xml"):
        lines_of(file)


def test_a_workbook_that_is_cut_or_broken_is_said(tmp_path):
    file = a_book(tmp_path)
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(file.read_bytes()[:-40])
    broken = rewritten(file, lambda xml: xml.replace("</sheetData>", "<row"))

    for one in (cut, broken):
        with pytest.raises(UserMistake, match=r"cannot be read|can be read"):
            lines_of(one)


def test_entities_that_grow_are_not_followed(tmp_path):
    grow = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    cell = '<row r="2"><c r="A2" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData>'

    file = rewritten(
        a_book(tmp_path), lambda xml: f"{grow}]>{xml[xml.find('<worksheet') :].replace('</sheetData>', cell)}"
    )

    with pytest.raises(UserMistake, match=r"cannot be read|can be read"):
        lines_of(file)
