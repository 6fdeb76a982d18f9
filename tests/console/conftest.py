"""The console in front of the played story."""

from collections.abc import AsyncIterator

import pytest

from cli.demo.cast import berlin
from tests.console.alone import Console, console, known_to
from tests.console.house import Front, halden, in_front
from tests.console.issuer import FakeIssuer, an_issuer


@pytest.fixture
async def front(databases, fresh_database, tmp_path) -> AsyncIterator[Front]:
    """The console, on Friday afternoon, before the letters are released."""
    async with (
        halden(databases, tmp_path) as house,
        in_front(house, await fresh_database("console"), berlin(13, 16, 20)) as opened,
    ):
        yield opened


@pytest.fixture
async def issuer() -> AsyncIterator[FakeIssuer]:
    """An issuer that does what it is told to."""
    async with an_issuer() as one:
        yield one


@pytest.fixture
async def at_halden(issuer, fresh_database) -> AsyncIterator[Console]:
    """The console alone, which that issuer knows."""
    async with console(await fresh_database("console"), **known_to(issuer)) as one:
        yield one
