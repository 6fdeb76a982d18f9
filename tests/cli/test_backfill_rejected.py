"""Rejected rows go where a person finds them, with nothing the mapping does not name."""

import csv

from cli.backfill.rejected import RejectedRows, place_for
from cli.backfill.rows import Rejected
from tests.cli.backfill_files import a_mapping

ROW = Rejected(7, "When: empty", ("", "Halden", "Data Analyst", "Ana \udcff", "yes"))


def write_rejected(file, *rows):
    with RejectedRows(place_for(file), a_mapping()) as rejected:
        for row in rows:
            rejected.add(row)
    return rejected.target


def test_the_file_holds_line_reason_and_mapped_columns_only(tmp_path):
    target = write_rejected(tmp_path / "records.csv", ROW)

    assert target == tmp_path / "records.rejected.csv"
    headings, row = csv.reader(target.open(encoding="utf-8-sig"))
    assert headings == ["line", "reason", "When", "Firm", "Role", "Person", "Came"]
    assert row == ["7", "When: empty", "", "Halden", "Data Analyst", "Ana \\udcff", "yes"]


def test_a_read_only_folder_is_left_alone_and_the_current_one_is_used(tmp_path, monkeypatch):
    shared, here = tmp_path / "shared", tmp_path / "here"
    shared.mkdir(mode=0o555)
    here.mkdir()
    monkeypatch.chdir(here)

    target = write_rejected(shared / "records.csv", ROW)

    assert target == here / "records.rejected.csv"
    assert not list(shared.iterdir())
