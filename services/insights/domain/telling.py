"""What a round says to others once it is closed: guarded figures, at most once an hour, one day for the last time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from services.insights.domain.guard import FEWEST
from services.insights.domain.guarded import guarded_round, with_withheld
from services.insights.domain.measures import RULES_VERSION, Figure, WhyNot
from services.insights.domain.rounds import NEVER_AFTER, SETTLED_AFTER
from services.insights.domain.rows import RoundRows
from services.insights.domain.sums import RoundCounts, SummedRound
from services.insights.domain.versions import follow
from shared.contracts import RoundFigure, RoundSummedUp

FINAL_AFTER = timedelta(days=60)
HOUR = timedelta(hours=1)
AT_MOST = 400  # figures that the contract takes
LEFT_OUT_FIRST = (  # parts: their whole is told
    "wait_first", "wait_next", "wait_decision", "wait_answer", "levels", "held", "withdrew", "not_assessed",
)  # fmt: skip


class KeptRound(NamedTuple):
    """A round as it is kept: its sums, when it is told next, and when it has to be summed up again.

    `telling`: what is to be said of it now.
    """

    summed: SummedRound
    say_at: datetime | None
    due_at: datetime | None
    telling: RoundSummedUp | None = None

    @property
    def organization(self) -> str:
        """Whose it is."""
        return self.summed.round.organization

    @property
    def job(self) -> str:
        """Of which job."""
        return self.summed.round.job


def plan_telling(
    summed: SummedRound,
    rows: RoundRows,
    said: RoundSummedUp | None,
    say_at: datetime | None,
    now: datetime,
    *,
    is_last: bool,
) -> KeptRound:
    """Of a closed round what differs is found out and said at the next full hour, however often it changes until then.

    `is_last`: now, and never again. `say_at`: the hour that was waited for already.
    """
    due = changes_at(summed, rows, now)
    if not summed.round.closed_at or (said and said.final):
        return KeptRound(summed, None, due)
    hour = say_at or now.replace(minute=0, second=0, microsecond=0) + HOUR
    if now < hour and not is_last:
        return KeptRound(summed, hour, min(hour, due or hour))
    telling = tell(summed, said, is_final=is_last or now >= final_at(summed, rows))
    return KeptRound(summed, None, due, telling if telling != said else None)


def tell(summed: SummedRound, said: RoundSummedUp | None, *, is_final: bool) -> RoundSummedUp:
    """What everybody may know of a round, after what was said of it last."""
    r, before = summed.round, said.figures if said else ()
    people, interviews = _size(r.counts, said)
    return RoundSummedUp(
        job=r.job,
        family=r.family,
        cycle=r.cycle,
        closed_at=r.closed_at,
        outcome=r.outcome,
        final=is_final,
        rules_version=RULES_VERSION,
        people=people,
        interviews=interviews,
        figures=_fitting(follow(before, map(_figure, guarded_round(summed)))),
    )


def _size(counts: RoundCounts, said: RoundSummedUp | None) -> tuple[int | None, int | None]:
    """How many people and interviews: as they were told, while one to four people came or left since."""
    if said and said.people and 0 < abs(counts.people - said.people) < FEWEST:
        return said.people, said.interviews
    is_told = [n == 0 or n >= FEWEST for n in (counts.people, counts.interviewed)]
    return counts.people if is_told[0] else None, counts.interviews if is_told[1] else None


def figures_told(said: RoundSummedUp | None, summed: SummedRound) -> list[Figure]:
    """What was said of a round, as figures; what was not said of it tells of too few, or is not said yet."""
    told = [figure_told(figure) for figure in said.figures] if said else []
    return with_withheld(told, summed, WhyNot.FEW_PEOPLE if said else WhyNot.NOT_TOLD)


def figure_told(said: RoundFigure) -> Figure:
    """One figure as it was said."""
    why = WhyNot.TOO_FEW if said.of else WhyNot.NOTHING_YET
    return Figure(
        said.measure,
        said.of,
        said.of if said.people is None else said.people,
        said.k,
        said.value,
        said.low,
        said.high,
        said.competency,
        said.part,
        None if said.value is not None else why,
    )


def has_lost_people(final: RoundSummedUp, said_at: datetime, people: int, *, has_tallies: bool) -> bool:
    """Somebody of a round was erased as it was told for good, or since; who came late may hide it from the number."""
    if not final.people:
        return False
    is_early = final.closed_at is not None and said_at < final.closed_at + FINAL_AFTER
    return is_early or has_tallies or people < final.people


def final_at(summed: SummedRound, rows: RoundRows) -> datetime:
    """60 days after the last interview is counted; of a round without any, after its closing."""
    ended = summed.round.closed_at or summed.round.opened_at
    return max([*rows.counting_from, ended]) + FINAL_AFTER


def changes_at(summed: SummedRound, rows: RoundRows, now: datetime) -> datetime | None:
    """When time alone changes the sums next."""
    return min((at for at in _instants(summed, rows) if at > now), default=None)


def _instants(summed: SummedRound, rows: RoundRows) -> Iterator[datetime]:
    if summed.round.closed_at:
        yield final_at(summed, rows)
    for candidacy in rows.candidacies:
        if candidacy.due_at:
            yield candidacy.due_at
        if candidacy.decided_at and candidacy.tier:
            yield candidacy.decided_at + SETTLED_AFTER
    for scorecard in rows.scorecards:
        if scorecard.due_at:
            yield scorecard.due_at
        if scorecard.owed_at and not scorecard.given_at:
            yield scorecard.owed_at + NEVER_AFTER
    yield from rows.counting_from


def _fitting(figures: Iterable[RoundFigure]) -> tuple[RoundFigure, ...]:
    """As many as the contract takes: where a job asks for very much, without the parts of what is told whole."""
    found = list(figures)
    for measure in LEFT_OUT_FIRST:
        if len(found) > AT_MOST:
            found = [f for f in found if f.measure != measure or f.part is None]
    return tuple(found[:AT_MOST])


def _figure(figure: Figure) -> RoundFigure:
    return RoundFigure(
        measure=figure.measure,
        competency=figure.competency,
        part=figure.part,
        k=figure.k,
        of=figure.of,
        people=figure.people,
        value=figure.value,
        low=figure.low,
        high=figure.high,
    )
