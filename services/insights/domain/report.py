"""The report of a round: what one page tells of it, out of its figures, for those who decide about the next one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.insights.domain.findings import Certainty, Finding, findings
from services.insights.domain.heard import HeardJob, WantedCompetency
from services.insights.domain.measures import RULES_VERSION, Figure, WhyNot
from services.insights.domain.sums import RoundCounts
from services.insights.domain.surveys import MEAN
from shared.contracts import JobOutcome

MOST_COMPETENCIES = 12  # more do not fit on the page
MOST_CIRCLES = 60
KINDS = ("hire", "letter", "membership", "match", "relation")  # of return; what comes to nothing is last
WAITS = ("wait_first", "wait_next", "wait_decision", "wait_answer")
FIFTHS = range(1, 6)


class Board:
    """Figures by what they are of; of what there is none, one that says so."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = {(f.measure, f.competency, f.part): f for f in figures}

    def one(self, measure: str, competency: str | None = None, part: str | None = None) -> Figure:
        """The figure, or why there is none."""
        nothing = Figure(measure, 0, 0, competency=competency, part=part, why_not=WhyNot.NOTHING_YET)
        return self._figures.get((measure, competency, part), nothing)

    def parts(self, measure: str, prefix: str = "") -> Mapping[str, int]:
        """How many each part of a measure has, without those that have nobody."""
        return {
            f.part.removeprefix(prefix): f.k
            for f in self._figures.values()
            if f.measure == measure and f.part and f.part.startswith(prefix) and f.k
        }


class Circles(NamedTuple):
    """Interviews by what they came to, drawn one by one, or so many (`each`) by one circle."""

    kinds: Sequence[tuple[str, int]]
    each: int


class CompetencyRow(NamedTuple):
    """One competency against the description; `levels`: people by fifths, None where they are not told."""

    asked: WantedCompetency
    met: Figure
    levels: tuple[int, ...] | None
    not_assessed: Figure
    apart: Figure


class Statements(NamedTuple):
    """What candidates said: the statements that they agree to least and most, and whether they would recommend us."""

    lowest: Figure
    highest: Figure
    recommended: Figure


class Report(NamedTuple):
    """Everything on the page. `left_out`: competencies that do not fit.

    `summed_up_at`: when its figures were said for good; None where they are as of now.
    """

    job: HeardJob
    organization: str
    printed_at: datetime
    rules_version: str
    people: int
    interviews: int
    wasted: Figure
    unaided: Figure
    open: int
    circles: Circles
    returned: Mapping[str, int]
    findings: Sequence[Finding]
    competencies: Sequence[CompetencyRow]
    left_out: int
    names: Mapping[str, str]
    waits: Sequence[Figure]
    still: int
    promised: Figure
    survey: Statements | None
    gained: Mapping[str, int]
    reused: Mapping[str, int]
    answered: Sequence[Figure] = ()
    match: Figure | None = None
    applicant: Figure | None = None
    summed_up_at: datetime | None = None

    @property
    def is_sure(self) -> bool:
        """Whether anything is more than a hint."""
        return any(f.certainty is Certainty.CLEAR for f in self.findings)

    @property
    def outcome(self) -> JobOutcome | None:
        """How it ended; None while it is open."""
        return self.job.outcome if self.job.is_closed else None


def report(job: HeardJob, organization: str, counts: RoundCounts, figures: Sequence[Figure], now: datetime) -> Report:
    """The page of one round. `figures`: of the round and of its surveys, as far as the reader may see them."""
    board, returned = Board(figures), Board(figures).parts("wasted", "returned:")
    shown = sorted(job.competencies, key=lambda c: (not c.must_have, -c.weight))[:MOST_COMPETENCIES]
    wasted = board.one("wasted")
    return Report(
        job=job,
        organization=organization,
        printed_at=now,
        rules_version=RULES_VERSION,
        people=counts.people,
        interviews=counts.interviews,
        wasted=wasted,
        unaided=board.one("wasted", part="without_loop"),
        open=board.one("wasted", part="open").k or 0,
        circles=_circles(returned, wasted.k or 0),
        returned=returned,
        findings=findings(figures),
        competencies=[_row(asked, board) for asked in shown],
        left_out=len(job.competencies) - len(shown),
        names={c.competency: c.name for c in job.competencies},
        waits=[board.one(wait) for wait in WAITS],
        still=sum(board.one(wait, part="still").k or 0 for wait in WAITS),
        promised=board.one("promised"),
        survey=_statements(figures),
        gained=board.parts("gained"),
        reused=board.parts("reused"),
        answered=[f for f in figures if f.measure == "answered" and f.k],
        match=board.one("wait_match"),
        applicant=board.one("wait_applicant"),
    )


def _circles(returned: Mapping[str, int], nothing: int) -> Circles:
    """Drawn one by one as long as there is room; what is there at all has a circle."""
    found = [(kind, returned[kind]) for kind in KINDS if returned.get(kind)]
    found += [("nothing", nothing)] if nothing else []
    each = max(1, -(-sum(count for _, count in found) // MOST_CIRCLES))
    return Circles([(kind, max(1, round(count / each))) for kind, count in found], each)


def _row(asked: WantedCompetency, board: Board) -> CompetencyRow:
    name = asked.competency
    fifths = [board.one("levels", name, str(fifth)) for fifth in FIFTHS]
    told = all(f.shown for f in fifths)
    return CompetencyRow(
        asked=asked,
        met=board.one("met", name),
        levels=tuple(f.k or 0 for f in fifths) if told else None,
        not_assessed=board.one("not_assessed", name),
        apart=board.one("apart", name),
    )


def _statements(figures: Sequence[Figure]) -> Statements | None:
    means = [f for f in figures if f.measure == "survey" and f.part and ":" not in f.part]
    if not means:
        return None
    ordered = sorted(means, key=lambda f: f.value or 0)
    return Statements(ordered[0], ordered[-1], Board(figures).one("cnps", part=MEAN))
