"""Figures of a round, or of many: every measure out of the sums, with its interval, or with why there is none."""

from collections.abc import Iterable, Iterator

from services.insights.domain.measures import MEASURES, Figure, Of, WhyNot
from services.insights.domain.statistics import alpha, wilson
from services.insights.domain.sums import RoundCompetency, RoundCounts, RoundStep, ScopeSummary
from services.insights.domain.waits import Wait
from shared.contracts import CompetencyKind

UNSAID_SHARE = 3  # a third of all


def figures(summary: ScopeSummary) -> list[Figure]:
    """Everything that sums tell; a competency's figures stand together."""
    return [
        *_competencies(summary),
        *_meeting_all(summary),
        *_process(summary),
        *_misunderstood(summary),
        *_waits(summary),
        *_letters(summary),
        *_leaving(summary),
        *_returns(summary),
    ]


def share(
    measure: str, k: int, of: int, people: int | None = None, *, competency: str | None = None, part: str | None = None
) -> Figure:
    """A share with Wilson's interval, from the measure's floor on; `people` where `of` counts something else."""
    counted = of if people is None else people
    if of == 0:
        return Figure(measure, of, counted, competency=competency, part=part, why_not=WhyNot.NOTHING_YET)
    floor = MEASURES[measure]
    if (counted if floor.of is Of.PEOPLE else of) < floor.floor:
        return Figure(measure, of, counted, k, competency=competency, part=part, why_not=WhyNot.TOO_FEW)
    return Figure(measure, of, counted, k, k / of, *wilson(k, of), competency, part)


def count(
    measure: str, k: int, of: int, people: int | None = None, *, competency: str | None = None, part: str | None = None
) -> Figure:
    """A number, which needs no interval."""
    return Figure(measure, of, of if people is None else people, k, float(k), competency=competency, part=part)


def _competencies(summary: ScopeSummary) -> Iterator[Figure]:
    for c in summary.competencies:
        if c.listed:
            yield from _listed(c, summary)
        elif c.people >= MEASURES["unsaid"].floor and c.people * UNSAID_SHARE >= summary.counts.interviewed:
            everybody = max(c.people, summary.counts.interviewed)  # who did a work sample may be in no interview
            yield share("unsaid", c.people, everybody, competency=c.competency)
        if summary.counts.letter_people and (c.listed or c.gaps):
            yield share("gaps", c.gaps, summary.counts.letter_people, competency=c.competency)
        if c.gaps:
            yield share("answered", c.taken_up, c.gaps, competency=c.competency)
    if not any(c.listed for c in summary.competencies):
        yield Figure("met", 0, 0, why_not=WhyNot.NO_COMPETENCIES)


def _listed(c: RoundCompetency, summary: ScopeSummary) -> Iterator[Figure]:
    yield _met(c)
    if c.must_have and c.met == 0 and c.people:
        yield share("unmet", 0, c.people, competency=c.competency)
    yield from _levels(c)
    yield from _asked(c, summary)
    yield from _agreement(c, summary.counts)


def _met(c: RoundCompetency) -> Figure:
    figure = share("met", c.met, c.people, competency=c.competency)
    return figure._replace(why_not=WhyNot.NO_LEVELS) if c.asked and not c.people else figure


def _levels(c: RoundCompetency) -> Iterator[Figure]:
    if c.people:
        commonest = max(range(len(c.histogram)), key=lambda fifth: c.histogram[fifth])
        yield share("flat", c.histogram[commonest], c.people, competency=c.competency, part=str(commonest + 1))
    for fifth, people in enumerate(c.histogram, start=1):
        figure = share("levels", people, c.people, competency=c.competency, part=str(fifth))
        yield figure._replace(low=None, high=None)


