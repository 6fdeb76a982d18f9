"""The same image with servers that are there already: Kafka, PostgreSQL and mail by the environment alone."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.facts import START, candidate_round, job, record
from local.databases import SERVICES, Addresses, ensure_database
from local.kafka import Kafka
from local.ports import free_port
from local.post_office import LocalMailServer
from local.postgres import Postgres
from shared.contracts import (
    ApplicationSubmitted,
    CandidateRegistered,
    Event,
    InterviewScheduled,
    JobOpened,
    OrganizationConfigured,
)
from tests.compose import ROOT
from tests.conftest import temporary_home
from tests.deployment.engine import docker

pytestmark = pytest.mark.timeout(600)

IMAGE = "talentloop:external"
ORGANIZATION = "halden"


class Place(NamedTuple):
    """Somebody's servers on this machine, with databases and roles, without topics; as an environment."""

    environment: dict[str, str]
    mail: LocalMailServer


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with temporary_home() as home, ExitStack() as stack:
        kafka, postgres, mail = Kafka(home), Postgres(home), LocalMailServer(home / "mail")
        for server in (kafka, postgres, mail):
            server.start()
            stack.callback(server.stop)
        databases: dict[str, Addresses] = {s: asyncio.run(ensure_database(postgres, s)) for s in SERVICES}
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            **{f"{s.upper()}_DATABASE_URL": a.url for s, a in databases.items()},
            **{f"{s.upper()}_MIGRATION_DATABASE_URL": a.owner_url for s, a in databases.items()},
        }
        yield Place(environment, mail)


def run(environment: dict[str, str], *command: str, detach: bool = False) -> str:
    """The image as an operator without Compose runs it; on this machine's own network."""
    given = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    how = ["--detach"] if detach else ["--rm"]
    return docker("run", "--network", "host", "--read-only", "--tmpfs", "/tmp", *how, *given, IMAGE, *command).stdout


@pytest.fixture(scope="module")
def services(place: Place) -> Iterator[dict[str, int]]:
    """Every service in a container; the port of each."""
    docker("build", "--quiet", "--tag", IMAGE, str(ROOT))
    run(place.environment, "talentloop", "topics", "apply", "--partitions", "2")
    run(place.environment, "talentloop", "migrate")
    ports = {service: free_port() for service in SERVICES}
    names = [(f"{service.upper()}_{what}", port) for service, port in ports.items() for what in ("URL", "API")]
    urls = {name: f"http://localhost:{port}" for name, port in names}
    started = {}
    try:
        for service, port in ports.items():
            settings = {
                "DATABASE_URL": place.environment[f"{service.upper()}_DATABASE_URL"],
                "KAFKA_BOOTSTRAP_SERVERS": place.environment["KAFKA_BOOTSTRAP_SERVERS"],
                "HTTP_PORT": str(port),
                "PUBLIC_URL": "https://console.example" if service == "console" else urls[f"{service.upper()}_URL"],
                **urls,
                "OIDC_ISSUER": "https://login.example",
                "OIDC_JWKS_URL": "https://login.example/keys",
                "LINK_KEY": "l" * 32,
                "HASH_KEY": "h" * 32,
                "SESSION_KEY": "s" * 32,
                "SMTP_URL": place.mail.url,
                "MAIL_DOMAIN": "mail.example.com",
            }
            started[service] = run(settings, "python", "-m", f"services.{service}", detach=True).strip()
        until(
            lambda: all(is_ready(port) for port in ports.values()),
            lambda: [docker("logs", c).stderr for c in started.values()],
        )
        yield ports
    finally:
        for container in started.values():
            docker("rm", "--force", container)


def until(holds: Callable[[], bool], otherwise: Callable[[], Any]) -> None:
    given_up = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < given_up, otherwise()
        time.sleep(0.5)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


async def tell(place: Place, *events: Event, at: datetime = START) -> None:
    async with AIOKafkaProducer(bootstrap_servers=place.environment["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
        for event in events:
            told = record(event, ORGANIZATION, at)
            await producer.send_and_wait(told.topic, told.value, told.key, headers=list(told.headers))


async def test_facts_become_state_and_are_said_on_somebodys_kafka(place, services):
    await tell(place, *job(), *candidate_round(0))

    kafka = place.environment["KAFKA_BOOTSTRAP_SERVERS"]
    async with AIOKafkaConsumer("candidate-pooled", bootstrap_servers=kafka, auto_offset_reset="earliest") as log:
        said = await asyncio.wait_for(log.getone(), 90)
    assert b'"candidate":"c0"' in (said.value or b"").replace(b": ", b":")


async def test_a_letter_leaves_by_somebodys_mail_server(place, services):
    now = datetime.now(UTC).replace(microsecond=0)
    soon = now + timedelta(hours=20)
    await tell(
        place,
        OrganizationConfigured.model_validate(
            {
                "organization": ORGANIZATION,
                "name": "Halden",
                "outreach_mode": "live",
                "settling_minutes": 0,
                "sender": {"name": "Halden People", "address": "people@halden.example"},
            }
        ),
        JobOpened(job="job-2", title="Analyst", opened_at=now, language="en", family="data"),
        CandidateRegistered(candidate="amara", name="Amara", email="amara@mail.example", language="en"),
        ApplicationSubmitted(application="a-amara", candidate="amara", job="job-2", submitted_at=now),
        InterviewScheduled(
            interview="i-amara", application="a-amara", candidate="amara", job="job-2",
            starts_at=soon, ends_at=soon + timedelta(hours=1),
        ),
        at=now,
    )  # fmt: skip

    def has_arrived() -> bool:
        return any(b"amara@mail.example" in mail.read_bytes() for mail in (place.mail.folder / "new").glob("*"))

    until(has_arrived, lambda: httpx.get(f"http://127.0.0.1:{services['notifications']}/metrics").text)
