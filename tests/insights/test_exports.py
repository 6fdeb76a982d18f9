"""Tables that are exported: one line a figure, and no cell is a formula."""

import csv
from io import StringIO

import pytest

from services.insights.api.exports import Table, as_csv, rows_of
from services.insights.domain.guarded import guarded_round
from services.insights.domain.sums import RoundStep
from tests.insights import halden


def test_steps_are_a_table_of_their_own():
    steps = (RoundStep(1, "Phone", 8, 8, 6, 8, 0, 0, 0, 0), RoundStep(2, "On site", 6, 6, 0, 6, 0, 0, 0, 0))
    summed = halden.round_of()._replace(steps=steps)

    [told] = rows_of(Table.STEPS, summed, guarded_round(summed))

    assert told[6:11] == ("reached", None, "1", 6, 8)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell):
    [[read_back]] = csv.reader(StringIO(as_csv([[cell]]), newline=""))

    assert read_back == f"'{cell}"


def test_numbers_below_zero_stay_numbers():
    assert as_csv([[-0.25, None, 'said "so", twice']]) == '-0.25,,"said ""so"", twice"\r\n'
