"""What the deployment's files promise, read without an engine: hemmed-in containers, pinned ports, secrets as files."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.candidates.settings import Settings as CandidatesSettings
from services.interviews.settings import Settings as InterviewsSettings
from services.notifications.settings import Settings as NotificationsSettings
from tests.compose import FILES, ROOT, base, read

SERVICES = base()["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s["image"]).startswith("talentloop:")}
LONG_RUNNING = ("interviews", "candidates", "notifications")
SECRET = re.compile(r"password|secret|token|_key$|jaas", re.IGNORECASE)


def every(kind: str) -> list[Any]:
    """(file, service, definition) of all compose files; `kind` names the parameters."""
    found = [(path.name, name, s) for path in FILES for name, s in read(path).get("services", {}).items()]
    return [pytest.param(*one, id=f"{one[0]}-{one[1]}-{kind}") for one in found]


@pytest.mark.parametrize(("file", "name", "service"), every("image"))
def test_images_are_pinned_and_nothing_reaches_for_the_host(file, name, service):
    image = service.get("image", "talentloop:0")
    assert ":" in image
    assert not image.endswith(":latest")
    assert service.get("network_mode") is None
    assert not service.get("privileged")
    assert "docker.sock" not in json.dumps(service)
    assert service.get("pid") is None


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_hemmed_in(name):
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"]
    assert service["tmpfs"]
    assert service["init"]
    assert 0 < service["cpus"] <= 2
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert service["restart"]


OVERLAYS = [path for path in FILES if path.name != "docker-compose.yml"]
MAY_ADD = {"environment", "secrets", "ports", "volumes", "scale", "depends_on", "healthcheck", "extends"}


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.name)
def test_an_overlay_loosens_nothing(path):
    for name, service in read(path)["services"].items():
        assert set(service) <= MAY_ADD
        assert name in SERVICES or service["extends"]["service"] in SERVICES


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_services_start_when_their_ground_is_laid_and_stop_after_their_batch(name):
    service = SERVICES[name]

    assert {d: c["condition"] for d, c in service["depends_on"].items()} == {
        "migrate": "service_completed_successfully",
        "topics": "service_completed_successfully",
    }
    assert "/ready" in service["healthcheck"]["test"][-1]
    assert service["stop_grace_period"] == "30s"


# Everything that can be reached from outside the networks, each by what it is for (docs/operations.md).
PUBLISHED = {
    "interviews": ["8000"],
    "candidates": ["8000"],
    "notifications": ["8000", "2525"],
    "kafka": ["9094"],
    "kafka-2": ["9094"],
    "kafka-3": ["9094"],
    "maildev": ["1080"],
    "prometheus": ["9090"],
    "grafana": ["3000"],
}


@pytest.mark.parametrize(("file", "name", "service"), every("ports"))
def test_only_what_must_be_is_published_and_on_the_own_machine_only(file, name, service):
    inside = [re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-[\d-]+\}:(\d+)", port) for port in service.get("ports", [])]

    assert all(inside), service["ports"]
    assert not inside or [port.group(1) for port in inside] == PUBLISHED[name]


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_is_published_is_published(name):
    assert len(SERVICES[name].get("ports", [])) == len(PUBLISHED.get(name, []))


FIXED = {"DATABASE_URL", "HTTP_HOST", "HTTP_PORT", "INBOUND_HOST", "INBOUND_PORT", "PUBLIC_URL"}
UVICORNS = {"FORWARDED_ALLOW_IPS"}
NOT_IN_CONTAINERS = {"MIGRATION_DATABASE_URL", "KAFKA_SSL_CAFILE"}  # the owner's; docker-compose.tls.yml


@pytest.mark.parametrize(
    ("name", "settings"),
    [("interviews", InterviewsSettings), ("candidates", CandidatesSettings), ("notifications", NotificationsSettings)],
)
def test_every_setting_reaches_its_service(name, settings):
    given = SERVICES[name]["environment"]
    wanted = {field.upper() for field in settings.model_fields} - NOT_IN_CONTAINERS

    assert {setting.removesuffix("_FILE") for setting in given} - UVICORNS == wanted
    free = {s for s, value in given.items() if not s.endswith("_FILE") and "${" not in str(value)}
    assert free - {"KAFKA_SASL_USERNAME"} <= FIXED


def test_data_and_log_lead_nowhere():
    networks = base()["networks"]

    assert networks["app"] == {"internal": True}
    assert networks["data"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == ["data"]


@pytest.mark.parametrize(("file", "name", "service"), every("secrets"))
def test_nothing_secret_stands_in_the_environment(file, name, service):
    environment = service.get("environment", {})

    telling = {k: v for k, v in environment.items() if SECRET.search(k) and not k.endswith(("_FILE", "__FILE"))}
    assert not {k for k, v in telling.items() if "/run/secrets/" not in str(v) and "SASL" not in k}, telling


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_whatever_a_service_uses_is_declared(path):
    whole = base()
    overlay = read(path)
    declared = {kind: {*whole[kind], *overlay.get(kind, {})} for kind in ("secrets", "networks", "volumes", "configs")}
    for service in overlay["services"].values():
        assert set(service.get("secrets", [])) <= declared["secrets"]
        assert set(service.get("networks", [])) <= declared["networks"]
        named = {v.split(":")[0] for v in service.get("volumes", []) if not v.startswith((".", "/"))}
        assert named <= declared["volumes"]
        assert {c["source"] for c in service.get("configs", [])} <= declared["configs"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_that_is_named_is_mounted(name):
    service = SERVICES[name]

    named = set(re.findall(r"/run/secrets/(\w+)", json.dumps(service.get("environment", {}))))
    assert named <= set(service.get("secrets", []))


def test_the_dockerfile_is_clean():
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)

    assert done.stdout + done.stderr == ""
