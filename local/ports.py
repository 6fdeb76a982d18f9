"""Ports for servers on this machine: free ones, remembered, and never from the ephemeral range."""

import json
import random
import socket
from contextlib import closing
from pathlib import Path

from local.files import locked, write_whole

# A wait loop on a closed ephemeral port (32768 and up on Linux) can connect to itself and take the port.
_LOWEST, _HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Nobody listens on this port of the loopback interface."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Any free port, chosen at random so that stacks started side by side rarely meet."""
    while True:
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311 - not a secret
        if is_free(port):
            return port


def remembered_ports(home: Path) -> dict[str, int]:
    """Every port this home has chosen so far, by name."""
    try:
        ports: dict[str, int] = json.loads((home / "ports.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return ports


def claim_port(home: Path, name: str) -> int:
    """The port this home used for `name` before, if it is still free; else a new one, remembered."""
    with locked(home / "ports.lock"):
        ports = remembered_ports(home)
        if name not in ports or not is_free(ports[name]):
            ports[name] = _another_port(ports)
            write_whole(home / "ports.json", json.dumps(ports, indent=2))
        return ports[name]


def _another_port(ports: dict[str, int]) -> int:
    while (port := free_port()) in ports.values():
        pass
    return port
