"""One deployment for a module's tests, in the order they stand; a calm organisation to compare with."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import figures
from tests.deployment.engine import Deployment
from tests.deployment.platform import PEOPLE, Outcome, Platform

TOOLS = "talentloop-test-tools"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of this run."""
    if lines := figures.table():
        terminalreporter.section("measured")
        terminalreporter.write_line("\n".join(lines))


def make(*overlays: str) -> Iterator[Deployment]:
    """Make a deployment, and take it away afterwards."""
    with tempfile.TemporaryDirectory(prefix="talentloop-deployment-") as folder:
        deployment = Deployment(Path(folder), *overlays)
        deployment.prepare()
        try:
            yield deployment
        finally:
            if not os.environ.get("KEEP_DEPLOYMENT"):
                deployment.destroy()


async def be_calm(platform: Platform) -> Outcome:
    """What comes of the facts when nothing happens to anybody."""
    await platform.tell_everything("calm")
    outcome = await platform.outcome("calm")
    assert len(outcome.pooled) >= PEOPLE * 2 // 3  # the rest is not taken in
    assert await platform.said_twice("calm") == {}
    return outcome


@pytest.fixture(scope="session")
def tools() -> str:
    """The image of what an operator has beside the deployment."""
    folder = Path(__file__).parent / "tools"
    subprocess.run(["docker", "build", "--quiet", "--tag", TOOLS, folder], capture_output=True, check=True)
    return TOOLS


@pytest.fixture(scope="module")
def platform(deployment: Deployment) -> Platform:
    """A platform that may publish what the story needs."""
    return Platform(deployment)


@pytest.fixture(scope="module")
def calm(platform: Platform) -> Outcome:
    """What comes of the facts when nothing happens to anybody."""
    return asyncio.run(be_calm(platform))
