"""The console in front of the played story."""

from collections.abc import AsyncIterator

import pytest

from cli.demo.cast import berlin
from tests.console.house import Front, halden, in_front


@pytest.fixture
async def front(databases, fresh_database, tmp_path) -> AsyncIterator[Front]:
    """The console, on Friday afternoon, before the letters are released."""
    async with (
        halden(databases, tmp_path) as house,
        in_front(house, await fresh_database("console"), berlin(13, 16, 20)) as opened,
    ):
        yield opened
