"""Programs of ours in processes of their own, forked from one that has imported them already."""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from cli.main import COMMANDS
from local.databases import SERVICES

_FORKED = multiprocessing.get_context("forkserver")
_IMPORTED = sorted(
    {command.module for command in COMMANDS.values()}
    | {f"services.{service}.main" for service in SERVICES}
    | {"local.supervisor", "faststream.kafka"}
)


def import_ahead() -> None:
    """What the process that all are forked from has imported: one for each run, so nobody may have forked before."""
    _FORKED.set_forkserver_preload(_IMPORTED)


def talentloop(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command of the command line, and what it printed."""
    return finished("cli", *arguments, environment={"TALENTLOOP_HOME": str(home), "NO_COLOR": "1", **variables})


def finished(module: str, *arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`python -m MODULE ARGUMENTS` once it has ended."""
    with tempfile.TemporaryDirectory(prefix="talentloop-program-") as folder:
        output = Path(folder)
        process = started(module, *arguments, environment=environment, output=output)
        process.join()
        code = process.exitcode
        process.close()
        said, complained = ((output / name).read_text() for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess([module, *arguments], code or 0, said, complained)


def started(module: str, *arguments: str, environment: Mapping[str, str], output: Path | None = None) -> BaseProcess:
    """`python -m MODULE ARGUMENTS` at work; what it prints is kept in a folder, or nowhere."""
    whole = {**os.environ, **environment}
    process = _FORKED.Process(target=_run, args=(module, arguments, whole, output))
    process.start()
    return process


def _run(module: str, arguments: tuple[str, ...], environment: dict[str, str], output: Path | None) -> None:
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job, as tests may be, ignores it
    for number, name in enumerate(("stdout", "stderr"), 1):
        kept = os.open(output / name if output else os.devnull, os.O_WRONLY | os.O_CREAT)
        os.dup2(kept, number)
        os.close(kept)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
