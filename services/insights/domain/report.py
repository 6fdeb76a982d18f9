"""The report of a round: what one page tells of it, out of its figures, for those who decide about the next one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.insights.domain.findings import Certainty, Finding, findings
from services.insights.domain.heard import HeardJob, WantedCompetency
from services.insights.domain.measures import RULES_VERSION, Figure, WhyNot
from services.insights.domain.rows import UNNAMED_STEP
from services.insights.domain.scopes import Trend
from services.insights.domain.sums import Round, RoundCounts
from services.insights.domain.surveys import MEAN
from services.insights.domain.telling import has_lost_people
from shared.contracts import CompetencyKind, RoundSummedUp

MOST_COMPETENCIES, FEWEST_COMPETENCIES = 12, 5  # how many fit on the page, by how much else it has to tell
LISTED_FROM = 3  # letters, before they say what people commonly lack
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


class Standing(StrEnum):
    """How the figures on a page stand to those that were said for good."""

    NOW = "now"  # nothing was said for good, or nothing came between
    LEFT = "left"  # those that were said: people have left since
    FINAL = "final"  # those that were said: this reader is told no others
    REOPENED = "reopened"  # the same, and the job was opened again
    ANEW = "anew"  # as of now: the job was opened again


class Report(NamedTuple):
    """Everything on the page. `left_out`: competencies that do not fit; `lacking`: letters by what is to be built up.

    `summed_up_at`: when its figures were said for good; `trends`: who met what, beside the round before.
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
    answered: Sequence[Figure]
    match: Figure
    applicant: Figure
    took: Mapping[str, float]
    met_all: Sequence[Figure]
    steps: Sequence[Figure]
    held: Figure
    lost: Mapping[str, int]
    agreed: Figure
    scored: Figure
    shareable: Figure
    withdrew: Figure
    reasons: Mapping[str, int]
    accepted: Figure
    misunderstood: Mapping[str, int]
    lacking: Sequence[Figure]
    active: Figure
    trends: Sequence[Trend] = ()
    standing: Standing = Standing.NOW
    summed_up_at: datetime | None = None

    @property
    def uncounted(self) -> int:
        """Interviews that took place and are not counted yet, where none is: also those that nobody decided about."""
        return self.open or (self.interviews if self.wasted.why_not is WhyNot.NOTHING_YET else 0)

    @property
    def is_full(self) -> bool:
        """Whether it takes small print to fit on one page."""
        return len(self.competencies) > 4 or self.lines > 3

    @property
    def lines(self) -> int:
        """How many lines there are that most rounds have not."""
        may_be = (self.met_all, self.trends, self.lost, self.misunderstood, self.lacking, self.answered, self.took)
        return sum(map(bool, (*may_be, self.survey, self.reused.get("proposed"), self.left_out)))

    def fitting(self) -> "Report":
        """With as many competencies as there is room for: the must-haves first, then those that weigh most."""
        room = max(FEWEST_COMPETENCIES, MOST_COMPETENCIES - self.lines)
        ordered = sorted(self.competencies, key=lambda row: (not row.asked.must_have, -row.asked.weight))
        return self._replace(competencies=ordered[:room], left_out=self.left_out + len(ordered[room:]))

    @property
    def is_sure(self) -> bool:
        """Whether anything is more than a hint."""
        return any(f.certainty is Certainty.CLEAR for f in self.findings)


def report(job: HeardJob, organization: str, counts: RoundCounts, figures: Sequence[Figure], now: datetime) -> Report:
    """The page of one round. `figures`: of the round and of its surveys, as far as the reader may see them."""
    board, returned = Board(figures), Board(figures).parts("wasted", "returned:")
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
        competencies=[_row(asked, board) for asked in job.competencies],
        left_out=0,
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
        took={f.part: f.value for f in figures if f.measure == "took" and f.part and f.value is not None},
        met_all=_met_all(job, board),
        steps=[f for f in figures if f.measure == "reached" and f.k is not None and f.part != str(UNNAMED_STEP)],
        held=board.one("held"),
        lost=board.parts("held"),
        agreed=board.one("agreed"),
        scored=board.one("scored"),
        shareable=board.one("shareable"),
        withdrew=board.one("withdrew"),
        reasons=board.parts("withdrew", "reason:"),
        accepted=board.one("accepted"),
        misunderstood=board.parts("misunderstood", "about:"),
        lacking=[f for f in figures if f.measure == "gaps" and f.k and f.of >= LISTED_FROM],
        active=board.one("gained", part="active"),
    )


def _met_all(job: HeardJob, board: Board) -> list[Figure]:
    """Of all must-haves, and of all values, where that says more than each of them alone."""
    several = {
        "must_haves": sum(c.must_have for c in job.competencies),
        "values": sum(c.kind is CompetencyKind.VALUE for c in job.competencies),
    }
    return [board.one("met", part=part) for part, asked in several.items() if asked > 1]


def standing(final: tuple[RoundSummedUp, datetime] | None, now: Round, *, is_guarded: bool) -> Standing:
    """Which figures a page of this round shows. `final`: what was said for good, and when."""
    if final is None:
        return Standing.NOW
    is_same_closing = final[0].closed_at == now.closed_at
    if is_guarded:
        return Standing.FINAL if is_same_closing else Standing.REOPENED
    if not is_same_closing:
        return Standing.ANEW
    has_lost = has_lost_people(*final, now.counts.people, has_tallies=bool(now.counts.tallied))
    return Standing.LEFT if has_lost else Standing.NOW


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
    lowest, highest = (of(means, key=lambda f: f.value or 0) for of in (min, max))
    return Statements(lowest, highest, Board(figures).one("cnps", part=MEAN))
