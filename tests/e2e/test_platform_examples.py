"""A platform in each language whose toolchain is there says the same story, and reads back the same of everybody."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.stack import environment
from tests.e2e.world import World

pytestmark = pytest.mark.e2e

PLATFORMS = Path(__file__).parents[2] / "examples" / "platform"
SETUP = {
    "node": ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
    "java": ["mvn", "--quiet", "--batch-mode", "compile", "dependency:copy-dependencies"],
}
RUN = {
    "python": [sys.executable, "platform_example.py"],
    "node": ["node", "platform-example.js"],
    "go": ["go", "run", "."],
    "java": ["java", "-cp", "target/classes:target/dependency/*", "example.Platform"],
}
# A JVM that lives for seconds does not earn what its second compiler costs.
SHORT_LIVED = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
TOOLCHAIN = {"python": sys.executable, "node": "npm", "go": "go", "java": "mvn"}
EXPECTED = [
    "said 27 facts",
    "ana is in the pool of data: silver_medalist, active",
    "ana is proposed for data-2: meets 2 of 2",
    "bo is in the pool of data: developing, not_invited",
    "cy is in the pool of data: unassessed, not_invited",
    "refused feedback-submitted {organization}/bo/fb-bo-ivy: invalid-field at ratings.0.level",
]


def told(language: str, organization: str, world: World, quiet_seconds: float) -> list[str]:
    """What the example prints, line by line."""
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": environment(world.home.folder)["KAFKA_BOOTSTRAP_SERVERS"],
        "ORGANIZATION": organization,
        "STORY_START": "2026-11-23T09:00:00Z",
        "QUIET_SECONDS": str(quiet_seconds),
    }
    return ran(RUN[language], language, settings).splitlines()


def ran(command: list[str], language: str, settings: dict[str, str]) -> str:
    """What a command prints in an example's folder."""
    folder = PLATFORMS / language
    known = os.environ | SHORT_LIVED | settings
    run = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("language", [name for name, program in TOOLCHAIN.items() if shutil.which(program)])
async def test_a_platform_says_a_story_and_reads_what_became_of_everybody(world, language):
    organization = f"platform-{language}"
    if language in SETUP:
        await asyncio.to_thread(ran, SETUP[language], language, {})

    await asyncio.to_thread(told, language, organization, world, 0.5)
    await world.stage.settle()
    lines = await asyncio.to_thread(told, language, organization, world, 5)  # said again, it changes nothing

    assert [line for line in lines if "letter" not in line] == [
        line.format(organization=organization) for line in EXPECTED
    ]
