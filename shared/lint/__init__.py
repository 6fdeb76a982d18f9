"""The lint of rule 3: what never stands in a letter, found by word lists. Pure: texts in, findings out."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from shared.lint.codes import ADVICE, Code
from shared.lint.folding import fold
from shared.lint.languages import reads_as
from shared.lint.matching import spans_of_words
from shared.lint.names import spans_of_names
from shared.lint.words import LANGUAGES, UMLAUTS, language_of, word_list

__all__ = ["ADVICE", "LANGUAGES", "LONGEST", "MOST_FINDINGS", "Code", "Finding", "knows", "lint", "reads_as"]

LONGEST = 20_000  # characters that may be looked at in one call over HTTP
MOST_FINDINGS = 200  # nobody reads more of them


class LintFinding(NamedTuple):
    """Words that must not stand in a letter: in which of the texts, from where to where (characters)."""

    code: Code
    text: int
    start: int
    end: int
    found: str

    def advice(self, language: str) -> str:
        """What to write instead, in a sentence in one of the languages of ADVICE."""
        return ADVICE[language][self.code]


def knows(language: str) -> bool:
    """True when there is a word list for this language (BCP 47). Without one nothing is released automatically."""
    return language_of(language) is not None


def lint(texts: Sequence[str], language: str, names: Iterable[str] = ()) -> list[LintFinding]:
    """What these texts have that rule 3 forbids, in their order, `MOST_FINDINGS` at most.

    `names`: other people's, in full; each is found by any of its parts. They are looked for in any language.
    """
    others = tuple(names)
    found = (finding for position, text in enumerate(texts) for finding in _lint(position, text, language, others))
    return list(islice(found, MOST_FINDINGS))


def _lint(position: int, text: str, language: str, names: tuple[str, ...]) -> list[LintFinding]:
    spans = [(Code.NAME, start, end) for start, end in spans_of_names(text, names)]
    if words := word_list(language):
        folded = fold(text, umlauts=language_of(language) in UMLAUTS)
        spans += [(Code(code), *folded.span(start, end)) for code, start, end in spans_of_words(folded.text, words)]
    return [LintFinding(c, position, s, e, text[s:e]) for c, s, e in _widest(spans)]


def _widest(spans: Iterable[tuple[Code, int, int]]) -> list[tuple[Code, int, int]]:
    """Of spans of one code that meet, the first and widest; in the order of the text."""
    kept: list[tuple[Code, int, int]] = []
    reached: dict[Code, int] = {}
    for code, start, end in sorted(set(spans), key=lambda span: (span[1], -span[2], span[0])):
        if start >= reached.get(code, 0):
            reached[code] = end
            kept.append((code, start, end))
    return sorted(kept, key=lambda span: (span[1], span[2], span[0]))
