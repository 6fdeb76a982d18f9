"""No text makes the lint slow: what it costs grows as the text does.

CPU time, with bars far above what is needed (a fifth and less) and far below what a quadratic pattern takes.
"""

import re
import time
from collections.abc import Callable

import pytest

from shared.lint import LANGUAGES, LONGEST, MOST_FINDINGS, lint
from shared.lint.matching import STARTS
from shared.lint.words import word_list
from tests.lint.hostile import PLAIN, repeated, units_of

SOME = 4_000  # characters: a pattern that looks at each pair of them takes 80 ms and more


def is_slow(seconds: float, work: Callable[..., object], *given: object) -> bool:
    """Whether it takes more each of three times: once, patterns are compiled or garbage is collected."""
    return all(cpu(work, *given) > seconds for _ in range(3))


def cpu(work: Callable[..., object], *given: object) -> float:
    """Seconds."""
    before = time.process_time()
    work(*given)
    return time.process_time() - before


def found(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for start in STARTS.finditer(text) if pattern.match(text, start.start()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_pattern_is_slow_on_pieces_of_itself(language):
    slow = [
        (pattern.pattern[:80], unit)
        for pattern in {phrase.pattern for phrases in word_list(language).phrases.values() for phrase in phrases}
        for unit in units_of(pattern.pattern)
        if is_slow(0.04, found, pattern, repeated(unit, SOME))
    ]

    assert slow == []


def test_the_longest_text_is_read_soon_whatever_it_holds():
    slow = [unit for unit in PLAIN[::3] if is_slow(0.5, lint, [repeated(unit, LONGEST)], "de")]

    assert slow == []


def test_many_names_cost_no_more_than_few():
    names = [" ".join(["Aaa", *(f"B{n}{k}" for k in range(40))])[:200] for n in range(100)]
    names += [f"A{'a' * n}" for n in range(2, 100)]

    for unit in ("Aaa ", "Aaa B1"):
        assert not is_slow(0.5, lint, [repeated(unit, LONGEST)], "fi", names)


def test_findings_have_an_end():
    assert len(lint(["1/5 " * 5_000] * 4, "en")) == MOST_FINDINGS


@pytest.mark.parametrize(
    ("text", "names", "whom"),
    [
        ("Ben Okafor's and Ben's", ["Ben Okafor"], ["Ben Okafor", "Ben"]),
        ("Bens view, and Benson's", ["Ben Okafor"], ["Bens"]),
        ("Jean-Luc and O'Neill", ["Jean-Luc Moreau", "Siobhán O'Neill"], ["Jean-Luc", "O'Neill"]),
        ("Marks left", ["Mark Page", "Anna Marks"], ["Marks"]),
        ("Mary Ann Smith, Mary Annette", ["Mary Ann Smith", "Mary Ann"], ["Mary Ann Smith", "Mary"]),
        ("山田太郎 saw it", ["山田太郎"], ["山田太郎"]),
        ("van der Berg", ["Jan van der Berg"], ["Berg"]),
    ],
)
def test_names_are_found_whole_or_in_part(text, names, whom):
    assert [f.found for f in lint([text], "fi", names)] == whom
