"""One running stack for all tests that need the services as processes; each test has organisations of its own."""

import itertools
from collections.abc import AsyncIterator, Generator, Iterator

import pytest

from local.children import tail
from tests.conftest import temporary_home
from tests.e2e.world import Home, World, entered


@pytest.fixture(scope="package")
def stack() -> Iterator[Home]:
    """Kafka, PostgreSQL, mail and the services, started once, and stopped before other tests want the machine."""
    with temporary_home() as folder:
        home = Home(folder, itertools.count())
        with home.started():
            yield home


@pytest.fixture
async def world(stack: Home) -> AsyncIterator[World]:
    """The running stack, entered for one test."""
    async with entered(stack) as world:
        yield world


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what each process of the stack said last: its home goes when the tests end."""
    report = yield
    home = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(home, Home):
        logs = sorted((home.folder / "logs").glob("*.log"))
        report.sections += [(f"last words of {log.stem}", tail(log, lines=30)) for log in logs]
    return report
