"""What was measured on the way: shown as one table at the end of `make test-deployment`."""

import json
import subprocess

from tests.deployment.engine import Deployment

_measured: list[tuple[str, str]] = []


def report(what: str, figure: str) -> None:
    """Keep a figure for the end."""
    _measured.append((what, figure))


def table() -> list[str]:
    """Lines of everything measured."""
    width = max((len(what) for what, _ in _measured), default=0)
    return [f"{what:<{width}}  {figure}" for what, figure in _measured]


def report_use(deployment: Deployment, when: str) -> None:
    """CPU and memory of each container, as the engine sees them now."""
    ids = [container["Id"] for container in deployment.containers() if container["State"]["Running"]]
    command = ["docker", "stats", "--no-stream", "--format", "json", *ids]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for one in sorted(map(json.loads, shown.splitlines()), key=lambda one: str(one["Name"])):
        name = one["Name"].removeprefix(f"{deployment.name}-")
        report(f"{when}: {name}", f"{one['CPUPerc']:>8} CPU  {one['MemUsage'].split(' / ')[0]:>9}")
