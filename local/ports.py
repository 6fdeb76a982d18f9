"""Ports for servers on this machine: pinned, usual or free ones, remembered, and never from the ephemeral range."""

import json
import os
import random
import socket
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from local.claims import is_running
from local.errors import PortsUnfit
from local.files import cache_folder, locked, write_whole

PINNED = "TALENTLOOP_PORTS"
# What the stack of `.talentloop` listens on unless somebody else does: the same as docker-compose publishes.
USUAL = {
    "interviews": 8010,
    "candidates": 8020,
    "notifications": 8030,
    "insights": 8040,
    "console": 8050,
    "identity": 8060,
    "kafka": 9094,
    "kafka-controller": 9093,
    "postgres": 15432,
    "mail": 1025,
}
_USUAL_HOME = ".talentloop"
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


def pinned_ports() -> dict[str, int]:
    """What TALENTLOOP_PORTS says, as `kafka=9094,interviews=8010`. Raises PortsUnfit."""
    entries = [entry.strip() for entry in os.environ.get(PINNED, "").split(",") if entry.strip()]
    ports = dict(_read_pin(entry) for entry in entries)
    if len(ports) < len(entries) or len(set(ports.values())) < len(ports):
        raise PortsUnfit(f"{PINNED} names a server or a port twice.")
    return ports


def _read_pin(entry: str) -> tuple[str, int]:
    name, _, port = (part.strip() for part in entry.partition("="))
    if name not in USUAL:
        raise PortsUnfit(f"{PINNED} names something else than {', '.join(USUAL)}.")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise PortsUnfit(f"{PINNED}: say `{name}=PORT`, a number from 1 to 65535.")
    return name, int(port)


def claim_port(home: Path, name: str) -> int:
    """The port that is pinned, that this home used for `name` before, its usual one, or a new one; remembered.

    Raises PortsUnfit when somebody else has a pinned one; another one is exchanged.
    """
    pinned = pinned_ports()
    home.mkdir(parents=True, exist_ok=True)
    with locked(cache_folder() / "homes.lock"):
        ports, taken = remembered_ports(home), _taken_elsewhere(home)
        others = {*pinned.values(), *taken, *(port for other, port in ports.items() if other != name)}
        chosen = _pinned(pinned[name], name, taken) if name in pinned else _chosen(home, name, ports.get(name), others)
        if ports.get(name) != chosen:
            write_whole(home / "ports.json", json.dumps(ports | {name: chosen}, indent=2))
        return chosen


def _taken_elsewhere(home: Path) -> set[int]:
    """What stacks of this user in other homes have chosen: while they start, nobody listens there yet."""
    known = cache_folder() / "homes.json"
    try:
        homes: list[str] = json.loads(known.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        homes = []
    others = [other for other in homes if other != str(home.absolute()) and is_running(Path(other))]
    if (now := [*others, str(home.absolute())]) != homes:
        write_whole(known, json.dumps(now, indent=2))
    return {port for other in others for port in remembered_ports(Path(other)).values()}


def _pinned(port: int, name: str, taken: Collection[int]) -> int:
    if port in taken or not is_free(port):
        raise PortsUnfit(f"Somebody else listens on port {port}, which {PINNED} pins for {name}.")
    return port


def _chosen(home: Path, name: str, before: int | None, others: set[int]) -> int:
    usual = USUAL.get(name) if home.name == _USUAL_HOME else None
    for known in (before, usual):
        if known and known not in others and is_free(known):
            return known
    while (port := free_port()) in others:
        pass
    return port
