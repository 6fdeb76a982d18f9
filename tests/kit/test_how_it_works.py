"""The code in "how it works" is the program's own, word for word, or runs as it stands there."""

import json
import re
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from shared.contracts import FeedbackWithdrawn
from shared.kit.clock import DueWork
from tests.heard import MONDAY, Heard
from tests.kit.conftest import feedback
from tests.stage import Stage

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-it-works.md"
BLOCKS = [dedent(block) for block in re.findall(r"```(?:python|sql)\n(.*?)```", PAGE.read_text(), re.DOTALL)]
QUOTED = [block for block in BLOCKS if re.match(r"(#|--) (services|shared|tests)/", block)]


@pytest.fixture
def example() -> dict[str, Any]:
    """What the page's whole service defines."""
    [code] = [block for block in BLOCKS if "router = Router()" in block]
    defined: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, str(PAGE), "exec"), defined)  # noqa: S102 - our own documentation
    return defined


@pytest.mark.parametrize("block", QUOTED, ids=lambda block: block.partition("\n")[0].strip("#- "))
def test_what_is_quoted_stands_in_the_file_it_names(block):
    first, _, code = block.partition("\n")

    assert code in (ROOT / first.strip("#- ")).read_text()


def test_there_are_ten_stations_at_most_each_with_a_file_of_its_own():
    stations = re.findall(r"^\| (\d+) \| .*\]\(\.\./(\S+\.py)\) \|$", PAGE.read_text(), re.MULTILINE)

    assert [int(number) for number, _ in stations] == list(range(1, len(stations) + 1))
    assert 5 < len({file for _, file in stations}) == len(stations) <= 10


@pytest.mark.db
async def test_the_page_s_service_says_what_holds_and_says_it_once(database, example):
    stage = Stage(database, example["router"], DueWork())
    no_longer = FeedbackWithdrawn(feedback="f1", candidate="ana", withdrawn_at=MONDAY + timedelta(hours=1))
    records = [stage.log.append(feedback(name, "ana")) for name in ("f1", "f2")]

    await stage.take([*records, *records])
    await stage.take(records)
    await stage.deliver(Heard(no_longer, at=MONDAY + timedelta(hours=1)))
    await stage.take(records)

    said = await stage.fetch("SELECT topic, value FROM outbox ORDER BY id")
    assert [json.loads(row["value"])["evidence"] for row in said] == [["f1", "f2"], ["f2"]]
