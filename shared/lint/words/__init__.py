"""The word lists: a folder for each language, a file for each code, and in it families of patterns.

A sentence that says what somebody did in the work (`deeds`: "you explained ...") speaks of things: in it only words
that name `persons` are found. Families under `[always]` are found everywhere else. Those under `[unless_work]` are said
of things, too: they are not found in sentences about deeds, beside one of the `things` of the language, nor in a
sentence about things that names nobody. Folder `common` holds what is written alike in all of them.

A pattern is a regular expression with abbreviations: a space is any blank or hyphen, `~` at the end of a word is any
ending, `<name>` is a part of the language (`parts.toml`), such as `<person>` for whoever applies, in every gendered
form. It matches whole words only, in lower case, without marks; `ä`, `ö`, `ü`, `ß` also as `ae`, `oe`, `ue`, `ss`.

Whatever the text, the time grows as its length does: patterns are tried at starts of words only, and there only those
that begin so; blanks and endings are taken whole (possessive), and any number of words is `MOST_BETWEEN`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from shared.lint.folding import fold
from shared.lint.words.openings import openings

MOST_BETWEEN = 20  # words that may stand where a pattern says any number of words
MOST_REPEATED = 5  # times that a group may stand
COMMON = "common"
UMLAUTS = frozenset({"de"})  # languages that write ä as ae where it has to be
_PART = re.compile(r"<(\w+)>")
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
_FOLDERS = {f.name: f for f in files(__package__).iterdir() if f.is_dir() and f.joinpath("parts.toml").is_file()}
LANGUAGES = tuple(sorted(_FOLDERS.keys() - {COMMON}))


class Phrase(NamedTuple):
    """A pattern, what it is about, and whether it is said of things, too."""

    code: str
    pattern: re.Pattern[str]
    is_of_things: bool


class WordList(NamedTuple):
    """What is looked for in a language, by how it begins; and what excuses some of it."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    deeds: re.Pattern[str]
    things: re.Pattern[str]
    persons: re.Pattern[str]

    def at(self, opening: str) -> Iterator[Phrase]:
        """Those that may begin with these two characters."""
        for known in (opening, opening[:1], ""):
            yield from self.phrases.get(known, ())


def language_of(language: str) -> str | None:
    """`de` for `de-AT`; None for a language without a list."""
    code = language.partition("-")[0].lower()
    return code if code in LANGUAGES else None


def word_list(language: str) -> WordList | None:
    """That of a language; None for one without."""
    known = language_of(language)
    return _load(known) if known else None


@cache
def _load(language: str) -> WordList:
    parts = _parts(language)
    by_opening: dict[str, list[Phrase]] = {}
    for folder in (COMMON, language):
        for code, is_of_things, written in _patterns(folder):
            pattern = _written_out(written, parts, language)
            for opening in openings(pattern):
                by_opening.setdefault(opening, []).append(Phrase(code, _whole_words(pattern), is_of_things))
    phrases = {opening: tuple(found) for opening, found in by_opening.items()}
    excuses = (_whole_words(_written_out(f"<{part}>", parts, language)) for part in WordList._fields[1:])
    return WordList(phrases, *excuses)


def _parts(language: str) -> dict[str, str]:
    """By name, lists as alternatives."""
    read = {**_read(COMMON, "parts"), **_read(language, "parts")}
    return {name: f"({'|'.join(part)})" if isinstance(part, list) else part for name, part in read.items()}


def _patterns(folder: str) -> Iterator[tuple[str, bool, str]]:
    for file in sorted(f.name for f in _FOLDERS[folder].iterdir() if f.name.endswith(".toml")):
        code = file.removesuffix(".toml")
        for tier, families in _read(folder, code).items() if code != "parts" else ():
            for pattern in (p for patterns in families.values() for p in patterns):
                yield code, tier == "unless_work", pattern


def _read(folder: str, name: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDERS[folder].joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def _written_out(pattern: str, parts: Mapping[str, str], language: str) -> str:
    while _PART.search(pattern):
        pattern = _PART.sub(lambda part: parts[part[1]], pattern)
    plain = re.sub(r"\\.|.", lambda m: m[0] if m[0][0] == "\\" else _unmarked(m[0], language), pattern)
    between = plain.replace(r"(\w+ )*", rf"(\w+ ){{0,{MOST_BETWEEN}}}").replace(r"\w+ ", r"\w++ ").replace("~", r"\w*+")
    bounded = between.replace(")*", f"){{0,{MOST_REPEATED}}}").replace(")+", f"){{1,{MOST_REPEATED}}}")
    blanks = bounded.replace(" ?", r"[\s-]*+").replace(" ", r"[\s-]++")
    return _CAPTURING.sub("(?:", blanks)


def _unmarked(sign: str, language: str) -> str:
    return fold(sign, umlauts=language in UMLAUTS).text
