"""What comes up is healthy, hemmed in and lets nobody do more than it must."""

import asyncio
import json
import re
import subprocess
import time

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from cli.demo.figures import EXPECTED, differences
from local.databases import SERVICES
from tests.compose import FILES, ROOT
from tests.deployment.engine import secrets_of
from tests.deployment.figures import report

pytestmark = pytest.mark.timeout(900)

MEGABYTES = 250
BASE = re.search(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE).group(1)
SLIM = 125  # python:3.13-slim-trixie as Docker's own library publishes it; a lab's stand-in may be larger
TOGETHER = [
    [],
    ["cluster"],
    ["tls"],
    ["cluster", "tls", "cluster-tls"],
    ["archive"],
]


def test_everything_comes_up_healthy(deployment):
    deployment.wait_until_healthy()

    deployment.wait_until_ready()


def _megabytes(image: str) -> float:
    command = ["docker", "image", "inspect", image, "--format", "{{.Size}}"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1e6


def test_the_image_is_small(deployment):
    whole = _megabytes("talentloop:0.1.0")
    ours = whole - _megabytes(BASE)

    report("image", f"{whole:.0f} MB here, {ours:.0f} MB of them ours")
    assert ours + SLIM < MEGABYTES


@pytest.mark.parametrize("overlays", TOGETHER, ids=lambda names: "-".join(names) or "alone")
def test_compose_understands_the_files(deployment, overlays):
    files = ["docker-compose.yml", *(f"docker-compose.{name}.yml" for name in overlays)]

    deployment.do(*(word for name in files for word in ("--file", name)), "--profile", "*", "config", "--quiet")


def test_every_file_is_looked_at():
    assert {path.name for path in FILES[:-1]} == {f"docker-compose.{name}.yml" for names in TOGETHER for name in names}


def test_the_demo_ends_as_the_story_says(story):
    assert differences(story, EXPECTED) == []


def test_a_service_that_is_started_becomes_ready(deployment):
    """How soon is a figure: the best of three, as this machine may have other things to do."""
    seconds = min(_seconds_to_ready(deployment, "candidates") for _ in range(3))

    report("start of a service to its first ready", f"{seconds:.1f} s")


def _seconds_to_ready(deployment, service: str) -> float:
    """Fails when it does not become ready."""
    container = deployment.containers(service)[0]["Id"]
    subprocess.run(["docker", "stop", container], check=True, capture_output=True)
    started = time.monotonic()
    subprocess.run(["docker", "start", container], check=True, capture_output=True)
    address = f"http://127.0.0.1:{deployment.port(service)}/ready"  # one of its range, a new one at every start
    deployment.wait_until(lambda: is_ready(address), f"{service} does not become ready", 60, pause=0.02)
    return time.monotonic() - started


def is_ready(address: str) -> bool:
    try:
        return httpx.get(address, timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


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


GUESS = """
import asyncio, asyncpg
from aiokafka.admin import AIOKafkaAdminClient
SERVICES = ("interviews", "candidates", "notifications", "insights", "console")

async def connect(user, password):
    await asyncpg.connect(host="postgres", database="postgres", user=user, password=password)

async def administer(mechanism, port, user, password):
    admin = AIOKafkaAdminClient(bootstrap_servers=f"kafka:{port}", security_protocol="SASL_PLAINTEXT",
        sasl_mechanism=mechanism, sasl_plain_username=user, sasl_plain_password=password)
    try:
        await admin.start()
    finally:
        await admin.close()

async def main():
    tried = 0
    for user in ("postgres", *SERVICES, *(f"{s}_owner" for s in SERVICES)):
        for password in ("", "postgres", "password", "talentloop", user):
            tried += await refused(connect(user, password))
    for user in ("admin", "broker", "kafka", *SERVICES):
        for password in ("admin", "admin-secret", "kafka", "password", user):
            tried += await refused(administer("PLAIN", 9091, user, password))
            tried += await refused(administer("SCRAM-SHA-512", 9092, user, password))
    print(tried)

async def refused(guess):
    try:
        await guess
    except Exception as error:
        assert "Password" in type(error).__name__ or "Kafka" in type(error).__name__, repr(error)
        return 1
    raise SystemExit(f"let in: {guess}")

asyncio.run(main())
"""


def test_no_password_that_anybody_would_guess_opens_anything(deployment):
    guessed = deployment.python("candidates", GUESS)

    assert (guessed.returncode, guessed.stdout) == (0, f"{11 * 5 + 8 * 5 * 2}\n"), guessed.stderr[-2000:]


CONNECT = """
import asyncio, asyncpg, pathlib
async def main():
    password = pathlib.Path('/run/secrets/{service}_password').read_text()
    c = await asyncpg.connect('postgresql://{service}@postgres/{database}', password=password)
    print(await c.execute({statement!r}))
asyncio.run(main())
"""


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE facts DISABLE ROW LEVEL SECURITY",
        "DROP TABLE facts",
        "DELETE FROM reads",
    ],
)
def test_a_service_is_only_a_guest_in_its_own_database(deployment, service, statement):
    refused = deployment.python(service, CONNECT.format(service=service, database=service, statement=statement))

    assert refused.returncode == 1
    assert "InsufficientPrivilegeError" in refused.stderr


@pytest.mark.parametrize("foreign", ["interviews", "notifications", "postgres", "template1"])
def test_a_service_does_not_get_into_another_database(deployment, foreign):
    code = CONNECT.format(service="candidates", database=foreign, statement="SELECT 1")

    refused = deployment.python("candidates", code)

    assert refused.returncode == 1
    assert "InsufficientPrivilegeError" in refused.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_nobody_special(deployment, service):
    assert deployment.python(service, "import os; print(os.getuid(), os.getgid())").stdout == "10001 10001\n"


@pytest.mark.parametrize("service", [*SERVICES, "kafka", "postgres", "maildev"])
def test_no_container_can_be_written_to(deployment, service):
    refused = deployment.compose("exec", "-T", service, "sh", "-c", "echo x > /x || echo x > /etc/x")

    assert refused.returncode != 0
    assert refused.stderr.count("Read-only file system") == 2


def test_no_container_holds_a_capability(deployment):
    for container in deployment.containers():
        settings = container["HostConfig"]
        assert (settings["CapDrop"], settings["CapAdd"]) == (["ALL"], None), container["Name"]
        assert not json.dumps(settings["SecurityOpt"]).count("unconfined")
