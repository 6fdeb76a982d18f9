"""Two connections at every statement: a decision, the last feedback on it, and an approval."""

import pytest

from services.notifications.sql.verdicts import Verdict, save_verdicts
from shared.kit.people import lock_people
from tests.interleaving import interleave
from tests.notifications.facts import at, decided
from tests.notifications.sentences import TO_BUILD, gave, hunted, judged
from tests.notifications.test_convergence import NOW, STATEMENTS, stage  # noqa: F401 - a fixture

pytestmark = pytest.mark.db


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_a_decision_and_the_last_feedback_at_once_make_one_full_letter(stage, pause_before):  # noqa: F811
    known = [f for f in judged("ana") if f.event.topic != "application-decided" and f.event != _last().event]
    await stage.deliver(*hunted("approve"), *known)
    decision, feedback = stage.log.append(decided("ana", decided_at=NOW)), stage.log.append(_last())

    await interleave(stage, [decision], [feedback], pause_before)

    rows = await stage.fetch("SELECT variant, state FROM letters WHERE kind = 'decision'")
    assert rows == [{"variant": "decision_full", "state": "waiting"}]


def _last():
    return gave("ana", "ben", None, TO_BUILD)


async def test_an_approval_and_its_replay_release_once(stage):  # noqa: F811
    await stage.deliver(
        *hunted("approve"),
        *judged(
            "ana",
        ),
    )
    await stage.deliver(decided("ana", decided_at=NOW, id="now"))
    [row] = await stage.fetch("SELECT letter FROM letters WHERE kind = 'decision'")
    for _ in range(2):
        async with stage.turns.open(["acme"]) as turn:
            people = await lock_people(turn.conn, [("acme", "ana")])
            await save_verdicts(turn.conn, "acme", [Verdict(row["letter"], "approve", None, "ines")], NOW)
            await stage.router.derive(turn, people)
    await stage.deliver(gave("ana", "ada", {"sql": "Later.", "talk": "b"}, when=at("2026-11-24 10:00")))

    said = await stage.said("feedback-released")
    assert [(s["approved_by"], s["strengths"][0]["observed"]) for s in said] == [
        ("ines", "You joined three tables at once.")
    ]
