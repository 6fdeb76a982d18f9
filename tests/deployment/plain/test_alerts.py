"""Alerts reach somebody: Prometheus and its kin look at the deployment, and whoever the operator names hears of it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.databases import SERVICES
from tests.deployment.engine import Deployment, docker, documented

pytestmark = pytest.mark.timeout(900)

# The profile `observability` without Grafana, which Debian does not have; all else is as in docker-compose.yml.
PROGRAMS = {
    "prometheus": "prometheus",
    "alertmanager": "prometheus-alertmanager",
    "blackbox-exporter": "prometheus-blackbox-exporter",
    "node-exporter": "prometheus-node-exporter",
}
RECEIVER = """
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print(self.rfile.read(int(self.headers["Content-Length"])).decode(), flush=True)
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("", 8080), Receiver).serve_forever()
"""


@pytest.fixture(scope="module")
def watched(deployment: Deployment, tools: str) -> Iterator[Deployment]:
    """The deployment, with everything of `observability` that runs here, and a receiver beside it."""
    services = {name: {"image": tools, "entrypoint": [program]} for name, program in PROGRAMS.items()}
    (deployment.folder / "debian.yml").write_text(json.dumps({"services": services}))
    receiver = f"{deployment.name}-receiver"
    deployment.use("debian.yml")
    network = f"{deployment.name}_edge"
    docker("run", "--detach", "--name", receiver, "--network", network, tools, "python", "-c", RECEIVER)
    deployment.rewrite("alerts_webhook", f"http://{receiver}:8080/")
    deployment.do("up", "--detach", "--wait", "--no-deps", *PROGRAMS)
    yield deployment
    deployment.do("rm", "--force", "--stop", *PROGRAMS)
    docker("rm", "--force", receiver)
    deployment.use()


def heard(deployment: Deployment) -> set[str]:
    """The alerts that the receiver was told of."""
    said = docker("logs", f"{deployment.name}-receiver").stdout.splitlines()
    return {alert["labels"]["alertname"] for line in said if line for alert in json.loads(line)["alerts"]}


def ask(deployment: Deployment, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers."""
    address = f"http://127.0.0.1:{deployment.port('prometheus', 9090)}/api/v1/query"
    found: list[dict[str, Any]] = httpx.get(address, params={"query": expression}).json()["data"]["result"]
    return found


def test_their_own_checkers_find_nothing_wrong(watched):
    watched.do("exec", "-T", "prometheus", "promtool", "check", "config", "/etc/prometheus/prometheus.yml")
    watched.do("exec", "-T", "alertmanager", "amtool", "check-config", "/etc/alertmanager/alertmanager.yml")
    watched.do("exec", "-T", "blackbox-exporter", PROGRAMS["blackbox-exporter"], "--config.check",
               "--config.file=/etc/blackbox/blackbox.yml")  # fmt: skip


def test_everything_is_looked_at(watched):
    def is_seen() -> bool:
        answer = {one["metric"]["job"] for one in ask(watched, "up == 1")}
        reached = {one["metric"]["instance"] for one in ask(watched, "probe_success == 1")}
        return answer >= {*SERVICES, "machine", "kafka", "postgres"} and reached == {"kafka:9092", "postgres:5432"}

    watched.wait_until(is_seen, "not everything is asked", 120)
    assert ask(watched, 'node_filesystem_avail_bytes{mountpoint="/disk"}')


def test_the_manuals_test_alert_arrives(watched):
    watched.follow(*documented("Watching"))

    watched.wait_until(lambda: "TestAlert" in heard(watched), "the test alert does not arrive", 30)


def test_somebody_is_told_who_is_down(watched):
    down = {"ServiceDown", "PostgresDown", "KafkaDown"}

    watched.do("stop", "candidates", "postgres", "kafka")
    try:
        watched.wait_until(lambda: down <= heard(watched), "nobody is told", 240)
    finally:
        watched.do("start", "postgres", "kafka", "candidates")
        watched.wait_until_healthy()
