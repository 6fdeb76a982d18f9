"""What tools for figures read: one organisation's, by the role they signed in as, and nobody's person."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import asyncpg
import duckdb
import pytest

from services.insights.domain.measures import MEASURES
from services.insights.main import SERVICE
from shared.contracts import RoundFigure, RoundSummedUp
from tests.cli.test_main import talentloop
from tests.heard import Heard
from tests.insights.halden import NOW
from tests.insights.test_telling import EIGHT, HOUR, a_round
from tests.stage import staged

pytestmark = pytest.mark.db

BI = "bi_reader"
DASHBOARD = Path(__file__).parents[2] / "examples" / "grafana" / "rounds.json"
EARLIER = RoundSummedUp(
    job="su26", family="data", cycle="Summer 2026", closed_at=NOW - timedelta(days=300), final=True, rules_version="1",
    people=20, interviews=30,
    figures=(
        RoundFigure(measure="met", competency="sql", k=9, of=20, value=0.45, low=0.26, high=0.66),
        RoundFigure(measure="wasted", k=6, of=30, value=0.2, low=0.1, high=0.37),
        RoundFigure(measure="wait_answer", of=20, value=80.0),
        RoundFigure(measure="reached", part="1", k=8, of=20, value=0.4, low=0.22, high=0.61),
        RoundFigure(measure="answered", competency="sql", k=5, of=11, value=0.45, low=0.21, high=0.72),
        RoundFigure(measure="answered", part="about:role", k=6, of=12, value=0.5, low=0.25, high=0.75),
    ),
)  # fmt: skip
# What each panel of the dashboard tells of it, or of both rounds, in the columns it draws.
DRAWN = {
    "Closed rounds": {"job": "su26", "people": 20, "interviews": 30, "final": True},
    "People who meet what a competency asks for": {"competency": "sql", "met": 17 / 28},
    "Interviews that came to nothing, by cycle": {"cycle": "Summer 2026", "wasted": 0.2},
    "Hours until somebody knew, by round": {"job": "su26", "hours": 80.0},
    "Where people are lost": {"job": "su26", "position": 1, "went_on": 8, "came": 20, "value": 0.4},
    "What people lacked or had misunderstood, and how many we told since": {
        "job": "su26", "about": "sql", "told_since": 5, "people": 11,
    },
}  # fmt: skip


@pytest.fixture
async def role(postgres):
    """A role of the server that may sign in and nothing else."""
    admin = await asyncpg.connect(postgres.url())
    await admin.execute(f"CREATE ROLE {BI} LOGIN PASSWORD 'secret'")
    yield BI
    await admin.execute(f"DROP OWNED BY {BI}")
    await admin.execute(f"DROP ROLE {BI}")
    await admin.close()


async def test_a_reader_sees_the_guarded_figures_of_its_own_organisation_and_nothing_else(
    fresh_database, postgres, role, tmp_path
):
    addresses = await fresh_database("insights")
    async with staged(addresses, SERVICE, NOW) as stage:
        await stage.deliver(*a_round(*EIGHT))
        others = [Heard(fact, organization="globex", id=f"g{n}") for n, fact in enumerate(a_round(*EIGHT))]
        await stage.deliver(*others)
        await stage.move(NOW + HOUR)

    def call(*arguments):
        return talentloop("insights", "reader", *arguments, home=tmp_path,
                          INSIGHTS_MIGRATION_DATABASE_URL=addresses.owner_url)  # fmt: skip

    refused = [
        call("add", name, "--organization", "acme") for name in ("nobody", "insights", "insights_owner", "postgres")
    ]
    assert [(r.returncode, len(r.stderr.splitlines())) for r in refused] == [(2, 1)] * 4
    assert call("add", role, "--organization", "acm").stdout.endswith("there is no such organisation.\n")
    assert call("add", role, "--organization", "acme").stdout.endswith("the figures of acme, rounds so far: 1.\n")
    assert call("list").stdout == f"{role}  acme\n"

    admin = await asyncpg.connect(postgres.url(addresses.name))
    try:
        await admin.execute(f"SET SESSION AUTHORIZATION {role}")
        await admin.execute("SELECT set_config('app.organizations', '*', false)")
        rounds = await admin.fetch("SELECT * FROM published.rounds")
        assert {(r["job"], r["people"], r["cycle"]) for r in rounds} == {("su27", 8, "Summer 2027")}
        met = await admin.fetchrow(
            "SELECT k, \"of\" FROM published.competencies WHERE measure = 'met' AND competency = 'sql'"
        )
        assert tuple(met) == (8, 8)
        summed = await admin.fetchrow(
            "SELECT rounds, k, \"of\" FROM published.cycles WHERE measure = 'met' AND competency = 'sql'"
        )
        assert tuple(summed) == (1, 8, 8)
        told = json.dumps([list(map(str, r)) for r in rounds])
        assert not [name for name in (*EIGHT, "ada", "ben") if f'"{name}"' in told]
        for table in ("facts", "candidacies", "rounds", "published_to"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await admin.fetch(f"SELECT * FROM {table}")  # noqa: S608
        measures = {
            tuple(m)
            for m in await admin.fetch('SELECT measure, unit, floor, floor_of, "interval" FROM published.measures')
        }
        assert measures == {(m.code, m.unit, m.floor, m.of, m.interval) for m in MEASURES.values()}
    finally:
        await admin.close()

    assert (call("remove", role).returncode, call("remove", role).returncode) == (0, 2)


async def test_every_panel_of_the_dashboard_draws_what_a_reader_may_see(fresh_database, postgres, role, tmp_path):
    addresses = await fresh_database("insights")
    async with staged(addresses, SERVICE, NOW) as stage:
        await stage.deliver(*a_round(*EIGHT), EARLIER)
        await stage.move(NOW + HOUR)

    def call(*arguments):
        return talentloop("insights", "reader", *arguments, home=tmp_path,
                          INSIGHTS_MIGRATION_DATABASE_URL=addresses.owner_url)  # fmt: skip

    assert call("add", role, "--organization", "acme").returncode == 0
    asked = {panel["title"]: panel["targets"][0]["rawSql"] for panel in json.loads(DASHBOARD.read_text())["panels"]}

    reader = await asyncpg.connect(postgres.url(addresses.name))
    try:
        await reader.execute(f"SET SESSION AUTHORIZATION {role}")
        drawn = {title: [dict(row) for row in await reader.fetch(sql)] for title, sql in asked.items()}
    finally:
        await reader.close()
        call("remove", role)

    assert drawn.keys() == DRAWN.keys()
    for title, expected in DRAWN.items():
        assert any(expected.items() <= row.items() for row in drawn[title]), (title, drawn[title])


async def test_an_export_is_three_tables_as_csv_and_as_parquet(fresh_database, tmp_path):
    addresses = await fresh_database("insights")
    async with staged(addresses, SERVICE, NOW) as stage:
        await stage.deliver(*a_round(*EIGHT))
        await stage.move(NOW + HOUR)
    folder = tmp_path / "out"

    def call(*arguments):
        return talentloop("insights", "export", str(folder), *arguments, home=tmp_path,
                          INSIGHTS_DATABASE_URL=addresses.url)  # fmt: skip

    done = call("--parquet")

    assert done.returncode == 0, done.stderr
    with (folder / "competencies.csv").open(newline="") as file:
        met = [row for row in csv.DictReader(file) if (row["measure"], row["competency"]) == ("met", "sql")]
    assert [(row["organization"], row["job"], row["k"], row["of"]) for row in met] == [("acme", "su27", "8", "8")]
    for name in ("rounds", "competencies", "steps"):
        table = duckdb.read_parquet(str(folder / f"{name}.parquet"))
        assert dict(zip(table.columns, map(str, table.types), strict=True))["of"] == "BIGINT"
        with (folder / f"{name}.csv").open(newline="") as file:
            assert len(table.fetchall()) == len(list(csv.DictReader(file)))
    assert call("--organization", "globex").stdout.endswith(
        "0 rows of rounds, 0 rows of competencies, 0 rows of steps.\n"
    )
