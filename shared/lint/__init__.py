"""The lint of rule 3: what never stands in a letter, found by word lists. Pure: texts in, findings out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.lint.codes import ADVICE, Code
from shared.lint.folding import fold
from shared.lint.names import spans_of_names
from shared.lint.words import LANGUAGES, language_of, patterns_of

__all__ = ["ADVICE", "LANGUAGES", "Code", "Finding", "knows", "lint"]


class Finding(NamedTuple):
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


def lint(texts: Sequence[str], language: str, names: Iterable[str] = ()) -> list[Finding]:
    """Everything in these texts that rule 3 forbids, in their order.

    `names`: other people's, in full; each is found by any of its parts. They are looked for in any language.
    """
    others = tuple(names)
    return [finding for position, text in enumerate(texts) for finding in _lint(position, text, language, others)]


def _lint(position: int, text: str, language: str, names: tuple[str, ...]) -> list[Finding]:
    folded = fold(text)
    found = {
        (code, *folded.span(m.start(), m.end())) for code, p in patterns_of(language) for m in p.finditer(folded.text)
    }
    spans = [(Code(code), start, end) for code, start, end in found]
    spans += [(Code.NAME, start, end) for start, end in spans_of_names(text, names)]
    return [Finding(c, position, s, e, text[s:e]) for c, s, e in _widest(spans)]


def _widest(spans: list[tuple[Code, int, int]]) -> list[tuple[Code, int, int]]:
    """Of spans of one code, one inside another, the wider one; in the order of the text."""
    return sorted(
        {
            (code, start, end)
            for code, start, end in spans
            if not any(c == code and s <= start and end <= e and (s, e) != (start, end) for c, s, e in spans)
        },
        key=lambda span: (span[1], span[2], span[0]),
    )
