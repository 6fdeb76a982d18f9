"""The lint on the longest text it takes, and on labelled sentences: `python -m bench.lint FILE`.

A line of FILE is JSON: `language`, `text`, `codes` (what must be found; empty for a clean sentence), and, where there
are any, `near` (the code a clean one looks like), `names` (colleagues), `tolerated` (codes that may be found as well).
"""

import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

from shared.lint import LANGUAGES, LONGEST, lint

# Blanks and hyphens without end, half an address, starts of patterns, findings side by side.
UNITS = (
    "-", " \n", "1/5 ", "1,5 von ", "a@a.", "(", "'", "ﷺ", "wir werden ", "ich melde mich ", "wenn sie ", "you have ",
    "we will ", "la valoración ", "las diez ", "vous avez ", "entreprise-a jeune", "passung--mit", "Aaa ",
)  # fmt: skip
NAMES = [f"Aaa B{number} {'C' * number}" for number in range(100)]


def slowest(rounds: int) -> float:
    """Milliseconds of CPU for one call, once the patterns are compiled: the text of the largest median."""
    for language in LANGUAGES:
        lint(["-"], language)
    texts = itertools.product(UNITS, LANGUAGES)
    return 1000 * max(median(_seconds(unit, language) for _ in range(rounds)) for unit, language in texts)


def _seconds(unit: str, language: str) -> float:
    text = (unit * (LONGEST // len(unit) + 1))[:LONGEST]
    before = time.process_time()
    lint([text], language, NAMES)
    return time.process_time() - before


def measured(lines: Iterable[str]) -> Iterator[str]:
    """By language and code: how much was found of what must be, and how many clean sentences were stopped."""
    counted: Counter[tuple[str, str]] = Counter()
    for sentence in map(json.loads, lines):
        language, codes = sentence["language"], sentence["codes"]
        known = {str(f.code) for f in lint([sentence["text"]], language, sentence.get("names", ()))}
        wrong = not codes and bool(known - {*sentence.get("tolerated", ())})
        for code in codes or [sentence.get("near") or "clean"]:
            for group in (language, code, "all"):
                counted[group, "hits" if codes else "clean"] += 1
                counted[group, "found" if codes else "stopped"] += code in known if codes else wrong
    for group in sorted({group for group, _ in counted}):
        found, hits, stopped, clean = (counted[group, what] for what in ("found", "hits", "stopped", "clean"))
        yield f"{group:12} found {found:4} of {hits:4}   stopped {stopped:4} of {clean:4} that are clean"


if __name__ == "__main__":
    print(*measured(Path(sys.argv[1]).read_text("utf-8").splitlines()), sep="\n")
