"""What members of the pool are found by: words around them, and the levels interviewers saw."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from anyascii import anyascii

from services.candidates.domain.candidacies import InterviewRatings, Key, assess
from services.candidates.domain.demand import KeptAssessment, level_of, rounded
from services.candidates.domain.pool import PoolPlace
from services.candidates.domain.records import AssessedApplication

MOST_WORDS = 300  # for one member: names first, then titles, stated skills and reasons
LONGEST_WORD = 64
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
DIGITS = 4


class ReasonedPlace(NamedTuple):
    """One place in the pool, with its reasons."""

    organization: str
    candidate: str
    family: str
    why: Sequence[str]


class SearchTexts(NamedTuple):
    """What people and platforms wrote: somebody's names, stated skills, titles of jobs they applied for."""

    names: Sequence[str] = ()
    titles: Sequence[str] = ()
    skills: Sequence[str] = ()


class RatedOf(NamedTuple):
    """What interviewers saw of some people; of whom there are ratings for several applications, these, too."""

    ratings: Mapping[Key, Sequence[InterviewRatings]]
    applications: Mapping[Key, Sequence[AssessedApplication]]


class Description(NamedTuple):
    """The words of one place in the pool."""

    organization: str
    candidate: str
    family: str
    words: Sequence[str]


class AssessedSkill(NamedTuple):
    """A competency as interviewers saw it; `whole`: the whole level that is reached, exactly."""

    organization: str
    candidate: str
    competency: str
    level: float
    whole: int
    assessed_at: datetime


def placed(places: Iterable[PoolPlace], people: Collection[Key]) -> list[ReasonedPlace]:
    """The places that these people have: who left has none."""
    named = set(people)
    return [
        ReasonedPlace(p.organization, p.candidate, p.family, p.why)
        for p in places
        if p.status and (p.organization, p.candidate) in named
    ]


def describe(places: Iterable[ReasonedPlace], texts: Mapping[Key, SearchTexts]) -> list[Description]:
    """The words every member is found by."""
    return [Description(*place[:3], _words_around(place, texts)) for place in places]


def skills(places: Iterable[ReasonedPlace], rated: RatedOf) -> list[AssessedSkill]:
    """Every competency that members were rated in, as rule 2 sees it."""
    members = dict.fromkeys((place.organization, place.candidate) for place in places)
    return [
        _skill(key, competency, assessment)
        for key in members
        for competency, assessment in assess(rated.ratings.get(key, ()), rated.applications.get(key, ())).items()
    ]


def words_of(text: str) -> list[str]:
    """The words of a text in their order: lower case, without accents, Latin letters as those of ASCII."""
    letters = text.casefold() if text.isascii() else _folded(text)
    return [word[:LONGEST_WORD] for word in _WORD.findall(letters)]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_plain(letter) for letter in plain if not unicodedata.combining(letter)).casefold()


def _plain(letter: str) -> str:
    """Letters that are no letter with an accent to Unicode, but are to whoever types a name: ł, ø, ı, æ, þ."""
    if letter.isascii() or not unicodedata.name(letter, "").startswith("LATIN"):
        return letter
    return anyascii(letter)


def leads(word: str) -> bool:
    """True for a word that leads to somebody. Those of our own sentences stand nearly everywhere: they only narrow.

    When they change, every description has to be written again: empty the table in a migration, then rebuild.
    """
    return word not in _OUR_WORDS


def _words_around(place: ReasonedPlace, texts: Mapping[Key, SearchTexts]) -> list[str]:
    around = texts.get((place.organization, place.candidate), SearchTexts())
    return list(dict.fromkeys(_each_word(around, place.why)))[:MOST_WORDS]


def _each_word(texts: SearchTexts, why: Sequence[str]) -> Iterator[str]:
    for text in (*texts.names, *texts.titles, *texts.skills):
        yield from words_of(text)
    for sentence in why:
        yield from (word for word in words_of(sentence) if not word.isdigit())


def _skill(key: Key, competency: str, assessment: KeptAssessment) -> AssessedSkill:
    level = level_of(assessment["levels"])
    return AssessedSkill(*key, competency, rounded(level, DIGITS), _whole(level), assessment["at"])


def _whole(level: Fraction) -> int:
    return max(LOWEST_LEVEL, min(int(level), HIGHEST_LEVEL))


def _set_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words_of(text))


_WORD = re.compile(r"[^\W_]+[+#]*")  # C++ and C# are words of their own
_OUR_WORDS = _set_of(
    (
        "Silver medalist, promising, developing, unassessed: a person chose this tier. An offer was made and declined.",
        "The recruiter would reconsider. There is no verdict. One verdict, two verdicts (strong yes, no).",
        "Three, four, five, six, seven, eight, nine, ten. Mind that one of ten was, that two were.",
        "Held until a person confirms: a strong no stands against this tier. Paused: an application is undecided.",
        "Consented to the talent pool on.",
    )
)
