"""The one deployment: up and healthy, the demo's story played, and a calm organisation to compare with."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deployment.conftest import be_calm, make
from tests.deployment.engine import Deployment
from tests.deployment.figures import report, report_use
from tests.deployment.platform import Outcome, Platform


@pytest.fixture(scope="package")
def deployment() -> Iterator[Deployment]:
    """Built, up and healthy."""
    for deployment in make():
        report("up and healthy, the image built", f"{deployment.up():.0f} s")
        yield deployment


@pytest.fixture(scope="package")
def story(deployment: Deployment) -> dict[str, Any]:
    """The figures of the demo, played before anybody else told anything."""
    played = deployment.do("--profile", "demo", "run", "--rm", "-T", "demo", "demo", "--deployed", "--json")
    found: dict[str, Any] = json.loads(played)
    return found


@pytest.fixture(scope="package")
def platform(deployment: Deployment, story: dict[str, Any]) -> Platform:
    """A platform that may publish what the story needs."""
    return Platform(deployment)


@pytest.fixture(scope="package")
def calm(platform: Platform, deployment: Deployment) -> Outcome:
    """What comes of the facts when nothing happens to anybody."""
    outcome = asyncio.run(be_calm(platform))
    report_use(deployment, "at rest")
    return outcome
