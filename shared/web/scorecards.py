"""What an interviewer types into a form, and the feedback it makes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import TypeAdapter

from shared.contracts import (
    Development,
    FeedbackSubmitted,
    Language,
    Misconception,
    MisconceptionAbout,
    Overall,
    Rating,
    Shareable,
    Strength,
)
from shared.web.validation import TEXT, fits

FIELDS = ("strength", "observed", "suggestion")
STEPS = 4  # five levels
NOT_ASSESSED = "none"
AT_MOST = 20  # strengths, and development points, of one feedback
MISCONCEPTIONS = 3  # that one feedback may tell
_LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)


class Asked(Protocol):
    """A competency that a form asks about."""

    @property
    def competency(self) -> str: ...
    @property
    def name(self) -> str: ...


class Interviewed(Protocol):
    """The interview that a form is about."""

    @property
    def interview(self) -> str: ...
    @property
    def application(self) -> str: ...
    @property
    def candidate(self) -> str: ...


class SaidBefore(Protocol):
    """What was said before: submitted, or drafted."""

    @property
    def overall(self) -> Overall | None: ...
    @property
    def ratings(self) -> Sequence[Rating]: ...
    @property
    def shareable(self) -> Shareable | None: ...
    @property
    def misconceptions(self) -> Sequence[Misconception]: ...


class FormProblem(StrEnum):
    """What is to be mended."""

    VERDICT_UNKNOWN = "verdict_unknown"
    VERDICT_MISSING = "verdict_missing"
    TOO_MANY = "too_many"
    LANGUAGE = "language"
    NOTHING_SAID = "nothing_said"
    NOT_PLAIN = "not_plain"
    SUGGESTION_MISSING = "suggestion_missing"
    OBSERVATION_MISSING = "observation_missing"
    LEVEL_UNKNOWN = "level_unknown"
    ABOUT_MISSING = "about_missing"
    UNDERSTOOD_MISSING = "understood_missing"
    UNDERSTOOD_NOT_PLAIN = "understood_not_plain"


class Mistake(NamedTuple):
    """A problem, and which competency it is about."""

    problem: FormProblem
    competency: str = ""


class FormInput(NamedTuple):
    """The fields of the form. `has_verdict`: an overall verdict is still of use."""

    fields: Mapping[str, str]
    competencies: Sequence[Asked]
    has_verdict: bool

    def text(self, name: str, position: int) -> str:
        """One field as one line; lines end where the browser broke them."""
        return " ".join(self.fields.get(f"{name}-{position}", "").split())

    def level(self, position: int) -> str:
        """1 to 5, `none`, or nothing chosen."""
        return self.fields.get(f"level-{position}", "")

    def about(self, position: int) -> str:
        """What a misconception is about, or nothing chosen."""
        return self.fields.get(f"about-{position}", "")


def typed_from(known: SaidBefore | None, competencies: Sequence[Asked], language: str) -> dict[str, str]:
    """The form as it was sent before."""
    if known is None:
        return {"language": language}
    fields = {"language": known.shareable.language if known.shareable else language}
    if known.overall:
        fields["overall"] = known.overall
    ratings = {r.competency: r.level for r in known.ratings}
    strengths = {s.competency: s.observed for s in known.shareable.strengths} if known.shareable else {}
    development = {d.competency: d for d in known.shareable.development} if known.shareable else {}
    for position, c in enumerate(competencies):
        if c.competency in ratings:
            level = ratings[c.competency]
            fields[f"level-{position}"] = NOT_ASSESSED if level is None else str(round(level * STEPS) + 1)
        if c.competency in strengths:
            fields[f"strength-{position}"] = strengths[c.competency]
        if point := development.get(c.competency):
            fields[f"observed-{position}"], fields[f"suggestion-{position}"] = point.observed, point.suggestion
    for position, misconception in enumerate(known.misconceptions):
        fields[f"about-{position}"], fields[f"understood-{position}"] = misconception.about, misconception.observed
    return fields


def problems_of(typed: FormInput) -> dict[str, Mistake]:
    """By field: what is to be mended before it can be sent."""
    found: dict[str, Mistake] = {}
    if typed.fields.get("overall", "") not in ("", *Overall):
        found["overall"] = Mistake(FormProblem.VERDICT_UNKNOWN)
    elif typed.has_verdict and not typed.fields.get("overall"):
        found["overall"] = Mistake(FormProblem.VERDICT_MISSING)
    for position, competency in enumerate(typed.competencies):
        found |= {f: Mistake(problem, competency.name) for f, problem in _problems_at(typed, position).items()}
    for name in ("strength", "observed"):
        written = [i for i in range(len(typed.competencies)) if typed.text(name, i)]
        for position in written[AT_MOST:]:
            found[f"{name}-{position}"] = Mistake(FormProblem.TOO_MANY)
    found |= {f: Mistake(p) for i in range(MISCONCEPTIONS) for f, p in _problems_of_misconception(typed, i).items()}
    if not fits(_LANGUAGE, typed.fields.get("language", "")):
        found["language"] = Mistake(FormProblem.LANGUAGE)
    if not found and not typed.has_verdict and not _says_something(typed):
        found["strength-0" if typed.competencies else "language"] = Mistake(FormProblem.NOTHING_SAID)
    return found


def _problems_at(typed: FormInput, position: int) -> dict[str, FormProblem]:
    found = {}
    for name in FIELDS:
        text = typed.text(name, position)
        if text and not fits(TEXT, text):
            found[f"{name}-{position}"] = FormProblem.NOT_PLAIN
    if typed.text("observed", position) and not typed.text("suggestion", position):
        found[f"suggestion-{position}"] = FormProblem.SUGGESTION_MISSING
    if typed.text("suggestion", position) and not typed.text("observed", position):
        found[f"observed-{position}"] = FormProblem.OBSERVATION_MISSING
    if typed.level(position) not in ("", NOT_ASSESSED, "1", "2", "3", "4", "5"):
        found[f"level-{position}"] = FormProblem.LEVEL_UNKNOWN
    return found


def _problems_of_misconception(typed: FormInput, position: int) -> dict[str, FormProblem]:
    about, understood = typed.about(position), typed.text("understood", position)
    if understood and not fits(TEXT, understood):
        return {f"understood-{position}": FormProblem.UNDERSTOOD_NOT_PLAIN}
    if understood and about not in list(MisconceptionAbout):
        return {f"about-{position}": FormProblem.ABOUT_MISSING}
    return {f"understood-{position}": FormProblem.UNDERSTOOD_MISSING} if about and not understood else {}


def _says_something(typed: FormInput) -> bool:
    return any(typed.text(name, i) for i in range(len(typed.competencies)) for name in ("strength", "observed"))


def feedback_of(
    typed: FormInput, about: Interviewed, feedback: str, interviewer: str, now: datetime
) -> FeedbackSubmitted:
    """The feedback, once nothing is left to mend."""
    asked = list(enumerate(typed.competencies))
    strengths = [Strength(competency=c.competency, observed=t) for i, c in asked if (t := typed.text("strength", i))]
    development = [
        Development(competency=c.competency, observed=seen, suggestion=typed.text("suggestion", i))
        for i, c in asked
        if (seen := typed.text("observed", i))
    ]
    shared = Shareable(language=typed.fields["language"], strengths=tuple(strengths), development=tuple(development))
    return FeedbackSubmitted(
        feedback=feedback,
        application=about.application,
        candidate=about.candidate,
        interview=about.interview,
        interviewer=interviewer,
        submitted_at=now,
        overall=Overall(typed.fields["overall"]) if typed.fields.get("overall") else None,
        ratings=tuple(_rating(c, typed.level(i)) for i, c in asked if typed.level(i)),
        shareable=shared if strengths or development else None,
        misconceptions=tuple(_misconceptions(typed)),
    )


def _misconceptions(typed: FormInput) -> Iterator[Misconception]:
    for position in range(MISCONCEPTIONS):
        if understood := typed.text("understood", position):
            yield Misconception(about=MisconceptionAbout(typed.about(position)), observed=understood)


def _rating(competency: Asked, level: str) -> Rating:
    if level == NOT_ASSESSED:
        return Rating(competency=competency.competency, level=None)
    return Rating(competency=competency.competency, level=(int(level) - 1) / STEPS, raw=level, scale="1-5")


def texts_of(typed: FormInput) -> dict[str, str]:
    """What the candidate may read, by field."""
    asked = range(len(typed.competencies))
    return {f"{name}-{i}": text for i in asked for name in FIELDS if (text := typed.text(name, i))}
