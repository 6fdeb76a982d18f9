"""PostgreSQL on a disk that fills up while facts arrive: said, shown, and over by itself when there is room."""

import json
from collections.abc import Iterator

import pytest

from tests.deployment.conftest import make
from tests.deployment.engine import Deployment

pytestmark = pytest.mark.timeout(900)

SMALL = """
services:
  postgres:
    volumes: !override ["small:/var/lib/postgresql"]
volumes:
  small: {driver_opts: {type: tmpfs, device: tmpfs, o: "size=400m,mode=0777"}}
"""
BALLAST = "/var/lib/postgresql/ballast"


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    for deployment in make("small-disk.yml"):
        (deployment.folder / "small-disk.yml").write_text(SMALL)
        deployment.up()
        yield deployment


async def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(deployment, platform, calm):
    deployment.compose("exec", "-T", "postgres", "dd", "if=/dev/zero", f"of={BALLAST}", "bs=1M")
    await platform.tell_everything("full")

    def says_so() -> bool:
        told = [
            json.loads(line) for line in deployment.logs("--no-log-prefix", "candidates").splitlines() if line[0] == "{"
        ]
        return any(one.get("advice") for one in told if one["event"] in ("batch postponed", "part failed"))

    deployment.wait_until(says_so, "nobody says that something is wrong", 120)
    deployment.wait_until(lambda: not deployment.ready("candidates").get("ready"), "candidates calls itself ready", 120)

    deployment.wait_until(
        lambda: deployment.compose("exec", "-T", "postgres", "rm", "-f", BALLAST).returncode == 0, "no room", 120
    )
    deployment.wait_until_healthy()
    platform.settle()
    assert platform.facts("full") == platform.facts("calm")
    assert platform.state("full") == calm
