"""docker-compose.cluster.yml: three of everything; one of each is killed, or stays away, while facts arrive."""

import asyncio
import re
from collections.abc import Iterator

import pytest

from local.databases import SERVICES
from tests.deployment.conftest import make
from tests.deployment.engine import Deployment
from tests.deployment.figures import report

pytestmark = pytest.mark.timeout(1200)

NODES = ("kafka", "kafka-2", "kafka-3")


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    for deployment in make("docker-compose.cluster.yml"):
        report("three of everything healthy", f"{deployment.up():.0f} s")
        yield deployment


def copies(deployment: Deployment) -> str:
    """What Kafka's own tool says of one topic."""
    return deployment.do(
        "exec", "-T", "kafka", "bash", "-c",
        "printf 'security.protocol=SASL_PLAINTEXT\\nsasl.mechanism=PLAIN\\nsasl.jaas.config="
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=admin password=\"%s\";\\n' \"$0\" "
        "> /tmp/admin && KAFKA_OPTS= /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9091 "
        "--command-config /tmp/admin --describe --topic feedback-submitted",
        (deployment.folder / "secrets" / "kafka_admin_password").read_text(),
    )  # fmt: skip


def are_all_in_step(deployment: Deployment) -> bool:
    return all(len(held.split(",")) == 3 for held in re.findall(r"Isr: ([\d,]+)", copies(deployment)))


def test_every_topic_has_three_copies_and_needs_two(deployment):
    listed = copies(deployment)

    assert "ReplicationFactor: 3" in listed
    assert "min.insync.replicas=2" in listed
    assert are_all_in_step(deployment)


@pytest.mark.parametrize("killed", [*NODES[1:], "kafka"])
async def test_a_node_and_a_replica_of_each_service_killed_in_a_flood_lose_and_double_nothing(
    deployment, platform, calm, killed
):
    organization = f"without-{killed}"
    flood = asyncio.create_task(platform.tell_everything(organization, pause=0.3))
    await asyncio.sleep(2)
    for name in (killed, *SERVICES):
        await asyncio.to_thread(deployment.kill, name)
    await flood
    await asyncio.to_thread(deployment.wait_until_healthy, ("postgres", *NODES, *SERVICES))

    assert await platform.outcome(organization) == calm
    again = await platform.said_twice(organization)
    assert set(again.values()) <= {2}  # what was in hand where a replica was killed


async def test_a_node_that_stays_away_is_not_missed(deployment, platform, calm):
    """The other two are enough: facts are taken and worked off without it, and it catches up when it is back."""
    await asyncio.to_thread(deployment.do, "stop", "kafka-3")
    await platform.tell_everything("two", pause=0.1)

    assert await platform.outcome("two") == calm
    assert await platform.said_twice("two") == {}
    assert deployment.containers("kafka-3")[0]["State"]["Status"] == "exited"

    await asyncio.to_thread(deployment.do, "start", "kafka-3")
    await asyncio.to_thread(deployment.wait_until_healthy, NODES)
    deployment.wait_until(lambda: are_all_in_step(deployment), "it does not catch up")
