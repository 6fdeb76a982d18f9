"""Every mistake an operator can make is named in one line with what to do, and over when it is mended."""

import json
import socket
import subprocess

import pytest

from local.databases import LISTENING, SERVICES
from tests.compose import base

pytestmark = pytest.mark.timeout(900)

# Observability needs images that a lab without a registry does not have.
_SERVICES = {name: s for name, s in base()["services"].items() if "observability" not in s.get("profiles", [])}
_USES = {secret: name for name, s in _SERVICES.items() for secret in s.get("secrets", [])}


def ids(deployment, *services: str) -> list[str]:
    return [container["Id"] for service in services for container in deployment.containers(service)]


def test_a_password_that_was_changed_behind_a_services_back_is_said_shown_and_over_when_it_is_right_again(deployment):
    before = ids(deployment, "interviews", "candidates")
    deployment.query("postgres", "ALTER ROLE interviews PASSWORD 'another'")
    another = ("-e", "CANDIDATES_KAFKA_PASSWORD_FILE=", "-e", "CANDIDATES_KAFKA_PASSWORD=another")
    deployment.do("run", "--rm", "-T", *another, "topics")
    deployment.do("restart", "interviews", "candidates")

    deployment.wait_for_advice("interviews", "sign-in", "DATABASE_PASSWORD")
    deployment.wait_for_advice("candidates", "sign-in", "KAFKA_SASL")
    deployment.wait_for_state("unhealthy", "interviews", "candidates")

    password = (deployment.folder / "secrets" / "interviews_password").read_text()
    deployment.query("postgres", f"ALTER ROLE interviews PASSWORD '{password}'")
    deployment.do("run", "--rm", "-T", "topics")
    deployment.wait_until_healthy()
    assert ids(deployment, "interviews", "candidates") == before


def test_a_broker_that_is_away_is_said_shown_and_over_when_it_is_back(deployment):
    before = ids(deployment, *SERVICES)
    deployment.do("stop", "kafka")

    deployment.wait_for_advice("notifications", "Kafka does not answer", "KAFKA_BOOTSTRAP_SERVERS")
    deployment.wait_for_state("unhealthy", *LISTENING)

    deployment.do("start", "kafka")
    deployment.wait_until_healthy()
    assert ids(deployment, *SERVICES) == before


def test_a_migration_goes_on_trying_until_the_owner_may_sign_in(deployment):
    deployment.query("postgres", "ALTER ROLE candidates_owner PASSWORD 'another'")
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", "migrate")
    deployment.wait_until(lambda: deployment.containers("migrate")[0]["RestartCount"] > 5, "it does not try again")
    assert "candidates_owner" in deployment.logs("migrate")

    password = (deployment.folder / "secrets" / "candidates_owner_password").read_text()
    deployment.query("postgres", f"ALTER ROLE candidates_owner PASSWORD '{password}'")

    def is_done() -> bool:
        state = deployment.containers("migrate")[0]["State"]
        return (state["Status"], state["ExitCode"]) == ("exited", 0)

    deployment.wait_until(is_done, "it does not end well")


def test_an_old_schema_is_named_with_the_command_that_mends_it(deployment):
    (newest,) = deployment.query("candidates", "SELECT max(version) FROM schema_migrations")
    deployment.query("candidates", f"DELETE FROM schema_migrations WHERE version = '{newest}'")  # noqa: S608
    deployment.do("up", "--detach", "--no-deps", "--force-recreate", "candidates")
    deployment.wait_until(lambda: "run `talentloop migrate candidates`" in deployment.logs("candidates"), "not said")
    assert deployment.containers("candidates")[0]["State"]["Health"]["Status"] != "healthy"

    deployment.query("candidates", f"INSERT INTO schema_migrations (version) VALUES ('{newest}')")  # noqa: S608
    deployment.wait_until_healthy(["candidates"])


@pytest.mark.parametrize("secret", sorted(_USES))
def test_a_missing_secret_is_named(deployment, secret):
    file = deployment.folder / "secrets" / secret
    aside = file.rename(deployment.folder / "aside")
    refused = deployment.compose("run", "--rm", "-T", "--no-deps", _USES[secret], "true")
    aside.rename(file)

    assert refused.returncode != 0
    assert f"secrets/{secret}" in refused.stderr


def test_without_any_secrets_nothing_starts(deployment):
    folder = deployment.folder / "secrets"
    aside = folder.rename(deployment.folder / "aside")
    refused = deployment.compose("up", "--detach", "--force-recreate", *SERVICES)
    was_made = folder.exists()
    aside.rename(folder)

    assert refused.returncode != 0
    assert f"{folder}/" in refused.stderr
    assert not was_made
    deployment.do("up", "--detach", "--wait")


@pytest.mark.parametrize("name", ["link_key", "hash_key", "smtp_url"])
def test_an_empty_secret_is_named_as_the_setting_it_is(deployment, name):
    given = ("-e", f"{name.upper()}_FILE=/dev/null")
    refused = deployment.compose("run", "--rm", "-T", "--no-deps", *given, "notifications")

    assert refused.returncode == 2
    assert f"{name.upper()}" in refused.stdout + refused.stderr


def test_a_setting_that_is_missing_is_named_in_one_line(deployment):
    refused = deployment.compose("run", "--rm", "-T", "--no-deps", "-e", "OIDC_ISSUER=", "interviews")

    assert refused.returncode == 2
    assert "OIDC_ISSUER: is missing; set it to the issuer of tokens" in refused.stdout + refused.stderr


@pytest.mark.parametrize("setting", ["CANDIDATES_PORTS", "INBOUND_PORTS"])
def test_a_port_of_this_machine_that_is_taken_is_named(deployment, setting):
    service, right = {"CANDIDATES_PORTS": "candidates"}.get(setting, "notifications"), deployment.settings[setting]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        deployment.set(**{setting: str(port)})
        refused = deployment.compose("up", "--detach", "--no-deps", service)
    deployment.set(**{setting: right})

    assert refused.returncode != 0
    assert f"127.0.0.1:{port}" in refused.stderr
    deployment.do("up", "--detach", "--wait", "--no-deps", service)


def test_a_port_that_is_taken_inside_is_said_and_shown(deployment):
    """Mail is to come in where HTTP listens."""
    name = f"{deployment.name}-taken"
    deployment.do("run", "--detach", "--name", name, "--no-deps", "-e", "INBOUND_PORT=8000", "notifications")
    try:
        deployment.wait_until(lambda: "INBOUND_PORT" in str(_trouble(name)), "nothing is said of the port", 60)
    finally:
        subprocess.run(["docker", "rm", "--force", name], check=True, capture_output=True)


def _trouble(container: str) -> list[str]:
    said = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True).stderr
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line.get("advice") for line in lines if line.get("part") == "post"]
