"""Which language a text reads as, by its commonest words: a letter in French holds no German unnoticed."""

import unicodedata
from collections import Counter, defaultdict
from functools import cache
from re import findall

from stop_words import LANGUAGE_MAPPING, get_stop_words

_FEW = 4  # words: in fewer a single common one tells nothing ("Ok", "Top pick")
_SHORTEST = 2  # characters; single letters are formulas, units and initials in every language


def reads_as(text: str, language: str) -> bool:
    """False when a text has more words of another language than of this one (BCP 47), or another script.

    True where nothing tells: no common word, or a language without a list of them. Of 646 sentences in English, German,
    French and Spanish 2 are doubted though right, and 23 pass as another of these languages, fewer with two of them
    (docs/decisions/065-deeds-excuse-words.md).
    """
    declared = language.partition("-")[0].lower()
    if declared not in LANGUAGE_MAPPING:
        return True
    shouted = text.isupper()
    words = [word.lower() for word in findall(r"\w+", text) if shouted or not word.isupper()]
    found = Counter(code for word in words for code in _languages().get(word, ()))
    if _is_in_another_script(text, declared):
        return False
    return max(found.values(), default=0) <= max(found[declared], len(words) < _FEW)


def _is_in_another_script(text: str, declared: str) -> bool:
    """Most letters are of no alphabet that the language's common words are written in."""
    letters = Counter(_script(sign) for sign in text if sign.isalpha())
    return sum(letters[script] for script in _scripts(declared)) * 2 < letters.total()


@cache
def _scripts(language: str) -> frozenset[str]:
    return frozenset(_script(word[0]) for word in get_stop_words(language))


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """The languages in which a word is among the commonest."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for language in LANGUAGE_MAPPING:
        for word in get_stop_words(language):
            if len(word) >= _SHORTEST:
                found[word.lower()].add(language)
    return {word: tuple(sorted(codes)) for word, codes in found.items()}
