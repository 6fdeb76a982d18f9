"""The supervisor: starts side by side, brings back what died, takes everything with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.claims import is_running
from local.stack import environment
from tests.conftest import temporary_home

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.db]

_SERVERS_ONLY = """
import signal, sys
from pathlib import Path
from local.supervisor import run
for name in (signal.SIGHUP, signal.SIGCHLD):  # as `nohup` has it, and who never waits for a child
    signal.signal(name, signal.SIG_IGN)
run(Path(sys.argv[1]), print, ())
"""
# What a shell says of other machines: here it leads nowhere
_ELSEWHERE = dict.fromkeys(("http_proxy", "HTTP_PROXY"), "http://127.0.0.1:9") | {"PGSSLMODE": "require"}


def start(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _SERVERS_ONLY, home]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **_ELSEWHERE})
    assert eventually(lambda: process.poll() is not None or state_of(home).get("pid") == process.pid)
    assert eventually(lambda: process.poll() is not None or bool(state_of(home).get("ready")))
    return process


def state_of(home: Path) -> dict[str, object]:
    file = home / "state.json"
    return json.loads(file.read_text()) if file.exists() else {}


def children_of(home: Path) -> dict[str, int]:
    return dict(state_of(home).get("children", {}))


def alive(pids: dict[str, int]) -> list[str]:
    return [name for name, pid in pids.items() if psutil.pid_exists(pid)]


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not (well := holds()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return well


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for the tests here: a supervisor that one of them leaves running serves the next."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture(scope="module")
def started(home: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Every supervisor of this home, the newest last."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def supervisor(home: Path, started: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    if not started or started[-1].poll() is not None:
        started.append(start(home))
    return started[-1]


def test_a_signal_stops_everything_in_order(supervisor, home):
    children = children_of(home)

    supervisor.send_signal(signal.SIGTERM)

    assert supervisor.wait(30) == 0
    assert sorted(children) == ["identity", "kafka", "mail", "postgres"]
    assert alive(children) == []
    assert environment(home) == {}


def test_what_dies_is_started_again_at_the_same_address(supervisor, home):
    children, before = children_of(home), environment(home)

    supervisor.send_signal(signal.SIGHUP)  # which `nohup` has it ignore
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: not set(children_of(home).values()) & set(children.values()))
    assert eventually(lambda: len(alive(children_of(home))) == 4)
    assert environment(home) == before


def test_killed_it_takes_its_children_along_and_the_next_one_starts(supervisor, home, started):
    children = children_of(home)

    supervisor.kill()
    supervisor.wait()

    assert eventually(lambda: alive(children) == [])
    started.append(start(home))
    assert is_running(home)


def test_a_home_has_one_supervisor(supervisor, home):
    second = subprocess.run([sys.executable, "-c", _SERVERS_ONLY, home], capture_output=True, text=True, check=False)

    assert "already running" in second.stderr
    assert supervisor.poll() is None


def test_two_homes_run_side_by_side(supervisor, home, other_home):
    other = start(other_home)

    addresses = set(environment(home).values()) & set(environment(other_home).values())

    other.terminate()
    other.wait()
    assert {address for address in addresses if not address.endswith(":0")} == set()
