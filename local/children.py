"""Child processes that never outlive their parent, not even one that was killed with -9."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psutil

from local.errors import CannotStart
from local.files import write_whole

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Running(Protocol):
    """A child process, in the words of `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | Any: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float, /) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


def log_of(home: Path, name: str) -> Path:
    """Where everything a child prints is kept."""
    return home / "logs" / f"{name}.log"


def launch(
    home: Path,
    name: str,
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: int | None = None,
    when_orphaned: signal.Signals = signal.SIGKILL,
    inherited: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own (Ctrl-C reaches only us), its output appended to its log.

    Call it from the main thread: Linux sends `when_orphaned` when the *thread* that started the child ends.
    """
    end_leftover(home, name)
    log_of(home, name).parent.mkdir(parents=True, exist_ok=True)
    with log_of(home, name).open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            pass_fds=inherited,
            preexec_fn=partial(tie_to, os.getpid(), when_orphaned) if _LIBC else None,  # noqa: PLW1509 - two system calls
        )
    remember(home, name, process.pid)
    return process


def end_leftover(home: Path, name: str) -> None:
    """Kill a child of an earlier run that is still there: only where the system could not tie it to its parent."""
    try:
        pid, born = _pid_file(home, name).read_text().split()
        process = psutil.Process(int(pid))
        if process.create_time() == float(born):
            process.kill()
            process.wait(10)
    except (FileNotFoundError, ValueError, psutil.Error):
        return


def remember(home: Path, name: str, pid: int) -> None:
    """So that one that is left over can be ended: see `end_leftover`."""
    with suppress(psutil.Error):
        write_whole(_pid_file(home, name), f"{pid} {psutil.Process(pid).create_time()}")


def _pid_file(home: Path, name: str) -> Path:
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.pid"


def tie_to(parent: int, when_orphaned: signal.Signals) -> None:
    """Get this signal when the parent ends; end now if it has already. Only Linux can."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(when_orphaned))
    if os.getppid() != parent:
        os._exit(1)


def wait_until(answers: Callable[[], bool], process: Running, log: Path, *, seconds: float) -> None:
    """Return as soon as `answers`. A child that ends, or stays silent for `seconds`, is a CannotStart."""
    deadline = time.monotonic() + seconds
    while not answers():
        if process.poll() is not None:
            raise CannotStart(f"{log.stem} ended with code {process.returncode}. Its last words:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise CannotStart(f"{log.stem} did not answer within {seconds:.0f} s. See {log}")
        time.sleep(0.03)


def stop(process: Running, *, how: signal.Signals, seconds: float) -> None:
    """Ask a child to end; kill it when it has not ended in time."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait(10)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(no log)"
