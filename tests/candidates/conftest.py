"""The candidates service on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator

import pytest

from services.candidates.main import SERVICE
from tests.candidates.sentences import NOW
from tests.stage import Stage, staged


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The service, its handlers and its clock, at 23 November 2026, 09:00 UTC."""
    async with staged(await fresh_database("candidates"), SERVICE, NOW) as stage:
        yield stage
