"""PostgreSQL on a disk that fills up while facts arrive: said, shown, and over by itself when there is room."""

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

    def names_it() -> bool:
        """The service in its advice; or PostgreSQL itself, where the full disk takes it down."""
        ours = any("disk is full" in advice for advice in deployment.advice("candidates"))
        return ours or "No space left on device" in deployment.logs("postgres")

    deployment.wait_until(names_it, "nobody names the full disk", 120)
    deployment.wait_until(lambda: deployment.advice("candidates") != [], "candidates says nothing", 120)
    deployment.wait_for_state("unhealthy", "candidates")

    deployment.wait_until(
        lambda: deployment.compose("exec", "-T", "postgres", "rm", "-f", BALLAST).returncode == 0, "no room", 120
    )
    deployment.wait_until_healthy()

    # On Kafka events may stand more than once: what was taken could not be deleted here. Nobody counts them twice.
    assert await platform.outcome("full") == calm
