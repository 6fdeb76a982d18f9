"""A backlog of insights: from nothing until everybody, and every round of 40 people, is derived.

Run as `python -m bench.backlog DATABASE_URL APPLICATIONS`, in a process of its own: it prints its figures as JSON.
"""

import asyncio
import json
import sys
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from bench.inside import start, take
from bench.insights import LATER, WARM, backlog, facts, openings
from bench.processes import measured_by
from local.databases import Addresses
from services.insights.main import SERVICE
from shared.running.start import tune

OF_A_ROUND = 40  # people: from 30 on, agreement has an interval


class BacklogRun(NamedTuple):
    """Microseconds of processor time a fact, facts a second, megabytes at the highest."""

    cost: float
    rate: float
    rss: float


async def measured(database: Addresses, applications: int) -> BacklogRun:
    """In a process of its own."""
    return BacklogRun(*await measured_by("bench.backlog", database.url, str(applications)))


async def _run(url: str, applications: int) -> BacklogRun:
    _, runtime = await start(SERVICE, LATER, url)
    tune()
    jobs = max(applications // OF_A_ROUND, 1)
    await take(runtime, chain(openings(jobs), facts(WARM, 1, jobs)))
    return BacklogRun(*await backlog(runtime, applications, jobs), _highest())


def _highest() -> float:
    """The most memory that this process had: the kernel keeps it in kilobytes."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(sys.argv[1], int(sys.argv[2])))))
