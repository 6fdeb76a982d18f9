"""`make bench`: measures, prints a table and writes bench/results.json."""

import argparse
import asyncio

from bench.figures import keep, load, table
from bench.parts import PARTS, Given
from bench.servers import started


async def measure(given: Given) -> None:
    """The chosen parts, on one broker and one database server; each is kept as soon as it is done."""
    with started() as servers:
        for part in given.only:
            print(f"{part}:", flush=True)
            keep(await PARTS[part](servers, given))


def _parts(names: str) -> list[str]:
    parts = names.split(",")
    if unknown := set(parts) - PARTS.keys():
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return parts


def _numbers(text: str) -> list[int]:
    return [int(number.replace("_", "")) for number in text.split(",")]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--candidates", type=int, default=2_000, help="for full-path and persist: nine facts each")
    parser.add_argument("--seconds", type=int, default=10, help="for latency: how long feedbacks are offered")
    parser.add_argument(
        "--rates", type=_numbers, default=[100, 1_000, 3_000], help="for latency: events offered a second"
    )
    parser.add_argument("--rows", type=int, default=10_000, help="for drain: how many wait in the outbox")
    parser.add_argument(
        "--stored", type=_numbers, default=[10_000, 100_000], help="for stored: how many candidates are there before"
    )
    parser.add_argument("--mails", type=int, default=1_000, help="for mail: how many are handed in")
    parser.add_argument("--letters", type=int, default=5_000, help="for letters: candidates of the closed job")
    parser.add_argument("--members", type=int, default=1_000_000, help="for pool: how many are searched")
    parser.add_argument("--million", type=int, default=100_000, help="for matching: how many candidates are stored")
    parser.add_argument("--family", type=int, default=20_000, help="for matching: how many of them in the job's family")
    parser.add_argument("--jobs", type=int, default=500, help="for insights: how many rounds there are")
    parser.add_argument("--of-a-round", type=int, default=3_000, help="for insights: rows of the one that is summed up")
    parser.add_argument(
        "--applications", type=int, default=20_000, help="for backlog: how many, of rounds of 40 people"
    )
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"some of {','.join(PARTS)}")
    return parser


def main() -> None:
    """Measure what was asked for; figures of other parts stay as they were."""
    asyncio.run(measure(parser().parse_args()))
    print("\n" + table(load()), end="")


if __name__ == "__main__":
    main()
