"""The candidates service on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.candidates.main import SERVICE
from tests.browser import Browser, browsing
from tests.candidates.sentences import NOW
from tests.stage import Stage, staged


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The service, its handlers and its clock, at 23 November 2026, 09:00 UTC."""
    async with staged(await fresh_database("candidates"), SERVICE, NOW) as stage:
        yield stage


@pytest.fixture
async def browser(stage: Stage, tmp_path: Path) -> AsyncIterator[Browser]:
    """Somebody who asks the stage over HTTP."""
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        yield somebody
