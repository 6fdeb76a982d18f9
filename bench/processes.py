"""The measured processes: started, watched for CPU time and memory, killed. One that ends by itself ends the bench."""

import asyncio
import json
import multiprocessing
import os
import runpy
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

import psutil

from bench.where import Where

Commands = Sequence[tuple[Sequence[str], dict[str, str]]]


# They fork from one process that has imported what every service does: nobody's memory holds another's modules.
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["shared.running.start", "shared.running.listening"])


def _run(command: list[str], environment: dict[str, str], output: str = os.devnull) -> None:
    os.environ |= environment
    os.dup2(os.open(output, os.O_WRONLY), 1)
    sys.argv[1:] = command[1:]
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


class Use(NamedTuple):
    """CPU seconds of all processes together, and the largest one's peak memory in MB."""

    cpu: float
    rss: float

    def __str__(self) -> str:
        return f"{self.cpu:.2f} s CPU, {self.rss:.0f} MB"


class Processes:
    """Some processes of one side of a comparison."""

    def __init__(self, where: Where, commands: Commands) -> None:
        self.commands = [list(command) for command, _ in commands]
        self.children = [
            _FORKED.Process(target=_run, args=(list(command), where.environment() | more), daemon=True)
            for command, more in commands
        ]
        for child in self.children:
            child.start()
        self.seen = [psutil.Process(child.pid) for child in self.children]
        self.peak = 0.0

    def cpu(self) -> float:
        """CPU seconds used so far."""
        return sum(self.cpus())

    def cpus(self) -> list[float]:
        """The same of each process, in the order of the commands."""
        return [sum(child.cpu_times()[:2]) for child in self.seen]

    def kill(self) -> None:
        """End them, whatever they do."""
        for child in self.children:
            child.kill()
            child.join()

    async def watch(self) -> None:
        """Note the peak of their memory. Raises Ended: what is waited for would never come."""
        while True:
            for command, child, seen in zip(self.commands, self.children, self.seen, strict=True):
                if child.exitcode is not None:
                    raise Ended(f"`{' '.join(command)}` ended with {child.exitcode}: nothing is measured.")
                self.peak = max(self.peak, seen.memory_info().rss / 1e6)
            await asyncio.sleep(0.1)


class Ended(Exception):
    """A measured process ended by itself."""


@asynccontextmanager
async def running(where: Where, commands: Commands) -> AsyncIterator[Processes]:
    """The processes until the block ends. Raises Ended, in a group, at once when one ends before."""
    processes = Processes(where, commands)
    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(processes.watch())
            yield processes
            watching.cancel()
    finally:
        processes.kill()


async def measured_by(*command: str) -> Any:
    """What `python -m COMMAND` prints as JSON, in a process of its own."""
    with NamedTemporaryFile("r") as printed:
        process = _FORKED.Process(target=_run, args=(list(command), {}, printed.name), daemon=True)
        process.start()
        await asyncio.to_thread(process.join)
        if process.exitcode:
            raise SystemExit(f"`{' '.join(command)}` ended with {process.exitcode}: nothing is measured.")
        return json.loads(printed.read().splitlines()[-1])


def service(port: int, parts: str, name: str = "candidates") -> tuple[Sequence[str], dict[str, str]]:
    """One process of a service, with some of its parts."""
    return (f"services.{name}",), {"PARTS": parts, "HTTP_PORT": str(port)}
