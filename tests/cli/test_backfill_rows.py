"""A row becomes an interview, or says why it cannot."""

from datetime import UTC, datetime

import pytest

from cli.backfill.rows import Rejected, UnreadableRow, read_rows, understand
from cli.backfill.table import text_lines
from cli.backfill.values import read_date, shortened, slug
from cli.errors import UserMistake
from tests.cli.backfill_files import ANA, HEADINGS, NOW, a_file, a_mapping, a_table


def interviews(*rows, **changes):
    mapping = a_mapping(**changes)
    return [understand(row, mapping, NOW) for row in read_rows(a_table(*rows), mapping)]


def reason(row, **changes):
    with pytest.raises(UnreadableRow) as refused:
        interviews(row, **changes)
    return str(refused.value)


def test_a_row_is_an_interview_with_ids_made_of_slugs():
    [ana] = interviews(ANA)

    assert ana.job == "halden-data-analyst"
    assert ana.candidate == "ana-ruiz"
    assert ana.application == "ana-ruiz-halden-data-analyst"
    assert ana.interview == "ana-ruiz-halden-data-analyst-2026-02-03"
    assert ana.attended


def test_a_date_without_a_time_starts_at_the_mappings_time_in_its_zone():
    [ana] = interviews(ANA, when__minutes=45)

    assert ana.starts_at == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert ana.ends_at == datetime(2026, 2, 3, 9, 45, tzinfo=UTC)


def test_a_format_with_a_time_of_day_uses_it():
    [ana] = interviews(ANA.replace("03.02.2026", "3.2.2026 & 3.30 PM"), when__formats=["%d.%m.%Y & %I.%M %p"])

    assert ana.starts_at == datetime(2026, 2, 3, 14, 30, tzinfo=UTC)


def test_a_column_that_is_not_mapped_is_never_read():
    [ana] = interviews(ANA)

    assert "female" not in repr(ana)


def test_headings_are_found_whatever_their_order_spaces_and_byte_order_mark():
    mapping = a_mapping()
    lines = ["\ufeff Came ,Person,Role,Firm,When\n", "YES,Ana Ruiz,Data Analyst,Halden,03.02.2026\n"]

    [row] = read_rows(text_lines(lines, ","), mapping)

    assert understand(row, mapping, NOW).candidate == "ana-ruiz"


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (HEADINGS.replace("Role", "Roles"), "columns.position: the file has no column 'Role'"),
        (f"{HEADINGS},Role", "columns.position: the file has 2 columns 'Role'"),
        ("", "the file has no column"),
    ],
)
def test_a_column_that_is_missing_or_there_twice_is_named(headings, message):
    with pytest.raises(UserMistake, match=message):
        list(read_rows(text_lines([f"{headings}\n", f"{ANA}\n"], ","), a_mapping()))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (" ,\ufeff\ufeff,,\u200b,,female", "empty row"),
        (ANA.replace("03.02.2026", ""), "When: empty"),
        (ANA.replace("03.02.2026", "31.02.2026"), "When: '31.02.2026' fits none of the date formats"),
        (ANA.replace("03.02.2026", "03.02.0026"), "When: the year 26 cannot be"),
        (ANA.replace("2026", "2027"), "When: not over yet"),
        (ANA.replace("yes", ""), "Came: empty"),
        (ANA.replace("yes", "Perhaps"), "Came: 'perhaps' says neither completed nor missed"),
        (ANA.replace("Ana Ruiz", " "), "Person: nothing to make an id of"),
        (ANA.replace("Ana Ruiz", "***"), "Person: nothing to make an id of"),
        (ANA.replace("Ana Ruiz", "Ana \udcff"), "Person: bytes that are no letters in the file's encoding"),
        ("03.02.2026,Halden", "Came: empty"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row, expected):
    assert reason(row) == expected


@pytest.mark.parametrize("word", ["YES", " yes ", "Y", "y"])
def test_attendance_may_be_spelled_many_ways(word):
    [ana] = interviews(ANA.replace("yes", word), attendance__completed=["yes", "y"])

    assert ana.attended


def test_words_give_one_thing_one_spelling():
    rows = [ANA.replace("Halden", firm) for firm in ("HALDEN gmbh", "Halden")]

    first, second = interviews(*rows, words={"client": {"Halden": ["Halden GmbH"]}})

    assert first.job == second.job
    assert first.values["client"] == "Halden"


def test_a_constant_stands_in_for_a_column_the_file_lacks():
    [ana] = interviews(ANA, constants={"round": "Summer 2026"}, ids__job="{round}-{position}")

    assert ana.job == "summer-2026-data-analyst"


def test_a_cell_may_hold_line_breaks_and_rows_keep_their_line():
    mapping = a_mapping()
    lines = a_file(ANA.replace("Data Analyst", '"Data\nAnalyst"'), ANA)

    first, second = read_rows(
        text_lines([part for line in lines for part in line.splitlines(keepends=True)], ","), mapping
    )

    assert (first.line, second.line) == (2, 4)
    assert understand(first, mapping, NOW).job == "halden-data-analyst"


def test_a_cell_too_large_for_csv_rejects_its_row_and_reading_goes_on():
    monster = ANA.replace("Ana Ruiz", "A" * 200_000)

    first, second = read_rows(a_table(monster, ANA), a_mapping())

    assert isinstance(first, Rejected)
    assert first.reason.startswith("not CSV")
    assert second.line == 3


def test_dates_do_not_care_for_dashes_and_spaces():
    formats = ["%d.%m.%Y", "%d-%b-%y"]

    for cell in ("25-Apr-16", "25 – Apr-16", "25 -apr -16", "25. 4 .2016"):
        assert read_date(cell, formats) == (datetime(2016, 4, 25), False)  # noqa: DTZ001


def test_a_slug_is_lower_case_ascii():
    assert slug("  Production- Sterile ") == "production-sterile"
    assert slug("Zoë Müller-Straße") == "zoe-muller-strasse"


def test_names_ascii_cannot_spell_do_not_become_one():
    assert slug("北京") != slug("东京")
    assert slug("Ана Ruiz").startswith("ruiz-")


def test_a_long_id_is_cut_and_stays_its_own():
    long, other = "a" * 80, "a" * 81

    assert len(shortened(long)) == 64
    assert shortened(long) != shortened(other)
