"""Rule 10: answers are shown in batches of at least five, so that no two pages differ by fewer people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple

from services.notifications.domain.organizations import Opening
from shared.contracts import SurveyBatch, SurveyPool
from shared.contracts.reading import FEWEST_SHOWN
from shared.lint.names import spans_of_names

AT_LEAST = FEWEST_SHOWN
LEFT_FOR = timedelta(days=90)  # after the job closed; and once more in the pool of its cycle


class WaitingAnswer(NamedTuple):
    """An answer that is in no batch yet; or `said` in one, before its database was lost."""

    organization: str
    answer: str
    time: datetime
    job: str
    cycle: str | None = None
    text: str | None = None
    said: SurveyBatch | None = None


class ClosedBatch(NamedTuple):
    """Answers that are shown together or not at all. `number`: where it has one already."""

    pool: SurveyPool
    answers: Sequence[WaitingAnswer]
    number: int | None = None


class _Place(NamedTuple):
    pool: SurveyPool
    organization: str
    name: str
    cycle: str = ""


class _Move(NamedTuple):
    """An answer comes to a place: to its job's by itself, to the later ones with all others of the day."""

    at: datetime
    alone: str
    place: _Place
    answer: WaitingAnswer


def said_batches(waiting: Iterable[WaitingAnswer]) -> list[ClosedBatch]:
    """The batches that answers were said to be in."""
    together: dict[tuple[str, SurveyBatch], list[WaitingAnswer]] = defaultdict(list)
    for answer in waiting:
        if answer.said:
            together[answer.organization, answer.said].append(answer)
    return [ClosedBatch(said.pool, answers, said.number) for (_, said), answers in together.items()]


def close_batches(
    waiting: Iterable[WaitingAnswer], openings: Mapping[str, Mapping[str, Opening]], now: datetime
) -> list[ClosedBatch]:
    """What came until now in its own order, day by day: a service that slept closes the same batches."""
    moves = [move for a in waiting for move in _moves(a, openings[a.organization][a.job]) if move.at <= now]
    places: dict[tuple[str, str], _Place | None] = {}  # None: in a batch
    pools: dict[_Place, list[WaitingAnswer]] = defaultdict(list)
    closed: list[ClosedBatch] = []
    for _, together in groupby(sorted(moves, key=_in_order), key=lambda move: move[:2]):
        for place, coming in groupby(together, key=lambda move: move.place):
            free = [move.answer for move in coming if places.get(move.answer[:2], place)]
            places |= {answer[:2]: place for answer in free}
            pools[place] = [a for a in pools[place] if places[a[:2]] == place] + free
            for batch in _filled(pools[place]):
                closed.append(ClosedBatch(place.pool, batch))
                places |= {answer[:2]: None for answer in batch}
    return closed


def _moves(answer: WaitingAnswer, opening: Opening) -> Iterator[_Move]:
    organization, cycle = answer.organization, answer.cycle or ""
    yield _Move(answer.time, answer.answer, _Place(SurveyPool.JOB, organization, answer.job, cycle), answer)
    if opening.closed_at is None or not opening.is_closed:
        return
    left_at = opening.closed_at + LEFT_FOR
    if cycle:
        yield _Move(_day_after(left_at, answer), "", _Place(SurveyPool.CYCLE, organization, cycle), answer)
        left_at += LEFT_FOR
    year = str(answer.time.astimezone(UTC).year)
    yield _Move(_day_after(left_at, answer), "", _Place(SurveyPool.YEAR, organization, year), answer)


def _day_after(left_at: datetime, answer: WaitingAnswer) -> datetime:
    """The midnight after both: who comes on one day comes together, however often the clock looks."""
    last = max(left_at, answer.time).astimezone(UTC)
    return datetime.combine(last.date() + timedelta(days=1), time(), UTC)


def _in_order(move: _Move) -> tuple[datetime, str, _Place, datetime, str]:
    return move.at, move.alone, move.place, move.answer.time, move.answer.answer


def _filled(free: Sequence[WaitingAnswer]) -> Iterator[Sequence[WaitingAnswer]]:
    """Batches of five; the last takes what is left over, up to nine."""
    count = len(free) // AT_LEAST
    for n in range(count):
        yield free[n * AT_LEAST : (n + 1) * AT_LEAST if n < count - 1 else None]


def names_somebody(text: str | None, names: Collection[str]) -> bool:
    """True for a comment in which a colleague, or a candidate of its job, stands by name."""
    return text is not None and any(True for _ in spans_of_names(text, names))
