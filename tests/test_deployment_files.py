"""What the deployment's files promise, read without an engine: hemmed-in containers, secrets as files, alerts."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

from services.notifications.post.courier import Outcome
from shared.kit import metrics
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
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert service["restart"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_cannot_write_and_pass_signals_on(name):
    service = OURS[name]

    assert service["read_only"]
    assert service["tmpfs"] == ["/tmp"]
    assert service["init"]
    assert service["cpus"]


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_services_start_when_their_ground_is_laid_and_stop_after_their_batch(name):
    service = SERVICES[name]

    assert {d: c["condition"] for d, c in service["depends_on"].items()} == {
        "migrate": "service_completed_successfully",
        "topics": "service_completed_successfully",
    }
    assert "/ready" in service["healthcheck"]["test"][-1]
    assert service["stop_grace_period"] == "30s"


@pytest.mark.parametrize("name", SERVICES)
def test_only_the_own_machine_is_published_to(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


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


RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"][0]["rules"]
PANELS = json.loads((ROOT / "deploy/grafana/dashboards/talentloop.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [t["expr"] for p in PANELS for t in p.get("targets", [])]
OTHERS = {"node_filesystem_avail_bytes", "node_filesystem_size_bytes"}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_asked_of_prometheus_can_be_answered(expression):
    known = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    for family in (metrics.PARKED, metrics.SAID, metrics.MAILS, metrics.CLOCK_RUNS, metrics.REQUESTS):
        known.add(f"{family.describe()[0].name}_total")
    known.add("talentloop_http_request_seconds_bucket")

    promql_parser.parse(expression)  # raises on a mistake

    asked = set(re.findall(r"\b(?:talentloop|node|process)_\w+", expression))
    assert asked
    assert asked <= known | OTHERS


def test_the_outcomes_of_mail_that_are_asked_for_occur():
    asked = set(re.findall(r"[a-z]+", " ".join(re.findall(r'outcome!?=~?"([^"]+)"', " ".join(EXPRESSIONS)))))

    assert asked == {"refused", "postponed", "unknown", "kept"}
    assert asked < set(metrics.MAIL_OUTCOMES) == {outcome.value for outcome in Outcome}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["alert"])
def test_every_alert_has_its_runbook(rule):
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(), re.MULTILINE)

    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    assert rule["labels"]["severity"] in ("critical", "warning")