def _asked(c: RoundCompetency, summary: ScopeSummary) -> Iterator[Figure]:
    name, lacking = c.competency, c.asked - c.rated
    yield share("not_assessed", lacking, c.asked, c.asked_people, competency=name)
    if lacking:
        yield count("not_assessed", c.nulls, c.asked, c.asked_people, competency=name, part="could_not")
        yield count("not_assessed", lacking - c.nulls, c.asked, c.asked_people, competency=name, part="left_out")
    if c.interviews == 0 and summary.counts.interviews >= MEASURES["never_asked"].floor:
        yield count("never_asked", 0, summary.counts.interviews, summary.counts.interviewed, competency=name)


def _agreement(c: RoundCompetency, counts: RoundCounts) -> Iterator[Figure]:
    """Both need people whom two interviewers rated."""
    units = c.sums.units
    apart = share("apart", c.apart, c.pairs, _behind(counts, units), competency=c.competency)
    if units == 0:
        yield apart._replace(why_not=WhyNot.ONE_INTERVIEWER if c.people else WhyNot.NOTHING_YET)
    else:
        yield apart
        yield _alpha(c, counts)


def _alpha(c: RoundCompetency, counts: RoundCounts) -> Figure:
    units, value = c.sums.units, alpha(c.sums)
    figure = Figure("alpha", units, _behind(counts, units), competency=c.competency)
    if units < MEASURES["alpha"].floor:
        return figure._replace(why_not=WhyNot.TOO_FEW)
    if value is None:
        return figure._replace(why_not=WhyNot.NO_DIFFERENCES)
    return figure._replace(value=value, **(c.interval._asdict() if c.interval else {}))


def _meeting_all(summary: ScopeSummary) -> Iterator[Figure]:
    counts = summary.counts
    if wanted := [c for c in summary.competencies if c.must_have]:
        yield _met_all("must_haves", counts.must_haves_met, counts.must_haves_assessed, wanted)
    if wanted := [c for c in summary.competencies if c.kind is CompetencyKind.VALUE]:
        yield _met_all("values", counts.values_met, counts.values_assessed, wanted)


def _met_all(part: str, met: int, assessed: int, wanted: Iterable[RoundCompetency]) -> Figure:
    figure = share("met", met, assessed, part=part)
    nobody_wrote = any(c.asked for c in wanted) and not any(c.people for c in wanted)
    return figure._replace(why_not=WhyNot.NO_LEVELS) if nobody_wrote else figure


def _misunderstood(summary: ScopeSummary) -> Iterator[Figure]:
    """Nothing at all where nobody noted anything: the question is optional, so that would say nothing."""
    counts = summary.counts
    if counts.misunderstood:
        yield share("misunderstood", counts.misunderstood, counts.scored_people)
    for about, k in sorted(summary.misunderstood.items()):
        yield count("misunderstood", k, counts.scored_people, part=f"about:{about}")
        yield share("answered", summary.put_right.get(about, 0), k, part=f"about:{about}")


def _process(summary: ScopeSummary) -> Iterator[Figure]:
    counts = summary.counts
    yield _of_applications("agreed", counts.agreed, counts.twice_judged, counts)
    for step in summary.steps[:-1]:
        yield _of_applications("reached", step.went_on, step.reached, counts, part=str(step.position))
    yield from _held(summary.steps)
    yield _of_applications("promised", counts.kept, counts.due, counts)
    yield share("scored", counts.in_time, counts.owed, counts.owed_people)
    yield count("scored", counts.never, counts.owed, counts.owed_people, part="never")
    yield share("shareable", counts.shareable, counts.given, counts.scored_people)


def _of_applications(measure: str, k: int, of: int, counts: RoundCounts, *, part: str | None = None) -> Figure:
    return share(measure, k, of, _behind(counts, of), part=part)


def _behind(counts: RoundCounts, applications: int) -> int:
    """How many people so many applications are of, at least: some may have applied for the same job again."""
    again = counts.applications - counts.people
    return max(applications - again, min(applications, 1))


