"""docker-compose.yml on a real engine, as operators run it and as bad days treat it. In the order of the file."""

import asyncio
import json
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from cli.demo.figures import EXPECTED, differences
from shared.kit.ids import new_cluster_id
from tests.deployment.conftest import make
from tests.deployment.engine import SERVICES, Deployment, secrets_of
from tests.deployment.platform import Platform

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    yield from make()


def report(*words: object) -> None:
    """A figure for the log of the run."""
    print("\n   ", *words)  # noqa: T201


def test_everything_comes_up_healthy(deployment):
    seconds = deployment.up()

    report(f"up and healthy after {seconds:.0f} s, the image built")
    assert all(deployment.ready(service)["ready"] for service in SERVICES)
    size = subprocess.run(
        ["docker", "image", "inspect", "talentloop:0.1.0", "--format", "{{.Size}}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    report(f"image {int(size.stdout) / 1e6:.0f} MB")


def test_the_demo_ends_as_the_story_says(deployment):
    found = json.loads(deployment.do("--profile", "demo", "run", "--rm", "-T", "demo", "demo", "--deployed", "--json"))

    assert differences(found, EXPECTED) == []


def test_down_and_up_again_keeps_everything(deployment):
    before = json.loads(deployment.talentloop("status", "--json"))

    deployment.do("down")
    report(f"up again after {deployment.up():.0f} s")

    after = json.loads(deployment.talentloop("status", "--json"))
    assert {s: one["facts"] for s, one in after.items()} == {s: one["facts"] for s, one in before.items()}
    assert all(one["facts"] for one in after.values())


def test_no_secret_shows(deployment):
    shown = {
        "docker inspect": json.dumps(deployment.containers()),
        "logs": deployment.logs(),
        "ready": json.dumps([deployment.ready(service) for service in SERVICES]),
        "compose config": deployment.do("config"),
        "image": subprocess.run(
            ["docker", "history", "--no-trunc", "talentloop:0.1.0"], capture_output=True, text=True, check=True
        ).stdout,
    }

    found = [
        (place, name) for name, value in secrets_of(deployment).items() for place in shown if value in shown[place]
    ]
    assert found == []


async def publish(client: dict, topic: str) -> None:
    async with AIOKafkaProducer(**client) as producer:
        await producer.send_and_wait(topic, b"{}", key=b"calm/x")


async def test_kafka_lets_nobody_in_without_the_right_password(platform):
    for client in (platform.client(password="wrong"), platform.client("nobody"), platform.client("admin")):
        with pytest.raises(KafkaError):
            await publish(client, "job-opened")
    with pytest.raises(KafkaError):
        await asyncio.wait_for(publish({"bootstrap_servers": platform.client()["bootstrap_servers"]}, "job-opened"), 30)


@pytest.mark.parametrize(("service", "foreign"), [("candidates", "outreach-sent"), ("interviews", "candidate-pooled")])
async def test_a_service_cannot_speak_on_anothers_topic(deployment, platform, service, foreign):
    password = secrets_of(deployment)[f"{service}_kafka_password"]

    with pytest.raises(TopicAuthorizationFailedError):
        await publish(platform.client(service, password), foreign)
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(platform.client(), foreign)


CONNECT = """
import asyncio, asyncpg, pathlib
async def main():
    password = pathlib.Path('/run/secrets/candidates_password').read_text()
    c = await asyncpg.connect('postgresql://candidates@postgres/{database}', password={password})
    print(await c.execute({statement!r}))
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("database", "password", "statement", "refusal"),
    [
        ("candidates", "password", "CREATE TABLE mine (x int)", "InsufficientPrivilegeError"),
        ("candidates", "password", "ALTER TABLE facts DISABLE ROW LEVEL SECURITY", "InsufficientPrivilegeError"),
        ("candidates", "'wrong'", "SELECT 1", "InvalidPasswordError"),
        ("candidates", "''", "SELECT 1", "InvalidPasswordError"),
        ("interviews", "password", "SELECT 1", "InsufficientPrivilegeError"),
    ],
)
def test_a_service_is_only_a_guest_in_its_own_database(deployment, database, password, statement, refusal):
    code = CONNECT.format(database=database, password=password, statement=statement)

    refused = deployment.python("candidates", code)

    assert refused.returncode == 1
    assert refusal in refused.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_read_only_and_nobody_special(deployment, service):
    code = "import os, pathlib; print(os.getuid(), os.getgid()); pathlib.Path('/x').touch()"

    refused = deployment.python(service, code)

    assert refused.stdout == "10001 10001\n"
    assert "Read-only file system" in refused.stderr


async def test_replicas_that_join_in_a_flood_lose_and_double_nothing(deployment, platform, calm):
    flood = asyncio.create_task(platform.tell_everything("scaled", pause=0.4))
    await asyncio.sleep(2)
    await asyncio.to_thread(deployment.do, "up", "--detach", "--scale", "candidates=3", "--no-recreate")
    count = await flood
    platform.settle()

    assert len([c for c in deployment.containers("candidates") if c["State"]["Running"]]) == 3
    assert platform.facts("scaled") == platform.facts("calm")
    assert platform.state("scaled") == calm
    assert count == max(platform.facts("scaled").values())


async def test_replicas_restarted_one_after_the_other_lose_and_double_nothing(deployment, platform, calm):
    flood = asyncio.create_task(platform.tell_everything("rolled", pause=0.6))
    for container in deployment.containers("candidates"):
        await asyncio.to_thread(subprocess.run, ["docker", "restart", container["Id"]], check=True, capture_output=True)
    await flood
    platform.settle()
    deployment.do("up", "--detach", "--scale", "candidates=1", "--no-recreate")

    assert platform.state("rolled") == calm


@pytest.mark.parametrize("service", ["interviews", "candidates", "notifications", "kafka", "postgres"])
async def test_a_container_killed_in_a_flood_comes_back_and_nothing_is_lost(deployment, platform, calm, service):
    flood = asyncio.create_task(platform.tell_everything(f"killed-{service}", pause=0.2))
    await asyncio.sleep(1.5)
    await asyncio.to_thread(deployment.kill, service)
    await flood
    await asyncio.to_thread(deployment.wait_until_healthy)
    platform.settle()

    assert platform.facts(f"killed-{service}") == platform.facts("calm")
    assert platform.state(f"killed-{service}") == calm


def test_nobody_got_a_mail_of_all_that_history(deployment):
    caught = httpx.get(f"http://127.0.0.1:{deployment.port('maildev', 1080)}/api/email").json()

    assert [mail for mail in caught if "halden" not in json.dumps(mail["from"]).lower()] == []


async def test_a_database_restored_to_an_older_state_catches_up(deployment, platform, calm):
    backups = deployment.folder / "backups"
    backups.mkdir(mode=0o777)
    backups.chmod(0o777)
    mount = ("--volume", f"{backups}:/backups")
    deployment.do("run", "--rm", "-T", *mount, "talentloop", "backup", "/backups")
    await platform.tell_everything("later")
    platform.settle()

    deployment.do("stop", *SERVICES)
    for service in SERVICES:
        deployment.query("postgres", f'DROP DATABASE "{service}" WITH (FORCE)')
        deployment.query("postgres", f'CREATE DATABASE "{service}" OWNER "{service}_owner" TEMPLATE template0 '
                         "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")  # fmt: skip
    deployment.do("run", "--rm", "-T", "migrate")
    deployment.do("run", "--rm", "-T", *mount, "migrate", "talentloop", "restore", "/backups", "--yes")
    assert platform.facts("later") == dict.fromkeys(SERVICES, 0)
    deployment.up()
    platform.settle()

    assert platform.facts("later") == platform.facts("calm")
    assert platform.state("later") == calm


async def test_a_lost_kafka_is_filled_again(deployment, platform, calm):
    deployment.do("rm", "--force", "--stop", "kafka")
    deployment.lose_volume("kafka")
    deployment.set(KAFKA_CLUSTER_ID=new_cluster_id())
    deployment.do("up", "--detach", "kafka", "topics")
    deployment.wait_until(lambda: "--accept-cluster" in deployment.logs("candidates"), "nobody notices", 120)

    for service in SERVICES:
        deployment.talentloop("rewind", service, "--accept-cluster")
        deployment.talentloop("republish", service)
    deployment.up()
    again = Platform(deployment)
    again.settle()
    await again.tell_everything("anew")
    again.settle()

    assert again.state("anew") == calm
    assert again.state("calm") == calm
    read = deployment.python("candidates", COUNT_JOBS)
    assert int(read.stdout) >= len(deployment.query("interviews", "SELECT fact FROM facts WHERE topic = 'job-opened'"))


COUNT_JOBS = """
import asyncio, os
from shared.kit.brokers import Brokers
from aiokafka import AIOKafkaConsumer, TopicPartition
async def main():
    consumer = AIOKafkaConsumer(**Brokers().kafka)
    await consumer.start()
    partitions = [TopicPartition('job-opened', p) for p in consumer.partitions_for_topic('job-opened') or range(6)]
    print(sum((await consumer.end_offsets(partitions)).values()))
    await consumer.stop()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("secret", "service", "says"),
    [
        ("candidates_password", "candidates", "not reached: InvalidPasswordError"),
        ("candidates_kafka_password", "candidates", "failed: "),
    ],
)
def test_a_wrong_password_is_said_and_mended_by_the_right_one(deployment, secret, service, says):
    file = deployment.folder / "secrets" / secret
    right = file.read_text()
    _write(file, "wrong")
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", service)
    deployment.wait_until(lambda: says in json.dumps(deployment.ready(service)), f"{service} does not say it", 90)
    assert not deployment.ready(service)["ready"]

    _write(file, right)
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", service)
    deployment.wait_until_healthy([service])


def test_a_missing_secret_is_named(deployment):
    file = deployment.folder / "secrets" / "link_key"
    right = file.read_text()
    file.unlink()
    refused = deployment.compose("up", "--detach", "--no-deps", "--force-recreate", "candidates")
    file.write_text(right)

    assert refused.returncode != 0
    assert "link_key" in refused.stderr
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", "candidates")
    deployment.wait_until_healthy(["candidates"])


def test_a_setting_that_is_missing_is_named_in_one_line(deployment):
    refused = deployment.compose("run", "--rm", "-T", "--no-deps", "-e", "OIDC_ISSUER=", "interviews")

    assert refused.returncode == 2
    assert "OIDC_ISSUER: is missing; set it to the issuer of tokens" in refused.stdout + refused.stderr


def test_an_old_schema_is_named_with_the_command_that_mends_it(deployment):
    newest = deployment.query("candidates", "DELETE FROM schema_migrations WHERE version = '101' RETURNING version")
    assert "101" in newest
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", "candidates")
    deployment.wait_until(
        lambda: "run `talentloop migrate candidates`" in deployment.logs("candidates"), "not said", 60
    )

    deployment.query("candidates", "INSERT INTO schema_migrations (version) VALUES ('101')")
    deployment.wait_until_healthy(["candidates"])


def test_a_schema_of_the_next_release_is_good_enough(deployment):
    """Migrations only add, so while replicas are replaced one by one the old program runs on the new schema."""
    deployment.query("candidates", "INSERT INTO schema_migrations (version) VALUES ('199')")
    deployment.query("candidates", "ALTER TABLE members ADD COLUMN of_the_next_release text")
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", "candidates")
    deployment.wait_until_healthy(["candidates"])

    assert deployment.ready("candidates")["schema"] == "199"


def _write(file, value: str) -> None:
    file.chmod(0o644)
    file.write_text(value)
