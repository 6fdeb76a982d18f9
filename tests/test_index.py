"""tests/README.md names every fixture that tests share: whoever writes the next one finds it there."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = [line.split("|") for line in (TESTS / "README.md").read_text().splitlines() if line.startswith("| ")]
SHARED = [path for path in sorted(TESTS.rglob("conftest.py")) if "deployment" not in path.parts]


def fixtures(module: Path) -> set[str]:
    """The functions that `pytest.fixture` stands above."""
    functions = [n for n in ast.parse(module.read_text()).body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {f.name for f in functions if any("fixture" in ast.unparse(decorator) for decorator in f.decorator_list)}


@pytest.mark.parametrize("module", SHARED, ids=lambda module: module.parent.name)
def test_every_shared_fixture_is_in_the_index(module):
    folder = module.parent.relative_to(TESTS).as_posix()
    mine = [row[2] for row in ROWS if folder in row[1].replace(",", "").split()]

    told = "".join([row[1] for row in ROWS] if folder == "." else mine)

    assert {name for name in fixtures(module) if f"`{name}`" not in told} == set()
