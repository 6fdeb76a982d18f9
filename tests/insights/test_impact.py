"""Adverse impact: rates of groups that only an auditor knows, against the tests of scipy."""

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from rich.console import Console

from cli.errors import UserMistake
from cli.impact import drawn, read_groups
from services.insights.domain.impact import GroupRate, fisher, impact, ratio_interval
from services.insights.main import SERVICE
from tests.candidates.sentences import an_interviewed_candidate, applied, opened
from tests.cli.test_main import talentloop
from tests.insights.halden import NOW
from tests.stage import staged

TABLES = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(TABLES, TABLES)
def test_fishers_exact_test_is_scipys(libraries, one, other):
    (k, n), (c, m) = one, other

    assert fisher(k, n, c, m) == pytest.approx(libraries.stats.fisher_exact([[k, n - k], [c, m - c]]).pvalue, abs=1e-9)


@pytest.mark.parametrize(("k", "n", "c", "m"), [(10, 40, 20, 40), (3, 9, 5, 11), (1, 30, 29, 30)])
def test_the_interval_of_a_ratio_is_statsmodels(libraries, k, n, c, m):
    expected = libraries.proportion.confint_proportions_2indep(k, n, c, m, compare="ratio", method="log")

    assert ratio_interval(GroupRate("", "a", k, n), GroupRate("", "b", c, m)) == pytest.approx(expected)


@pytest.mark.db
async def test_groups_are_compared_step_by_step_and_small_ones_with_nobody(libraries, fresh_database, tmp_path):
    addresses = await fresh_database("insights")
    groups = {f"a{n}": "A" for n in range(10)} | {f"b{n}": "B" for n in range(10)} | {"c0": "C"}
    async with staged(addresses, SERVICE, NOW) as stage:
        seen = [f"a{n}" for n in range(8)] + [f"b{n}" for n in range(4)]
        facts = [e for name in seen for e in an_interviewed_candidate(name, "yes", rated=[{"sql": 4}])]
        await stage.deliver(opened(), *(e for e in facts if "insights" in e.listens))
        await stage.deliver(*(applied(name) for name in groups if name not in seen))

    file = tmp_path / "groups.csv"
    file.write_text("\n".join(["candidate,group", *(f"{c},{g}" for c, g in groups.items()), "zoe,A"]))
    answer = talentloop(
        "audit", "impact", "--groups", str(file), "--json", home=tmp_path, INSIGHTS_DATABASE_URL=addresses.url
    )

    told = json.loads(answer.stdout)

    found = {(r["step"], r["group"]): r for r in told["rates"]}
    assert told["not_known"] == 1
    assert [(r["selected"], r["people"]) for k, r in found.items() if k[0] == "interviewed"] == [
        (12, 21),
        (8, 10),
        (4, 10),
    ]
    assert found["interviewed", "B"]["ratio"] == 0.5
    assert found["interviewed", "B"]["chance"] == pytest.approx(libraries.stats.fisher_exact([[4, 6], [8, 2]]).pvalue)
    assert ("interviewed", "C") not in found
    assert found["interviewed", "A"]["ratio"] is None


def test_a_group_of_less_than_two_percent_is_marked_and_compared_with_nobody():
    groups = {f"{group}{n}": group for group, people in (("A", 150), ("B", 150), ("C", 5)) for n in range(people)}
    levels = {person: [n % 2] for n, person in enumerate(groups)}

    found = {r.group: r for r in impact([], levels, groups) if r.step == "above_median"}

    assert {group: r.is_small for group, r in found.items()} == {None: False, "A": False, "B": False, "C": True}
    assert found["C"].ratio is None
    assert "below 2%, compared with nobody" in drawn_as_text(drawn([*found.values()], 0))


def drawn_as_text(table) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


@pytest.mark.parametrize(
    "text",
    [
        b"person,group\na0,A",
        b"candidate,group\na0,A\na0,B",
        b"candidate,group\na0,",
        b'candidate,group\na0,"A\nb0,B',
        b"candidate,group\na0",
        b"%PDF-1.7",
        b"",
    ],
)
def test_a_file_that_is_no_table_of_groups_is_refused_in_a_sentence(text, tmp_path):
    (tmp_path / "groups.csv").write_bytes(text)

    with pytest.raises(UserMistake) as mistake:
        read_groups(tmp_path / "groups.csv")

    assert len(str(mistake.value).splitlines()) == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_table_may_be_a_spreadsheets(delimiter, tmp_path):
    lines = [("candidate", "group"), ("a0", "A"), ("b0", "B, or so"), ("a0", "A")]
    with (tmp_path / "groups.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)

    assert read_groups(tmp_path / "groups.csv") == {"a0": "A", "b0": "B, or so"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_the_table_may_be_an_offices(encoding, tmp_path):
    (tmp_path / "groups.csv").write_bytes("group;candidate\r\nÄltere;a0\r\n;\r\n\r\n".encode(encoding))

    assert read_groups(tmp_path / "groups.csv") == {"a0": "Ältere"}


def test_the_table_may_be_a_workbook(tmp_path):
    book = Workbook()
    for line in (("candidate", "group"), ("a0", "A"), (None, None)):
        book.active.append(line)
    book.save(tmp_path / "groups.xlsx")

    assert read_groups(tmp_path / "groups.xlsx") == {"a0": "A"}
