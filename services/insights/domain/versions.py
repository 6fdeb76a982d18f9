"""What is told of a round again: its versions differ by nobody, or by at least five people.

Whoever keeps what was told an hour ago can subtract it. A figure to which fewer came, or that fewer left, is told as
it was told before.
"""

from collections.abc import Iterable, Iterator, Sequence

from services.insights.domain.guard import FEWEST
from shared.contracts import RoundFigure

OF_THE_SAME = {"unmet": "met", "flat": "met", "levels": "met"}  # people who were assessed
PARTS_OF_THE_SAME = frozenset(("met", "not_assessed", "held", "misunderstood", "scored"))
OF_THEIR_OWN = frozenset(("must_haves", "values", "still"))  # parts that are of others than their whole

Base = tuple[str, str | None, str | None]


def follow(said: Sequence[RoundFigure], now: Iterable[RoundFigure]) -> Iterator[RoundFigure]:
    """Of each base the figures that are told now: those of this moment, or still those that were said."""
    earlier, newer = _by_base(said), _by_base(now)
    for base in dict.fromkeys((*newer, *earlier)):
        before, after = earlier.get(base, []), newer.get(base, [])
        yield from after if not before or (after and _may_follow(before[0], after[0])) else before


def _by_base(figures: Iterable[RoundFigure]) -> dict[Base, list[RoundFigure]]:
    found: dict[Base, list[RoundFigure]] = {}
    for figure in figures:
        found.setdefault(_base(figure), []).append(figure)
    return found


def _base(figure: RoundFigure) -> Base:
    """Whose figures stay together, since they are of the same people."""
    measure = OF_THE_SAME.get(figure.measure, figure.measure)
    is_shared = measure in PARTS_OF_THE_SAME or measure.startswith("wait_")
    part = None if is_shared and figure.part not in OF_THEIR_OWN else figure.part
    return measure, figure.competency, part


def _may_follow(before: RoundFigure, after: RoundFigure) -> bool:
    people = [f.of if f.people is None else f.people for f in (before, after)]
    return (people[0] == people[1] and before.of == after.of) or abs(people[0] - people[1]) >= FEWEST
