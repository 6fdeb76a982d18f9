"""docker-compose.cluster.yml: three of everything, and one of each is killed while facts arrive."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.deployment.conftest import make
from tests.deployment.engine import SERVICES, Deployment

pytestmark = pytest.mark.timeout(1200)

NODES = ("kafka", "kafka-2", "kafka-3")


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    for deployment in make("docker-compose.cluster.yml"):
        seconds = deployment.up()
        print(f"\n    three of everything healthy after {seconds:.0f} s")  # noqa: T201
        yield deployment


def test_every_topic_has_three_copies_and_needs_two(deployment):
    listed = deployment.do(
        "exec", "-T", "kafka", "bash", "-c",
        "printf 'security.protocol=SASL_PLAINTEXT\\nsasl.mechanism=PLAIN\\nsasl.jaas.config="
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=admin password=\"%s\";\\n' \"$0\" "
        "> /tmp/admin && KAFKA_OPTS= /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9091 "
        "--command-config /tmp/admin --describe --topic feedback-submitted",
        (deployment.folder / "secrets" / "kafka_admin_password").read_text(),
    )  # fmt: skip

    assert "ReplicationFactor: 3" in listed
    assert "min.insync.replicas=2" in listed


@pytest.mark.parametrize("killed", [*NODES[1:], "kafka"])
async def test_a_node_and_a_replica_of_each_service_killed_in_a_flood_lose_and_double_nothing(
    deployment, platform, calm, killed
):
    flood = asyncio.create_task(platform.tell_everything(f"without-{killed}", pause=0.3))
    await asyncio.sleep(2)
    for name in (killed, *SERVICES):
        await asyncio.to_thread(deployment.kill, name)
    await flood
    await asyncio.to_thread(deployment.wait_until_healthy, ("postgres", *NODES, *SERVICES))
    platform.settle()

    assert platform.facts(f"without-{killed}") == platform.facts("calm")
    assert platform.state(f"without-{killed}") == calm
