"""What the deployment's files promise, read without an engine: hemmed-in containers, pinned ports, secrets as files."""

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import babel
import pytest

from local.databases import LISTENING
from local.databases import SERVICES as LONG_RUNNING
from local.provider import IdentitySettings
from services.candidates.main import SERVICE as CANDIDATES
from services.candidates.settings import CandidatesSettings
from services.console.settings import ConsoleSettings
from services.insights.main import SERVICE as INSIGHTS
from services.insights.settings import InsightsSettings
from services.interviews.main import SERVICE as INTERVIEWS
from services.interviews.settings import ListeningSettings as InterviewsSettings
from services.notifications.domain.away import LANGUAGES, MORE_LANGUAGES
from services.notifications.main import SERVICE as NOTIFICATIONS
from services.notifications.settings import NotificationsSettings
from shared.kit.db import Database
from shared.web import audit
from tests.compose import FILES, ROOT, base, read

SERVICES = base()["services"]
OURS = {name: s for name, s in SERVICES.items() if str(s["image"]).startswith("talentloop:")}
MANUAL = (ROOT / "docs" / "operations.md").read_text()
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
def test_every_image_has_an_exact_version(name):
    image = re.sub(r"\$\{\w+:-(.+)\}", r"\1", SERVICES[name]["image"])

    assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+(\.\d+)?", image), image


def test_our_own_image_stands_on_an_exact_version():
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.13\.\d+-slim-trixie", bases[0])


def test_the_image_keeps_the_data_of_languages_that_are_read():
    thrown_away = re.search(r"find (/opt/talentloop) (-path '\*/babel/[^&]+)-delete", (ROOT / "Dockerfile").read_text())
    tests = shlex.split(thrown_away[2].replace("\\\n", ""))
    data = Path(babel.__file__).parent / "locale-data"

    gone = subprocess.run(["find", data, *tests, "-print"], capture_output=True, text=True, check=True).stdout

    assert {Path(line).stem for line in gone.splitlines()}.isdisjoint((*LANGUAGES, *MORE_LANGUAGES))
    assert "zu.dat" in gone


def test_no_container_sees_the_disk_of_the_host():
    for name, service in SERVICES.items():
        mounted = [volume.split(":")[0] for volume in service.get("volumes", [])]
        assert all(place.startswith("./") or re.fullmatch(r"[a-z]+", place) for place in mounted), (name, mounted)


def test_postgres_fits_its_memory_limit():
    service = SERVICES["postgres"]
    told = dict(option.removeprefix("-c").split("=") for option in service["command"][1:])
    megabytes = {k: int(v.removesuffix("MB")) for k, v in told.items() if v.endswith("MB")}
    limit = int(service["mem_limit"].removesuffix("g")) * 1024
    replicas, pool = 6, inspect.signature(Database.connect).parameters["size"].default

    assert megabytes["shared_buffers"] == limit / 4
    assert megabytes["shared_buffers"] < megabytes["effective_cache_size"] < limit
    workers = 3 * megabytes["autovacuum_work_mem"] + megabytes["maintenance_work_mem"]
    assert megabytes["shared_buffers"] + workers + int(told["max_connections"]) * megabytes["work_mem"] < limit
    assert len(LONG_RUNNING) * replicas * pool + 10 <= int(told["max_connections"])


@pytest.mark.parametrize(
    ("service", "port"),
    [(CANDIDATES, "8020"), (INTERVIEWS, "8010"), (NOTIFICATIONS, "8030"), (INSIGHTS, "8040")],
    ids=lambda x: str(x)[:9],
)
def test_the_proxy_lets_out_every_page_of_a_link_and_nothing_else(service, port):
    sites = re.findall(r"@pages path (.+)\n.*\n\s+reverse_proxy 127\.0\.0\.1:(\d+)", MANUAL)
    pages = [route.path for router in service.routes for route in router.routes if "{token}" in route.path]
    pages += [route.path for route in audit.routes.routes if "{token}" in route.path]

    assert [sorted(paths.split()) for paths, to in sites if to == port] == [
        sorted({path.partition("{token}")[0] + "*" for path in pages})
    ]
    assert len(sites) == len(LISTENING)


