"""The same image with servers that are there already: Kafka, PostgreSQL and mail by the environment alone."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from local.databases import SERVICES, Addresses, ensure_database
from local.kafka import Kafka
from local.ports import free_port
from local.post_office import Mail
from local.postgres import Postgres
from tests.compose import ROOT
from tests.conftest import temporary_home

pytestmark = pytest.mark.timeout(600)

IMAGE = "talentloop:external"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """Somebody's servers on this machine, with databases and roles, without topics; as an environment."""
    with temporary_home() as home, ExitStack() as stack:
        kafka, postgres, mail = Kafka(home), Postgres(home), Mail(home / "mail")
        for server in (kafka, postgres, mail):
            server.start()
            stack.callback(server.stop)
        databases: dict[str, Addresses] = {s: asyncio.run(ensure_database(postgres, s)) for s in SERVICES}
        yield {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "SMTP_URL": mail.url,
            **{f"{s.upper()}_DATABASE_URL": a.url for s, a in databases.items()},
            **{f"{s.upper()}_MIGRATION_DATABASE_URL": a.owner_url for s, a in databases.items()},
        }


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def run(environment: dict[str, str], *command: str, detach: bool = False) -> str:
    """The image as an operator without Compose runs it; on this machine's own network."""
    given = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    how = ["--detach"] if detach else ["--rm"]
    return docker("run", "--network", "host", "--read-only", "--tmpfs", "/tmp", *how, *given, IMAGE, *command)


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


def test_every_service_works_with_servers_that_are_there(servers):
    docker("build", "--quiet", "--tag", IMAGE, str(ROOT))
    run(servers, "talentloop", "topics", "apply", "--partitions", "2")
    run(servers, "talentloop", "migrate")
    ports = {service: free_port() for service in SERVICES}
    started = []
    try:
        for service, port in ports.items():
            settings = {
                "DATABASE_URL": servers[f"{service.upper()}_DATABASE_URL"],
                "KAFKA_BOOTSTRAP_SERVERS": servers["KAFKA_BOOTSTRAP_SERVERS"],
                "HTTP_PORT": str(port),
                "PUBLIC_URL": f"http://localhost:{port}",
                "CANDIDATES_URL": f"http://localhost:{ports['candidates']}",
                "NOTIFICATIONS_URL": f"http://localhost:{ports['notifications']}",
                "INTERVIEWS_URL": f"http://localhost:{ports['interviews']}",
                "OIDC_ISSUER": "https://login.example",
                "OIDC_JWKS_URL": "https://login.example/keys",
                "LINK_KEY": "l" * 32,
                "HASH_KEY": "h" * 32,
                "SMTP_URL": servers["SMTP_URL"],
                "MAIL_DOMAIN": "mail.example.com",
            }
            started.append(run(settings, "python", "-m", f"services.{service}", detach=True))
        given_up = time.monotonic() + 60
        while not all(is_ready(port) for port in ports.values()):
            logs = [
                subprocess.run(["docker", "logs", c], capture_output=True, text=True, check=False).stderr
                for c in started
            ]
            assert time.monotonic() < given_up, logs
            time.sleep(0.5)
    finally:
        for container in started:
            docker("rm", "--force", container)
