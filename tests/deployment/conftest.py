"""One deployment for a module's tests, in the order they stand; a calm organisation to compare with."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment.engine import Deployment
from tests.deployment.platform import Platform


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


@pytest.fixture(scope="module")
def platform(deployment: Deployment) -> Platform:
    """A platform that may publish what the story needs."""
    return Platform(deployment)


@pytest.fixture(scope="module")
def calm(platform: Platform) -> dict[str, str]:
    """What comes of the facts when nothing happens to anybody."""
    asyncio.run(platform.tell_everything("calm"))
    platform.settle()
    return platform.state("calm")
