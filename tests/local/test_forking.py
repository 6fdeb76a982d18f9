"""A child that begins as a copy of us: nothing of ours stays with it, and its end is told."""

import json
import os
import subprocess
import sys

CHILD = """
import json, os, signal, sys
from pathlib import Path
from local.forking import fork

def work():
    left = [number for number in range(3, 64) if os.path.exists(f"/dev/fd/{number}")]
    print(json.dumps({"open": left, "leads": os.getsid(0) == os.getpid(), "term": signal.getsignal(signal.SIGTERM)}))
    print("and some words", file=sys.stderr)
    sys.exit(3)

signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
held = [open(os.devnull) for _ in range(3)]
child = fork(Path(sys.argv[1]), work, inherited=held[1].fileno())
print(json.dumps({"ended": child.wait(30), "kept": held[1].fileno()}))
"""


def test_a_fork_has_a_session_a_log_and_the_one_file_it_was_given(tmp_path):
    log = tmp_path / "logs" / "child.log"

    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", CHILD, log]
    told = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)

    answer, (line, words) = json.loads(told.stdout), log.read_text().splitlines()
    own = json.loads(line)
    assert answer["ended"] == 3
    assert (own["leads"], own["term"], words) == (True, 0, "and some words")
    assert own["open"] == [answer["kept"]]
    assert not log.stat().st_mode & 0o111
