"""Children that begin as a copy of this process, which has imported what they need: imports are most of a start."""

import io
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND
_AS_AT_FIRST: dict[signal.Signals, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
    signal.SIGHUP: signal.SIG_DFL,
}


class Forked:
    """Such a child, in the words of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None:
            self.returncode = self._ending()
        return self.returncode

    def wait(self, timeout: float) -> int:
        """How it ended, once it has. Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.03)
        return code

    def send_signal(self, how: int) -> None:
        """Send it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def _ending(self) -> int | None:
        return ending_of(self.pid)


def ending_of(pid: int) -> int | None:
    """How a child of ours ended, told once; None while it runs. Raises ChildProcessError when there is none."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def fork(log: Path, work: Callable[[], int | None], *, inherited: int = 0) -> Forked:
    """A child that does this and ends with its answer. Of our open files it has one at most.

    Call it from the main thread, while there is no other: what another holds locked would be so for ever.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where whoever started us ignores it, nobody would hear of its end
    if pid := os.fork():
        return Forked(pid)
    code = 1
    try:
        stand_alone(log)
        _close_all_but(inherited)
        code = work() or 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 0 if asked.code is None else 1
    except BaseException:  # whatever it is, nothing of ours goes on in it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def stand_alone(log: Path) -> None:
    """A session of its own (Ctrl-C reaches only whoever forked), its output appended to its log, line by line."""
    os.setsid()
    for name, how in _AS_AT_FIRST.items():
        signal.signal(name, how)
    for number, path, mode in ((0, Path(os.devnull), os.O_RDONLY), (1, log, _APPEND), (2, log, _APPEND)):
        kept = os.open(path, mode, 0o666)
        os.dup2(kept, number)
        os.close(kept)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


def _close_all_but(inherited: int) -> None:
    """A lock that a parent holds, or the end of a pipe, would be held as long as the child is there."""
    for first, end in ((3, inherited or 3), (max(inherited, 2) + 1, os.sysconf("SC_OPEN_MAX"))):
        os.closerange(first, end)
