"""The lint on the longest text it takes, made of what costs it most: in every language, the slowest counts."""

import time

from shared.lint import LANGUAGES, LONGEST, lint

# Blanks and hyphens without end, half an address, starts of patterns, findings side by side.
UNITS = (
    "-", " \n", "1/5 ", "1,5 von ", "a@a.", "(", "'", "ﷺ", "wir werden ", "ich melde mich ", "wenn sie ", "you have ",
    "we will ", "la valoración ", "las diez ", "vous avez ", "entreprise-a jeune", "passung--mit", "Aaa ",
)  # fmt: skip
NAMES = [f"Aaa B{number} {'C' * number}" for number in range(100)]


def slowest() -> float:
    """Milliseconds of CPU for one call, once the patterns are compiled."""
    for language in LANGUAGES:
        lint(["-"], language)
    return 1000 * max(_seconds(unit, language) for unit in UNITS for language in LANGUAGES)


def _seconds(unit: str, language: str) -> float:
    text = (unit * (LONGEST // len(unit) + 1))[:LONGEST]
    before = time.process_time()
    lint([text], language, NAMES)
    return time.process_time() - before
