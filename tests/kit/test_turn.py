"""A turn: what is said in it is reacted to, what fails leaves nothing, and only what was done is signalled."""

import pytest

from shared.contracts import FeedbackSubmitted, Saying
from shared.kit.turn import NobodyPublishes, Turns
from tests.kit.conftest import evidence_of, feedback

pytestmark = pytest.mark.db

ACME = ["acme"]


def given(name: str, candidate: str = "ana") -> list[Saying]:
    return [Saying("acme", feedback(name, candidate))]


def signalled(stage) -> tuple[bool, bool]:
    return stage.turns.written.is_set(), stage.turns.remembered.is_set()


async def test_what_was_said_is_reacted_to_before_the_commit_whoever_forgot_to(stage):
    async with stage.turns.open(ACME) as turn:
        await turn.say(given("f1"))

    assert await evidence_of(stage, "ana") == ["f1"]
    assert signalled(stage) == (True, False)


async def test_a_savepoint_that_fails_forgets_what_was_said_and_noted_in_it(stage):
    async def fail(turn) -> None:
        async with turn.savepoint():
            await turn.say(given("f2", "bo"))
            await turn.remember_people([("acme", "bo")])
            raise KeyError("a mistake in the program")

    async with stage.turns.open(ACME) as turn:
        await turn.say(given("f1"), publish=False)
        with pytest.raises(KeyError):
            await fail(turn)
        news = turn.take_news()

    assert [(n.topic, n.fact) for n in news] == [(FeedbackSubmitted.topic, "f1")]
    assert [row["fact"] for row in await stage.fetch("SELECT fact FROM facts")] == ["f1"]
    assert signalled(stage) == (False, False)


async def test_a_turn_that_fails_leaves_nothing_and_signals_nothing(stage):
    async def fail() -> None:
        async with stage.turns.open(ACME) as turn:
            await turn.remember_people([("acme", "ana")])
            await turn.say(given("f1", "cursed"))  # whose handler fails, once the block has ended

    with pytest.raises(ValueError, match="a mistake"):
        await fail()

    assert await stage.fetch("SELECT FROM facts UNION ALL SELECT FROM waiting UNION ALL SELECT FROM outbox") == []
    assert signalled(stage) == (False, False)


async def test_where_nobody_publishes_nothing_is_put_where_it_would_lie_for_ever(stage):
    turns = Turns(stage.database, stage.time, stage.router.react, publishes=False)

    async def say(name: str, candidate: str, *, publish: bool) -> None:
        async with turns.open(ACME) as turn:
            await turn.say(given(name, candidate), publish=publish)
            turn.take_news()

    await say("f1", "ana", publish=False)
    with pytest.raises(NobodyPublishes):
        await say("f2", "bo", publish=True)

    assert [row["fact"] for row in await stage.fetch("SELECT fact FROM facts")] == ["f1"]
    assert await stage.fetch("SELECT FROM outbox") == []
    assert not turns.written.is_set()


async def test_only_what_was_done_is_signalled(stage):
    async with stage.turns.open(ACME) as turn:
        await turn.conn.fetch("SELECT 1 FROM facts")
        await turn.say([])
        await turn.put([])
        await turn.remember_people([])
    read = signalled(stage)
    async with stage.turns.open(ACME) as turn:
        await turn.remember_people([("acme", "ana")])

    assert (read, signalled(stage)) == ((False, False), (False, True))


async def test_the_same_said_again_wakes_nobody(stage):
    async with stage.turns.open(ACME) as turn:
        await turn.say(given("f1"))
    stage.turns.written.clear()
    async with stage.turns.open(ACME) as turn:
        assert await turn.say(given("f1")) == []

    assert signalled(stage) == (False, False)