def _held(steps: tuple[RoundStep, ...]) -> Iterator[Figure]:
    held, people = sum(s.held for s in steps), max((s.people for s in steps), default=0)
    lost = {
        "missed_by_us": sum(s.missed_by_us for s in steps),
        "missed_by_them": sum(s.missed_by_them for s in steps),
        "cancelled_by_us": sum(s.cancelled_by_us for s in steps),
        "cancelled_by_them": sum(s.cancelled_by_them for s in steps),
    }
    of = held + sum(lost.values())
    yield share("held", held, of, people)
    for part, k in lost.items():
        if k:
            yield count("held", k, of, people, part=part)


def _waits(summary: ScopeSummary) -> Iterator[Figure]:
    for name, wait in summary.waits._asdict().items():
        yield from _wait(f"wait_{name}", wait, summary.counts)


def _wait(measure: str, wait: Wait, counts: RoundCounts) -> Iterator[Figure]:
    of = wait.measured
    if of < MEASURES[measure].floor:
        why = WhyNot.TOO_FEW if of else WhyNot.BACKWARDS if wait.backwards else WhyNot.NOTHING_YET
        yield Figure(measure, of, wait.people, why_not=why)
    else:
        yield Figure(measure, of, wait.people, value=wait.median)
        yield Figure(measure, of, wait.people, value=wait.p90, part="p90")
    if wait.still:
        everybody = of + wait.still
        yield count(measure, wait.still, everybody, _behind(counts, everybody), part="still")


def _letters(summary: ScopeSummary) -> Iterator[Figure]:
    counts = summary.counts
    yield _of_applications("shareable", counts.full_letters, counts.decided, counts, part="letters")


def _leaving(summary: ScopeSummary) -> Iterator[Figure]:
    counts = summary.counts
    left, offered = counts.withdrawn + counts.offer_declined, counts.hired + counts.offer_declined
    yield _of_applications("withdrew", left, counts.decided, counts)
    for reason, k in sorted(summary.reasons.items()):
        yield count("withdrew", k, left, _behind(counts, left), part=f"reason:{reason}")
    for position, k in sorted(summary.left_at.items()):
        yield count("withdrew", k, left, _behind(counts, left), part=f"step:{position}")
    yield _of_applications("accepted", counts.hired, offered, counts)
    yield share("nobody", summary.nobody, summary.closed, counts.people)


def _took(interviews: int, hired: int, part: str) -> Figure:
    figure = Figure("took", hired, hired, interviews, part=part)
    return figure._replace(value=interviews / hired) if hired else figure._replace(why_not=WhyNot.NOTHING_YET)


def _returns(summary: ScopeSummary) -> Iterator[Figure]:
    counts = summary.counts
    gained = counts.silver + counts.promising
    yield count("gained", counts.silver, counts.people, part="silver_medalist")
    yield count("gained", counts.promising, counts.people, part="promising")
    yield count("gained", counts.invited, gained, part="invited")
    yield count("gained", counts.active, counts.settled, part="active")
    known = max(counts.proposed, counts.accepted, counts.interested, counts.applied, counts.rehired)
    for part in ("proposed", "accepted", "interested", "applied", "rehired"):
        yield count("reused", getattr(counts, part), known, part=part)
    for part in ("left_applied", "left_hired"):
        yield count("reused", getattr(counts, part), counts.people, part=part)
    yield _took(counts.interviews_again, counts.hired_again, "rediscovered")
    yield _took(counts.interviews_anew, counts.hired_anew, "applied")
    yield share("wasted", counts.wasted, counts.counted, counts.counted_people)
    yield share("wasted", counts.wasted_unaided, counts.unaided, counts.counted_people, part="without_loop")
    yield count("wasted", counts.open, counts.open + counts.counted, counts.returning_people, part="open")
    for kind, k in sorted(summary.returned.items()):
        yield count("wasted", k, counts.counted, counts.counted_people, part=f"returned:{kind}")
