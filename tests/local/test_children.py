"""Children never outlive the one who started them."""

import subprocess
import sys
import time

import psutil
import pytest

from local import children
from local.errors import CannotStart

_PARENT = """
import sys, time
from pathlib import Path
from local.post_office import LocalMailServer
from local.postgres import Postgres
servers = [LocalMailServer(Path(sys.argv[1])), Postgres(Path(sys.argv[1]))]
for server in servers:
    server.start()
print(*(server.process.pid for server in servers), flush=True)
time.sleep(600)
"""


def wait_for_the_end(pids: list[int], seconds: float = 10) -> list[int]:
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if psutil.pid_exists(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.mark.db
def test_servers_die_with_a_parent_that_was_killed(own_home):
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, own_home], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    family = pids + [child.pid for child in psutil.Process(pids[1]).children()]

    parent.kill()
    parent.wait()

    assert wait_for_the_end(family) == []


def test_a_child_that_ends_at_once_is_refused_with_its_last_words(tmp_path):
    process = children.launch(tmp_path, "broken", [sys.executable, "-c", "raise SystemExit('no key')"])

    with pytest.raises(CannotStart, match="no key"):
        children.wait_until(lambda: False, process, children.log_of(tmp_path, "broken"), seconds=10)


def test_a_child_of_an_earlier_run_is_ended_first(tmp_path):
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    first = children.launch(tmp_path, "sleeper", sleep)

    second = children.launch(tmp_path, "sleeper", sleep)

    assert not psutil.pid_exists(first.pid)
    assert psutil.pid_exists(second.pid)
    second.kill()
    second.wait()


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(600)"
    process = children.launch(tmp_path, "deaf", [sys.executable, "-c", deaf])
    log = children.log_of(tmp_path, "deaf")
    children.wait_until(lambda: log.read_text() != "", process, log, seconds=10)

    children.stop(process, how=children.signal.SIGTERM, seconds=0.2)

    assert process.returncode == -9
