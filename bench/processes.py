"""The measured processes: started, watched for CPU time and memory, killed."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

import psutil

from bench.where import Where


class Use(NamedTuple):
    """CPU seconds of all processes together, and the largest one's peak memory in MB."""

    cpu: float
    rss: float

    def __str__(self) -> str:
        return f"{self.cpu:.2f} s CPU, {self.rss:.0f} MB"


class Processes:
    """Some processes of one side of a comparison."""

    def __init__(self, where: Where, commands: Sequence[tuple[Sequence[str], dict[str, str]]]) -> None:
        self.children = [
            psutil.Popen([sys.executable, "-m", *command], env=where.environment() | more, stdout=subprocess.DEVNULL)
            for command, more in commands
        ]
        self.peak = 0.0
        self._watch = asyncio.create_task(self._sample())

    async def stop(self) -> Use:
        """Kill them; what they used."""
        self._watch.cancel()
        cpu = sum(sum(child.cpu_times()[:2]) for child in self.children)
        for child in self.children:
            child.kill()
            child.wait()
        return Use(cpu, self.peak)

    def cpu(self) -> float:
        """CPU seconds used so far."""
        return sum(sum(child.cpu_times()[:2]) for child in self.children)

    async def _sample(self) -> None:
        while True:
            self.peak = max([self.peak, *(child.memory_info().rss / 1e6 for child in self.children)])
            await asyncio.sleep(0.1)


def service(port: int, parts: str) -> tuple[Sequence[str], dict[str, str]]:
    """One process of the candidates service, with some of its parts."""
    return ("services.candidates",), {"PARTS": parts, "HTTP_PORT": str(port)}