def test_the_proxy_lets_out_the_console_but_not_what_operators_ask_it():
    [(kept, port)] = re.findall(r"@operators path (.+)\n(?:.*\n){4}\s+reverse_proxy 127\.0\.0\.1:(\d+)", MANUAL)

    assert port == "8050"
    assert set(kept.split()) == {"/live", "/ready", "/metrics", "/docs", "/docs/*", "/openapi.json"}
    assert MANUAL.count("respond 404") == len(LISTENING) + 1


def test_the_backup_script_is_sound():
    script = ROOT / "deploy" / "backup.sh"

    assert os.access(script, os.X_OK)
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""


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

    ground = {"migrate", "topics"} if name in LISTENING else {"migrate"}
    assert {d: c["condition"] for d, c in service["depends_on"].items()} == dict.fromkeys(
        ground, "service_completed_successfully"
    )
    assert "/ready" in service["healthcheck"]["test"][-1]
    assert service["stop_grace_period"] == "30s"


# Everything that can be reached from outside the networks, each by what it is for (docs/operations.md).
PUBLISHED = {
    "interviews": ["8000"],
    "candidates": ["8000"],
    "notifications": ["8000", "2525"],
    "insights": ["8000"],
    "console": ["8000"],
    "identity": ["8000"],
    "kafka": ["9094"],
    "kafka-2": ["9094"],
    "kafka-3": ["9094"],
    "maildev": ["1080"],
    "prometheus": ["9090"],
    "grafana": ["3000"],
}


@pytest.mark.parametrize(("file", "name", "service"), every("ports"))
def test_only_what_must_be_is_published_and_on_the_own_machine_only(file, name, service):
    # Only with TLS may other machines reach Kafka, where the operator says so.
    own = r"\$\{KAFKA_ADDRESS:-127\.0\.0\.1\}" if file.endswith("tls.yml") else r"127\.0\.0\.1"
    inside = [re.fullmatch(own + r":\$\{\w+:-[\d-]+\}:(\d+)", port) for port in service.get("ports", [])]

    assert all(inside), service["ports"]
    assert not inside or [port.group(1) for port in inside] == PUBLISHED[name]


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_is_published_is_published(name):
    assert len(SERVICES[name].get("ports", [])) == len(PUBLISHED.get(name, []))


FIXED = {"DATABASE_URL", "HTTP_HOST", "HTTP_PORT", "INBOUND_HOST", "INBOUND_PORT", "PUBLIC_URL"}
FIXED |= {f"{service.upper()}_API" for service in LISTENING}
UVICORNS = {"FORWARDED_ALLOW_IPS"}
NOT_IN_CONTAINERS = {"MIGRATION_DATABASE_URL", "KAFKA_SSL_CAFILE"}  # the owner's; docker-compose.tls.yml


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("interviews", InterviewsSettings),
        ("candidates", CandidatesSettings),
        ("notifications", NotificationsSettings),
        ("insights", InsightsSettings),
        ("console", ConsoleSettings),
        ("identity", IdentitySettings),
    ],
)
def test_every_setting_reaches_its_service(name, settings):
    given = SERVICES[name]["environment"]
    wanted = {field.upper() for field in settings.model_fields} - NOT_IN_CONTAINERS
    wanted -= {"PARTS"} if name == "console" else set()  # what is set for all the others names parts it has not

    assert {setting.removesuffix("_FILE") for setting in given} - UVICORNS == wanted
    free = {s for s, value in given.items() if not s.endswith("_FILE") and "${" not in str(value)}
    assert free - {"KAFKA_SASL_USERNAME"} <= FIXED


def test_the_console_has_no_sign_in_at_kafka():
    console = SERVICES["console"]

    assert console["networks"] == ["edge", "data"]
    assert "kafka" not in json.dumps(console).lower()


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
