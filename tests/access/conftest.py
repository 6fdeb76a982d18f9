"""The same organisation in each of the services."""

from collections.abc import AsyncIterator

import pytest

from tests.access.worlds import SERVICES, World, a_world


@pytest.fixture(params=SERVICES, ids=lambda service: service.name)
async def world(request, databases, tmp_path) -> AsyncIterator[World]:
    """One service with something behind every route."""
    async with a_world(request.param, databases, tmp_path) as made:
        yield made
