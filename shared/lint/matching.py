"""Where the words of a list stand in a folded text, unless they are said of things or of deeds."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from shared.lint.codes import Code
from shared.lint.words import WordList

STARTS = re.compile(r"(?<!\w)[^\s-]")
_END_OF_SENTENCE = re.compile(r"[.!?;:](?= )|\n")
_BEFORE = re.compile(r"(?:\w+[ \"'-]+){1,2}$")  # two words
_AFTER = re.compile(r"(?:[ \"'-]+\w+){1,2}")
NEAR = 60  # characters in which two words stand


def spans_of_words(text: str, words: WordList) -> Iterator[tuple[str, int, int]]:
    """(code, start, end) of each."""
    work = _Work(text, words)
    for word in STARTS.finditer(text):
        start = word.start()
        for code, pattern, is_of_things in words.at(_opening(text, start)):
            found = pattern.match(text, start)
            if found and not work.excuses(code, start, found.end(), is_of_things):
                yield code, start, found.end()


def _opening(text: str, start: int) -> str:
    opening = text[start : start + 2]
    return f"{opening[0]} " if opening[1:].isspace() else opening


class _Work:
    """What a text says of work: things that are named, and sentences about what somebody did."""

    def __init__(self, text: str, words: WordList) -> None:
        self.text = text
        self.words = words
        self.deeds: dict[int, bool] = {}

    @cached_property
    def sentences(self) -> list[int]:
        """Where each begins, and where the last one ends."""
        return [0, *(end.end() for end in _END_OF_SENTENCE.finditer(self.text)), len(self.text)]

    def excuses(self, code: str, start: int, end: int, is_of_things: bool) -> bool:
        """Whether these words are of the work, in a sentence about a deed; or of things, in one about things."""
        number = max(bisect_right(self.sentences, start, hi=len(self.sentences) - 1) - 1, 0)
        bounds = self.sentences[number], self.sentences[number + 1]
        if self._tells_of_a_deed(bounds) and (is_of_things or self._is_of_the_work(code, start, end)):
            return True
        return is_of_things and (self._is_about_things(bounds) or self._is_beside_a_thing(start, end))

    def _tells_of_a_deed(self, bounds: tuple[int, int]) -> bool:
        if bounds[0] not in self.deeds:
            self.deeds[bounds[0]] = bool(self.words.deeds.search(self.text, *bounds))
        return self.deeds[bounds[0]]

    def _is_of_the_work(self, code: str, start: int, end: int) -> bool:
        """What the law protects is nobody's work, whatever they did: "explained it well for your age"."""
        return code != Code.PROTECTED and not self._names_somebody(start, end)

    def _names_somebody(self, start: int, end: int) -> bool:
        return bool(self.words.persons.search(self.text, start, end))

    def _is_about_things(self, bounds: tuple[int, int]) -> bool:
        return bool(self.words.things.search(self.text, *bounds)) and not self._names_somebody(*bounds)

    def _is_beside_a_thing(self, start: int, end: int) -> bool:
        before, after = _BEFORE.search(self.text[max(0, start - NEAR) : start]), _AFTER.match(self.text, end)
        return any(words and self.words.things.search(words[0]) for words in (before, after))
