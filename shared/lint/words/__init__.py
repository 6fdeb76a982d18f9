"""The word lists, a file for each language: `[code]` and its patterns, with their sources.

A pattern is a regular expression with two abbreviations: a space is any blank or hyphen, and `~` at the end of a word
is any ending. It matches whole words only. `ä`, `ö`, `ü`, `ß` are also found as `ae`, `oe`, `ue`, `ss`, and letters
with other marks without them, as people type them. `<person>` stands for whoever applies, in every gendered form.

Whatever the text, the time grows as its length does: only starts of words are tried, blanks and endings are taken whole
(possessive), and where any number of words may stand between two it is `MOST_BETWEEN`.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

_SPELLINGS = {
    **{"ä": "(?:ä|ae)", "ö": "(?:ö|oe)", "ü": "(?:ü|ue)", "ß": "(?:ß|ss)", "œ": "(?:œ|oe)"},
    **{marked: f"[{marked}{plain}]" for marked, plain in zip("áàâéèêëíîïóôúùûçñ", "aaaeeeeiiioouuucn", strict=True)},
}
_PERSONS = {
    "en": r"(?:candidate|applicant|contender|finalist|interviewee)s?",
    "de": r"(?:(?:mit)?bewerber|kandidat|finalist)(?:[*:_/]?-?in(?:nen)?|\(in(?:nen)?\)|en|n|s)?",
    "fr": r"(?:candidat|postulant|finaliste)(?:[·.(-]?e[·.)-]?)?s?",
    "es": r"(?:candidat|postulante|aspirante|finalista)(?:o|a|@|x|e|o/a)?s?",
}
MOST_BETWEEN = 20  # words that may stand where a pattern says any number of words
_CAPTURING = re.compile(r"(?<!\\)\((?!\?)")
LANGUAGES = tuple(sorted(f.name.partition(".")[0] for f in files(__package__).iterdir() if f.name.endswith(".toml")))


def language_of(language: str) -> str | None:
    """`de` for `de-AT`; None for a language without a list."""
    code = language.partition("-")[0].lower()
    return code if code in LANGUAGES else None


def patterns_of(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(code, pattern) of everything that is looked for in a language; nothing for one without a list."""
    known = language_of(language)
    return _load(known) if known else ()


@cache
def _load(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    lists = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    return tuple((code, _compiled(words["patterns"], _PERSONS[language])) for code, words in lists.items())


def _compiled(patterns: list[str], person: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(_written_out(p, person) for p in patterns)})(?!\w)")


def _written_out(pattern: str, person: str) -> str:
    spelled = "".join(_SPELLINGS.get(letter, letter) for letter in pattern)
    between = (
        spelled.replace(r"(\w+ )*", rf"(\w+ ){{0,{MOST_BETWEEN}}}").replace(r"\w+ ", r"\w++ ").replace("~", r"\w*+")
    )
    blanks = between.replace(" ?", r"[\s-]*+").replace(" ", r"[\s-]++")
    return _CAPTURING.sub("(?:", blanks).replace("<person>", person)
