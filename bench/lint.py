"""The lint on the longest text it takes, made of what costs it most: in every language, the slowest counts."""

import itertools
import time
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
