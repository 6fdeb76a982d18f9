"""The manual's proxy in front of the deployment: the internet gets the pages that links lead to, and nothing else."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import pytest

from local.databases import LISTENING
from local.ports import free_port
from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from tests.deployment.engine import Deployment, docker, documented

pytestmark = pytest.mark.timeout(900)

HOSTS = {service: f"{service}.example.com" for service in LISTENING}
ROUTES = {
    service: sorted({route.path for router in code.routes for route in router.routes})
    for service, code in zip(LISTENING, (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS), strict=True)
}
OF_EVERY_SERVICE = ["/", "/metrics", "/ready", "/live", "/docs", "/openapi.json"]
DISGUISED = ["//metrics", "/./metrics", "/%6detrics", "/me/../metrics", "/export/%2e%2e/metrics", "/me/x/../../metrics"]


class Edge(NamedTuple):
    """The proxy, as somebody on the internet sees it."""

    port: int

    def get(self, host: str, path: str) -> httpx.Response:
        """Ask for one of its hosts, the path exactly as it is spelled."""
        address = httpx.URL(f"https://127.0.0.1:{self.port}", raw_path=path.encode())
        with httpx.Client(verify=False) as client:  # noqa: S501 - its certificate is of its own authority
            return client.get(address, headers={"Host": host}, extensions={"sni_hostname": host})


@pytest.fixture(scope="module")
def edge(deployment: Deployment, story: object, tools: str) -> Iterator[Edge]:
    """Caddy with the manual's configuration; ports and certificates are this machine's own."""
    file, name, port = deployment.folder / "Caddyfile", f"{deployment.name}-edge", free_port()
    mine = f"{{\nlocal_certs\nskip_install_trust\nadmin off\nhttp_port {free_port()}\nhttps_port {port}\n}}\n"
    sites = "\n".join(documented("The edge"))
    for service, usual in zip((*LISTENING, "console"), (8010, 8020, 8030, 8040, 8050), strict=True):
        sites = sites.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{deployment.port(service)}")
    file.write_text(mine + sites)
    file.chmod(0o644)
    homes = ["--env", "XDG_DATA_HOME=/tmp", "--env", "XDG_CONFIG_HOME=/tmp"]
    how = ["--name", name, "--network", "host", "--volume", f"{file}:/Caddyfile:ro", *homes]
    docker("run", "--detach", *how, tools, "caddy", "run", "--config", "/Caddyfile", "--adapter", "caddyfile")
    proxy = Edge(port)
    deployment.wait_until(lambda: all(_answers(proxy, host) for host in HOSTS.values()), "Caddy does not start", 60)
    yield proxy
    docker("rm", "--force", name)


def _answers(proxy: Edge, host: str) -> bool:
    try:
        return proxy.get(host, "/").status_code == 404
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("service", LISTENING)
def test_nothing_but_pages_of_links_gets_out(edge, service):
    spelled = [re.sub(r"\{[^}]+\}", "x", path) for path in ROUTES[service] if "{token}" not in path]
    asked = [*OF_EVERY_SERVICE, *DISGUISED, *spelled]

    answers = {path: edge.get(HOSTS[service], path) for path in asked}

    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 404} == {}
    assert {path for path, answer in answers.items() if answer.content} <= set(DISGUISED)  # else the proxy's own 404
    assert len(spelled) > 10


@pytest.mark.parametrize("service", LISTENING)
def test_figures_are_for_the_own_network(deployment, service):
    address = f"http://127.0.0.1:{deployment.port(service)}/metrics"

    assert "talentloop_lag_records" in httpx.get(address).text
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        assert httpx.get(address, headers={header: "198.51.100.7"}).status_code == 404


def test_the_console_gets_out_but_what_operators_ask_it_does_not(edge):
    answers = {path: edge.get("console.example.com", path).status_code for path in OF_EVERY_SERVICE}

    assert answers == dict.fromkeys(OF_EVERY_SERVICE, 404) | {"/": 303}


def test_the_link_of_a_mail_opens_its_page(deployment, story, edge):
    mails = sorted(deployment.mails(), key=lambda mail: mail["time"], reverse=True)
    links = [link for mail in mails for link in re.findall(r"http://localhost:8020(/me/[\w.~-]+)", mail["text"])]

    opened = [edge.get(HOSTS["candidates"], link) for link in links[:5]]

    assert opened[0].status_code == 200
    assert "text/html" in opened[0].headers["content-type"]
