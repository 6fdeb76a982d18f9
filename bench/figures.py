"""Figures: what was measured beside what it is compared with, at which commit, kept in bench/results.json.

Run as `python -m bench.figures`: names the figures whose product code is long past.
"""

import json
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
ROOT = RESULTS.parent.parent
PRODUCT = ("services", "shared", "cli")
LONG_PAST = 100  # commits to the product since
COLUMNS = ("ours", "peer", "ratio", "bar", "unit", "commit")

Figures = dict[str, dict[str, Any]]


def more(ours: float, peer: float, bar: float | None, unit: str) -> dict[str, Any]:
    """Where more is better."""
    return figure(ours, peer, ours / peer if peer else None, bar, unit)


def less(ours: float, peer: float, bar: float | None, unit: str) -> dict[str, Any]:
    """Where less is better: the ratio still says how many times better ours is."""
    return figure(ours, peer, peer / ours if ours else None, bar, unit)


def figure(ours: float, peer: float, ratio: float | None, bar: float | None, unit: str) -> dict[str, Any]:
    """Ours, the peer's, and how many times better ours is."""
    better = ratio and round(ratio, 2)
    return {"ours": round(ours, 1), "peer": round(peer, 1), "ratio": better, "bar": bar, "unit": unit}


def bound(ours: float, bar: float | None, unit: str) -> dict[str, Any]:
    """Where there is no peer; `bar`: the most it may be, of a rate the least."""
    return {"ours": round(ours, 2), "peer": None, "ratio": None, "bar": bar, "unit": unit}


def keep(figures: Figures) -> None:
    """Write these beside those of other parts, as measured at this commit."""
    stamped = {name: {**one, "commit": commit_of(ROOT)} for name, one in figures.items()}
    RESULTS.write_text(json.dumps(load() | stamped, indent=2) + "\n")


def load() -> Figures:
    """Everything measured, by name."""
    found: Figures = json.loads(RESULTS.read_text())
    return found


def table(figures: Figures) -> str:
    """The table of the README."""
    head = f"| measurement | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}\n"
    return head + "".join(f"| {name} | {' | '.join(_shown(one))} |\n" for name, one in figures.items())


def _shown(one: dict[str, Any]) -> list[str]:
    return ["" if one[column] is None else str(one[column]) for column in COLUMNS]


def find_past(figures: Figures, root: Path = ROOT) -> dict[str, list[str]]:
    """Commit -> the figures measured there, where the product changed in many commits since.

    Empty without git. A commit that is no longer there is long past, too.
    """
    if not _git(root, "rev-parse", "HEAD"):
        return {}
    by_commit = defaultdict(list)
    for name, one in figures.items():
        by_commit[one["commit"]].append(name)
    return {commit: names for commit, names in by_commit.items() if _count_since(root, commit) >= LONG_PAST}


def commit_of(root: Path) -> str:
    """The commit that a checkout stands at."""
    return _git(root, "rev-parse", "--short=10", "HEAD") or "unknown"


def _count_since(root: Path, commit: str) -> int:
    count = _git(root, "rev-list", "--count", f"{commit}..HEAD", "--", *PRODUCT)
    return int(count) if count else LONG_PAST


def _git(root: Path, *arguments: str) -> str:
    """What git answers; nothing where it refuses, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], check=False, cwd=root, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def main() -> None:
    """Say which figures are of product code that is long past."""
    for commit, names in find_past(load()).items():
        print(f"bench: the product changed in {LONG_PAST} commits or more since {commit}: {', '.join(names)}")


if __name__ == "__main__":
    main()
