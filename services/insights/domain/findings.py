"""What a round taught, in at most five sentences: named rules over the figures, what is clear before what is a hint."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from services.insights.domain.measures import Figure
from services.insights.domain.statistics import newcombe

AT_MOST = 5
CLEAR_FROM = 10  # of so many on
EACH_SIDE = 10  # before two shares are compared
MEETS_NOBODY_FROM, MEETS_NOBODY_UPPER = 8, 0.35
GAP_PEOPLE = 3
GAINED_PEOPLE, GAINED_INVITED = 3, 0.5


class Certainty(StrEnum):
    """Whether the interval lies beyond the threshold, or the point alone does."""

    CLEAR = "clear"
    HINT = "hint"


class Act(StrEnum):
    """What the link of a finding leads to."""

    JOB = "job"
    INTERVIEWS = "interviews"
    CALIBRATION = "calibration"
    CAMPAIGN = "campaign"
    LETTERS = "letters"
    POOL = "pool"
    REASONS = "reasons"
    NEWS = "news"


class Finding(NamedTuple):
    """One sentence: by which rule, how sure, about which figure, and where to act."""

    rule: str
    certainty: Certainty
    figure: Figure
    act: Act


class Difference(StrEnum):
    """How a figure stands to an earlier one."""

    HIGHER = "higher"
    LOWER = "lower"
    NOT_KNOWN = "no_difference_that_these_numbers_can_show"
    TOO_FEW = "too_few_to_compare"


class _Rule(NamedTuple):
    """A finding where a figure reaches `above` or falls to `below`; clear where its bound reaches `clear`."""

    measure: str
    act: Act
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    wanted: Callable[[Figure], bool] = lambda figure: figure.part is None

    def judge(self, figure: Figure) -> Certainty | None:
        """How sure the rule is of a figure; None where it says nothing."""
        if not self.wanted(figure) or figure.value is None:
            return None
        if self.above is not None:
            is_said, is_beyond = figure.value >= self.above, _at_least(figure.low, self.clear)
        else:
            is_said, is_beyond = figure.value <= (self.below or 0), _at_most(figure.high, self.clear)
        if not is_said:
            return None
        return Certainty.CLEAR if is_beyond and figure.of >= CLEAR_FROM else Certainty.HINT


def _at_least(bound: float | None, threshold: float | None) -> bool:
    return bound is not None and threshold is not None and bound >= threshold


def _at_most(bound: float | None, threshold: float | None) -> bool:
    return bound is not None and threshold is not None and bound <= threshold


# In the order in which findings of the same certainty are told.
_RULES = (
    _Rule("not_assessed", Act.INTERVIEWS, above=0.3, clear=0.2),
    _Rule("apart", Act.CALIBRATION, above=0.3, clear=0.15),
    _Rule("alpha", Act.CALIBRATION, below=0.8, clear=0.8),
    _Rule("flat", Act.JOB, above=0.8, clear=0.8, wanted=lambda figure: True),
    _Rule("unsaid", Act.JOB, above=1 / 3, clear=1 / 3),
    _Rule("withdrew", Act.REASONS, above=0.25, clear=0.25),
    _Rule("promised", Act.LETTERS, below=0.9, clear=0.9),
    _Rule("scored", Act.INTERVIEWS, below=0.7, clear=0.7),
    _Rule("shareable", Act.INTERVIEWS, below=0.5, clear=0.5),
    _Rule("survey", Act.JOB, below=3.5, clear=3.5, wanted=lambda f: f.part == "2" and f.of >= CLEAR_FROM),
    _Rule("gaps", Act.CAMPAIGN, above=0.4, clear=0.4, wanted=lambda figure: (figure.k or 0) >= GAP_PEOPLE),
    _Rule("answered", Act.NEWS, below=0.5, clear=0.5, wanted=lambda figure: figure.part is not None),
    _Rule("wasted", Act.POOL, above=0.25, clear=0.25),
)


def findings(figures: Iterable[Figure]) -> list[Finding]:
    """At most five, clear ones first, in the order of the rules."""
    found = list(figures)
    said = [*_nobody_meets(found), *_never_asked(found), *_by_rule(found), *_not_invited(found)]
    return sorted(said, key=lambda finding: finding.certainty is not Certainty.CLEAR)[:AT_MOST]


def compare(mine: Figure, earlier: Figure) -> Difference:
    """Whether a share differs from an earlier one, as far as these numbers can show."""
    if mine.k is None or earlier.k is None or min(mine.of, earlier.of) < EACH_SIDE:
        return Difference.TOO_FEW
    between = newcombe(mine.k, mine.of, earlier.k, earlier.of)
    if not between.excludes_zero:
        return Difference.NOT_KNOWN
    return Difference.HIGHER if between.low > 0 else Difference.LOWER


def _by_rule(figures: Iterable[Figure]) -> Iterator[Finding]:
    found = list(figures)
    taken_up = {f.competency for f in found if f.measure == "answered" and f.competency and 2 * (f.k or 0) >= f.of}
    for rule in _RULES:
        for figure in found:
            is_done = rule.act is Act.CAMPAIGN and figure.competency in taken_up
            if figure.measure == rule.measure and not is_done and (certainty := rule.judge(figure)):
                yield Finding(rule.measure, certainty, figure, rule.act)


def _nobody_meets(figures: Iterable[Figure]) -> Iterator[Finding]:
    for figure in figures:
        if figure.measure == "unmet" and figure.shown and figure.high is not None:
            is_clear = figure.of >= MEETS_NOBODY_FROM and figure.high <= MEETS_NOBODY_UPPER
            yield Finding("unmet", Certainty.CLEAR if is_clear else Certainty.HINT, figure, Act.JOB)


def _never_asked(figures: Iterable[Figure]) -> Iterator[Finding]:
    for figure in figures:
        if figure.measure == "never_asked":
            certainty = Certainty.CLEAR if figure.of >= CLEAR_FROM else Certainty.HINT
            yield Finding("never_asked", certainty, figure, Act.INTERVIEWS)


def _not_invited(figures: Iterable[Figure]) -> Iterator[Finding]:
    """People worth keeping whom nobody asked."""
    for figure in figures:
        is_asked = figure.measure == "gained" and figure.part == "invited" and figure.of >= GAINED_PEOPLE
        if is_asked and (figure.k or 0) < GAINED_INVITED * figure.of:
            yield Finding("gained", Certainty.CLEAR, figure, Act.POOL)
