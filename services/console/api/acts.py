"""What acts have in common: how many go at once, how long they can be taken back, and what a service's no means."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from services.console.api.visitors import Visitor
from services.console.calls.desk import Hole, panel
from shared.contracts.writing import alike
from shared.web.roles import DECIDERS, Role

UNDO_FOR = timedelta(minutes=10)
UNTYPED = 30  # more at once only with the number typed
FEW = 8  # calls on their way at once
CHANGED = frozenset({"another-number", "precondition-failed"})  # what was shown is not what stands
JOB_DECIDERS = frozenset({*DECIDERS, Role.HIRING_MANAGER})  # who decides about people of a job
T = TypeVar("T")


def is_meant(number: int, typed: str) -> bool:
    """So many at once are meant: their number was typed, where it has to be."""
    return number <= UNTYPED or typed.strip() == str(number)


def is_typed(name: str, typed: str) -> bool:
    """This name was typed, as far as anybody can see: with one space or two, in letters and marks apart or together."""
    seen = " ".join(alike(name).split())
    return bool(seen) and " ".join(alike(typed).split()) == seen


def not_before(visitor: Visitor) -> datetime:
    """What is let go now leaves no earlier, so that it can be taken back."""
    return visitor.now + UNDO_FOR


async def each(asked: Iterable[Awaitable[T]]) -> list[T | Hole]:
    """All of these, a few at once and in this order; a hole where a service says no or does not answer."""
    few = asyncio.Semaphore(FEW)

    async def one(wanted: Awaitable[T]) -> T | Hole:
        async with few:
            return await panel(wanted)

    return await asyncio.gather(*map(one, asked))


class Refusable(Protocol):
    """What an act came to; `refused` where a service said no."""

    @property
    def refused(self) -> Hole | None: ...


def status_of(done: Refusable | None) -> int:
    """The status of a page that says what came of an act."""
    refusal = done.refused.refusal if done and done.refused else None
    return refusal.status if refusal else 200
