"""The insights service on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest

from services.insights.main import SERVICE
from tests.insights.halden import NOW
from tests.stage import Stage, staged


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The service, its handlers and its clock, on the last day of 2026."""
    async with staged(await fresh_database("insights"), SERVICE, NOW) as stage:
        yield stage


@pytest.fixture(scope="session")
def libraries() -> SimpleNamespace:
    """What scipy and statsmodels reckon: imported by whoever compares ours with it."""
    from scipy import stats
    from statsmodels.stats import proportion

    return SimpleNamespace(stats=stats, proportion=proportion)
