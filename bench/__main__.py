"""`make bench`: measures, prints a table and writes bench/results.json."""

import argparse
import asyncio
import json
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.full_path import Run, run
from bench.servers import Servers

RESULTS = Path(__file__).parent / "results.json"


async def full_path(rounds: int, candidates: int) -> dict[str, Any]:
    """The full path, ours and the peer in turn; refuses to compare when the end states differ."""
    runs: dict[str, list[Run]] = {"ours": [], "ours, one consumer": [], "peer": []}
    with Servers() as servers:
        for _ in range(rounds):
            for side, done in runs.items():
                done.append(await run(servers, side, candidates))
                print(f"{side}: {done[-1].rate:,.0f} events/s, {done[-1].use}", flush=True)
    states = {json.dumps(r.members) for done in runs.values() for r in done}
    if len(states) != 1:
        raise SystemExit("The end states differ: nothing is compared.")
    rate = {side: median(r.rate for r in done) for side, done in runs.items()}
    ours = runs["ours"] + runs["ours, one consumer"]
    single = runs["ours, one consumer"]
    return {
        "full path, against one event one transaction": _figure(rate["ours"], rate["peer"], 20, "events/s"),
        "two consumers against one": _figure(rate["ours"], rate["ours, one consumer"], 1.2, "events/s"),
        "said per final membership": _bound(max(r.said / candidates for r in ours), 1.3, "records"),
        "said by a replay": _bound(max(r.replayed for r in ours), 0, "records"),
        "CPU per event, consumer and relay": _bound(median(r.use.cpu / r.events * 1e6 for r in single), 110, "us"),
        "peak memory of a process": _bound(max(r.use.rss for r in ours), 120, "MB"),
    }


def _figure(ours: float, peer: float, bar: float, unit: str) -> dict[str, Any]:
    return {"ours": round(ours, 1), "peer": round(peer, 1), "ratio": round(ours / peer, 2), "bar": bar, "unit": unit}


def _bound(ours: float, bar: float, unit: str) -> dict[str, Any]:
    return {"ours": round(ours, 2), "peer": None, "ratio": None, "bar": bar, "unit": unit}


def show(results: dict[str, Any]) -> None:
    """Print the table of the README."""
    table = Table("measurement", "ours", "peer", "ratio", "bar", "unit")
    for name, figure in results.items():
        table.add_row(
            name, *("" if figure[k] is None else str(figure[k]) for k in ("ours", "peer", "ratio", "bar", "unit"))
        )
    Console().print(table)


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--candidates", type=int, default=2_000)
    given = parser.parse_args()
    results = asyncio.run(full_path(given.rounds, given.candidates))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    show(results)


if __name__ == "__main__":
    main()
