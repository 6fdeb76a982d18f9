"""A process that has imported every service, and becomes one each time it is asked: imports are most of a start.

`python -m local.zygote SOCKET MODULE...` imports the modules, then answers lines of JSON at its socket:
a program to run with the number of its process, the number of a process with how it ended, null before that.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

from local import children
from local.errors import CannotStart
from local.forking import Forked, ending_of, fork, stand_alone

_KILLED = -signal.SIGKILL


class Zygote:
    """That process, for whoever asks it. What it became ends with it; asked again, it is started again."""

    def __init__(self, home: Path, modules: Sequence[str]) -> None:
        self.home = home
        self.modules = modules
        self.process: children.Running | None = None
        self._asking = threading.Lock()
        self._lines: TextIO = StringIO()  # of nobody

    def branch(self) -> None:
        """Start it as a fork of us, who have imported much already. From the main thread, while there is no other."""
        self._start(self._branched)

    def launch(self) -> None:
        """Start it; it answers once it has imported everything. From the main thread."""
        self._start(self._launched)

    def _start(self, how: Callable[[int], children.Running]) -> None:
        with suppress(OSError):  # what a killed one was not told any more
            self._lines.close()
        ours, its = socket.socketpair()
        with ours, its:
            self.process = how(its.fileno())
            self._lines = ours.makefile("rw")

    def _branched(self, number: int) -> children.Running:
        children.end_leftover(self.home, "zygote")
        parent = os.getpid()

        def become() -> None:
            children.tie_to(parent, signal.SIGKILL)
            main(number, *self.modules)

        forked = fork(children.log_of(self.home, "zygote"), become, inherited=number)
        children.remember(self.home, "zygote", forked.pid)
        return forked

    def _launched(self, number: int) -> children.Running:
        command = [sys.executable, "-m", "local.zygote", str(number), *self.modules]
        return children.launch(self.home, "zygote", command, inherited=(number,))

    def fork(self, name: str, module: str, environment: Mapping[str, str]) -> "Fork":
        """`python -m MODULE` as a child of the stack. From the main thread. Raises CannotStart."""
        if not self._is_there():
            self.launch()
        children.end_leftover(self.home, name)
        log = str(children.log_of(self.home, name))
        pid = self._ask({"name": name, "module": module, "log": log, "environment": dict(environment)})
        if pid is None:
            raise CannotStart(f"{name} cannot be imported:\n{children.tail(children.log_of(self.home, 'zygote'))}")
        children.remember(self.home, name, pid)
        return Fork(self, pid)

    def ending_of(self, pid: int) -> int | None:
        """How it ended, told once; None while it runs."""
        code = self._ask(pid)
        return code if code is not None or self._is_there() else _KILLED

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGTERM, seconds=5)

    def _is_there(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _ask(self, asked: object) -> int | None:
        with self._asking, suppress(OSError):
            print(json.dumps(asked), file=self._lines, flush=True)
            if line := self._lines.readline():
                answer: int | None = json.loads(line)
                return answer
        return None


class Fork(Forked):
    """What a zygote became."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        super().__init__(pid)
        self.zygote = zygote

    def _ending(self) -> int | None:
        return self.zygote.ending_of(self.pid)


def main(number: int, *modules: str) -> None:
    """Import, then answer until nobody can ask any more."""
    for module in modules:
        import_module(module)
    gc.freeze()
    parent = os.getpid()
    with socket.socket(fileno=number) as asked, asked.makefile("rw") as lines:
        program = _serve(lines)
    if program is not None:
        _become(parent, **program)


def _serve(lines: Any) -> dict[str, Any] | None:
    """Answer; in a fork: what it is to become."""
    for line in lines:
        asked = json.loads(line)
        if isinstance(asked, int):
            answer = _ending(asked)
        elif not (answer := os.fork()):
            return dict(asked)
        print(json.dumps(answer), file=lines, flush=True)
    return None


def _ending(pid: int) -> int | None:
    try:
        return ending_of(pid)
    except ChildProcessError:  # it was forked from another, which was killed
        return _KILLED


def _become(parent: int, name: str, module: str, log: str, environment: dict[str, str]) -> None:
    children.tie_to(parent, signal.SIGKILL)
    stand_alone(Path(log))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = []
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
