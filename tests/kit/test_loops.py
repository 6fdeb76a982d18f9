"""Loops heal by themselves, what is in hand is ended before a stop, and one bad thing harms no other."""

import asyncio

import pytest

from shared.kit import loops
from shared.kit.loops import Loops, by_halves, insist, to_its_end


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(loops, "PAUSES", (0.001, 0.001))
    monkeypatch.setattr(loops, "RETRY_PAUSES", (0.001, 0.001))


class Work:
    """It fails so often, then it works; `went_on` once it has worked three times."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.done = 0
        self.went_on = asyncio.Event()

    async def __call__(self) -> int:
        if self.errors:
            raise self.errors.pop()
        self.done += 1
        if self.done >= 3:
            self.went_on.set()
        return self.done


async def test_a_loop_that_fails_goes_on_and_stops_no_other():
    ours, fails, fine = Loops("post"), Work(ValueError(), ConnectionError()), Work()

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(ours.keep(name, work, rest=0)) for name, work in (("a", fails), ("b", fine))]
        await fine.went_on.wait()
        await fails.went_on.wait()
        for one in running:
            one.cancel()

    assert ours.trouble == ""


async def test_the_loop_that_fails_is_named_until_it_works_again():
    ours, stuck = Loops("post"), asyncio.Event()

    async def fails() -> int:
        stuck.set()
        raise KeyError

    running = asyncio.create_task(ours.keep("forwarding", fails, rest=0))
    await stuck.wait()
    await asyncio.sleep(0)

    assert ours.trouble == "forwarding failed: KeyError"
    running.cancel()


async def test_what_is_in_hand_comes_to_its_end_though_whoever_asked_is_cancelled():
    stopping, ended = asyncio.Event(), []

    async def work() -> None:
        await stopping.wait()
        ended.append("here")

    asking = asyncio.create_task(to_its_end(work(), stopping=stopping))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert ended == ["here"]


async def test_what_does_not_end_in_time_is_given_up(monkeypatch):
    monkeypatch.setattr(loops, "STOP_SECONDS", 0.001)
    given_up = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    asking = asyncio.create_task(to_its_end(work()))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0)

    assert given_up.is_set()


async def test_what_trying_again_may_help_is_tried_again_and_nothing_else():
    assert await insist(Work(ConnectionError(), TimeoutError()), "settling") == 1
    with pytest.raises(ValueError, match="a mistake"):
        await insist(Work(ValueError("a mistake")), "settling")


async def test_the_one_that_fails_is_found_and_the_others_are_worked_on_once():
    done, alone = [], []

    async def work(some) -> None:
        if "bad" in some:
            raise ValueError
        done.extend(some)

    async def leave_alone(one, error) -> None:
        alone.append((one, type(error)))

    await by_halves(["a", "b", "c", "bad", "d"], work, leave_alone)

    assert done == ["a", "b", "c", "d"]
    assert alone == [("bad", ValueError)]


async def test_a_database_that_is_away_makes_nothing_bad():
    async def work(_) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await by_halves(["a", "b"], work, work)
