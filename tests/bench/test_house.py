"""The house in figures: what is counted of a made-up house, and that the real one is counted and its ways are gone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import house, ways
from bench.sources import ROOT
from local.post_office import LocalMailServer

HOW_IT_WORKS = ROOT / "docs" / "how-it-works.md"
HOUSE = {
    "shared/__init__.py": "",
    "shared/kit/__init__.py": "",
    "shared/kit/desk.py": "import typing as t\nif t.TYPE_CHECKING:\n    from shared.kit.access import Access\n",
    "shared/kit/access.py": "from .desk import t\nclass Access: ...\nclass Found: ...\n",
    "shared/kit/links.py": "def sign():\n    from shared.kit import access\n    return access.Access\n",
    "shared/kit/words.py": "_SPOKEN = 1\n",
    "services/candidates/sql/pool.py": "from shared.kit import links as l\nclass Found:\n  class Access: ...\nl.sign()",
    "cli/main.py": "from shared.kit.links import sign\nfrom shared.kit.words import _SPOKEN\nclass Found: ..."
    + "\n" * 299,
    "services/candidates/api/pool.py": "class Place: ...\n",
    "services/console/calls/pool.py": "class Place: ...\nclass Panel: ...\n",
    "services/console/pages.py": "class Panel: ...\n",
    "bench/pool.py": "class Run: ...\n",
    "bench/mail.py": "class Run: ...\n",
    "tests/test_links.py": "\n\n",
}


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """A small house of its own."""
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_made_up_house_is_counted(made_up):
    figures = house.count(made_up)

    assert figures == {
        "classes that share their name with one of another file": 9,  # Found x3, Access x2, Panel x2, Run x2; no Place
        "names they share": 4,
        "such classes, those of bench left out": 7,
        "names they share, those of bench left out": 3,
        "services.candidates: modules on its longest shelf": 1,
        "services.candidates: import floors": 1,
        "services.candidates: import circles": 0,
        "services.candidates: public names": 0,
        "services.console: modules on its longest shelf": 1,
        "services.console: import floors": 1,
        "services.console: import circles": 0,
        "services.console: public names": 0,
        "shared.kit: modules on its longest shelf": 5,
        "shared.kit: import floors": 3,  # links above a circle of two
        "shared.kit: import circles": 1,
        "shared.kit: public names": 1,  # sign, taken twice
        "shared.kit: modules that no service names": 3,
        "shared, all of it: import floors": 3,
        "shared, all of it: import circles": 1,
        "product lines": 321,
        "test lines": 2,
        "lines of a function, median": 3,
        "lines of a function, 90 of 100 at most": 3,
        "lines of a function, longest": 3,
        "files of the product longer than 300 lines": 1,
    }
    assert house.table([("then", {"floors": 1_500}), ("now", {"circles": 0})]).splitlines() == [
        "| figure | then | now |",
        "|---|---|---|",
        "| circles |  | 0 |",
        "| floors | 1,500 |  |",
    ]


def test_who_is_counted_is_named(made_up):
    named = house.list_names(house.read(made_up))

    assert "  Access x2: services.candidates.sql.pool, shared.kit.access" in named.splitlines()
    assert "  shared.kit.access, shared.kit.desk" in named.splitlines()
    assert "  cli.main: 301" in named.splitlines()


def test_the_real_house_is_counted_package_by_package():
    figures = house.count(ROOT)

    folders = (init.parent for of in ("services", "shared") for init in (ROOT / of).glob("*/__init__.py"))
    packages = [f"{folder.parent.name}.{folder.name}" for folder in folders]
    assert all(figures[f"{package}: modules on its longest shelf"] for package in packages)
    assert figures["shared.kit: import floors"] > 1
    assert figures["shared.kit: public names"] > 10
    assert figures["product lines"] > 10_000
    assert figures["test lines"] > 10_000


def test_the_house_stays_as_simple_as_was_aimed_at():
    figures = house.count(ROOT)

    assert figures["classes that share their name with one of another file"] < 40
    assert {name: n for name, n in figures.items() if name.endswith("import circles") and n} == {}
    assert {n: f for n, f in figures.items() if n.startswith("shared.") and n.endswith("floors") and f > 7} == {}


@pytest.fixture
def mail(home: Path) -> Iterator[LocalMailServer]:
    """A mail server of its own."""
    server = LocalMailServer(home / "ways")
    server.start()
    yield server
    server.stop()


@pytest.mark.db
async def test_each_way_is_gone_and_a_feedback_passes_the_stations_that_are_told(fresh_database, mail, tmp_path):
    databases = {name: await fresh_database(name) for name in ("candidates", "notifications")}

    gone = await ways.go_all(databases, mail, tmp_path)

    stations = re.findall(r"^\| \d+ \| (.+?) \|.*\]\(\.\./(\S+)\) \|$", HOW_IT_WORKS.read_text(), re.MULTILINE)
    told = {file for station, file in stations if station not in ("consume", "relay")}  # these are at Kafka
    assert len(told) == 8
    assert told <= {file for file, _ in gone.passed[ways.FEEDBACK]}
    for way in (ways.FEEDBACK, ways.PUT, ways.TICK, ways.PAGE):
        assert gone.figures()[f"{way}: functions"] > gone.figures()[f"{way}: files"] > 10
