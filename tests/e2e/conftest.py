"""One running stack for all tests that need the services as processes; each test has organisations of its own."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

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
