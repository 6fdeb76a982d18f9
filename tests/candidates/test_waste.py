"""Rule 9 from the facts: what an interview came to, and that neither a replay nor a rebuild changes a figure."""

import random
from datetime import datetime, timedelta

import pytest

from services.candidates.domain.waste import Waste, concerns, measure
from services.candidates.main import SERVICE
from services.candidates.sql.waste import judge_concerned, judge_everyone
from shared.contracts import (
    ApplicationDecisionReversed,
    CandidateMerged,
    FeedbackReleased,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewCompleted,
    OrganizationConfigured,
    OutreachBounced,
    OutreachSent,
    ReferralMade,
)
from shared.kit import facts
from tests.candidates.sentences import (
    INTERVIEWED,
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    closed,
    completed,
    consented,
    noor,
    opened,
    reviewed_match,
    the_next_job,
)
from tests.heard import Heard
from tests.rehearsals import batched
from tests.stage import Stage, staged

pytestmark = pytest.mark.db

DUTY = {"outreach": "l1", "candidate": "ana", "stream": "duty", "kind": "decision"}
SENT = {"template_version": "1", "language": "en", "message_id": "<l1@example.org>"}


def released(*feedback: str) -> FeedbackReleased:
    """Ana's letter, with an item of each of these."""
    items = [{"competency": "sql", "observed": "Explained joins.", "feedback": f} for f in feedback]
    return FeedbackReleased.model_validate(
        {
            "letter": "l1", "application": "ana-su27", "candidate": "ana", "language": "en", "strengths": items,
            "development": [], "approved_by": "ines", "released_at": NOW,
        }
    )  # fmt: skip


def sent(hours: int) -> Heard:
    return Heard(OutreachSent.model_validate(DUTY | SENT), NOW + timedelta(hours=hours - 5), id=f"sent-{hours}")


def bounced(bounce: str, hours: int) -> Heard:
    event = OutreachBounced.model_validate(DUTY | {"bounce": bounce})
    return Heard(event, NOW + timedelta(hours=hours - 5), id=f"bounced-{hours}")


async def figures(stage: Stage, now: datetime = NOW, *, projected: bool = True) -> Waste:
    async with stage.database.transaction(["acme"]) as conn:
        return measure(await judge_everyone(conn, "acme", NOW), now, projected=projected)


@pytest.mark.parametrize(
    ("came", "wasted"),
    [
        ([], 2),
        ([released("ana-su27-f1"), sent(0)], 1),
        ([released("ana-su27-f1", "ana-su27-f2"), sent(0)], 0),
        ([released("ana-su27-f1"), sent(0), bounced("hard", 1)], 2),
        ([released("ana-su27-f1"), sent(0), bounced("soft", 1)], 1),
        ([released("ana-su27-f1"), sent(0), bounced("hard", 1), sent(2)], 1),
        ([ReferralMade(referral="r1", candidate="ana", user="ada")], 0),
    ],
    ids=["nothing", "one used", "both used", "came back", "came back for now", "sent again", "referred"],
)
async def test_a_released_letter_counts_for_the_interviews_it_uses_unless_it_came_back(stage, came, wasted):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "no", "no"))
    for one in came:
        await stage.deliver(one)

    found = await figures(stage)

    assert (found.now.of, found.now.wasted, found.without_loop.wasted) == (2, wasted, 2)


async def test_withdrawn_feedback_is_no_feedback(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "no", "no"))
    await stage.deliver(FeedbackWithdrawn(feedback="ana-su27-f1", candidate="ana", withdrawn_at=NOW))

    assert (await figures(stage)).without_feedback == (2, 1)


async def test_a_closed_job_counts_from_its_closing_also_when_somebody_decides_later(stage):
    later = Heard(closed(closed_at="2026-11-02T08:00:00Z"))
    await stage.deliver(opened(), later, *an_interviewed_candidate("ana", "no"))

    counted = await figures(stage, projected=False)

    assert (counted.open, counted.now.of) == (0, 1)


async def test_a_replay_in_any_order_and_a_rebuild_give_the_same_figures(stage, fresh_database):
    story = [
        opened(), *amara(consented("amara")), *noor(consented("noor")), the_next_job(), reviewed_match("amara", "ws27"),
        *an_interviewed_candidate("ana", "no", "no"), released("ana-su27-f2"), sent(0), closed(),
        *an_interviewed_candidate("lukas", "yes", "yes"), ReferralMade(referral="r1", candidate="lukas", user="ada"),
    ]  # fmt: skip
    records = [stage.log.append(one) for one in story]
    await stage.take(records)
    before = await figures(stage), await figures(stage, NOW + timedelta(days=60), projected=False)

    async with stage.database.transaction("*") as conn:
        await conn.execute("DELETE FROM members")
        await facts.remember_all(conn)
    await stage.drain.exhaust()
    rebuilt = await figures(stage), await figures(stage, NOW + timedelta(days=60), projected=False)
    async with staged(await fresh_database("candidates"), SERVICE, NOW) as other:
        for batch in batched(records, random.Random(9)):
            await other.take(batch)
        replayed = await figures(other), await figures(other, NOW + timedelta(days=60), projected=False)

    assert before[0].now.of == 8
    assert 0 < before[0].now.wasted < 8
    assert rebuilt == before
    assert replayed == before


@pytest.mark.parametrize(
    ("job", "family", "cycle", "interviews"),
    [
        ("su27", None, None, 3), ("x27", None, None, 1), (None, "data", None, 4), (None, "general", None, 1),
        (None, None, "Winter 2027", 1), ("su27", "data", "Summer 2027", 3), ("su27", "general", None, 0),
        ("nowhere", None, None, 0), ("su27 x27 nowhere", None, None, 4), ("", None, None, 0),
    ],
)  # fmt: skip
async def test_figures_of_a_job_family_or_cycle_are_those_of_everyone_filtered(stage, job, family, cycle, interviews):
    jobs = None if job is None else job.split()
    unknown = InterviewCompleted(
        interview="i", application="unheard", candidate="tom", job="x27", completed_at=INTERVIEWED
    )
    general = [applied("olga", None), completed("olga", job=None)]
    joined = [applied("ana-2"), completed("ana-2"), CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=NOW)]
    winter = [the_next_job(), applied("lukas", "ws27"), completed("lukas", job="ws27")]
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "no", "no"), unknown, *general, *joined, *winter)

    async with stage.database.transaction(["acme"]) as conn:
        found = await judge_concerned(conn, "acme", jobs, family, cycle, NOW)
        everyone = await judge_everyone(conn, "acme", NOW)

    assert found == [j for j in everyone if concerns(j, jobs, family, cycle)]
    assert len(found) == interviews


async def said_of_interviews(stage: Stage) -> dict[str, tuple[str | None, str | None]]:
    """What was last said of each interview: from when on it counts, and what it came to."""
    rows = await stage.fetch(
        "SELECT fact, body ->> 'counted_from' AS since, body ->> 'returned' AS returned FROM facts "
        "WHERE topic = 'interview-returned' ORDER BY fact"
    )
    return {row["fact"]: (row["since"], row["returned"]) for row in rows}


async def test_what_an_interview_came_to_is_said_once_it_is_decided_and_again_when_it_changes(stage):
    *undecided, decision = an_interviewed_candidate("ana", "no", "no")
    await stage.deliver(opened(), *undecided)
    assert await said_of_interviews(stage) == {}

    await stage.deliver(decision)
    since = "2026-11-27T18:00:00Z"
    assert await said_of_interviews(stage) == {"ana-su27-i1": (since, None), "ana-su27-i2": (since, None)}

    await stage.deliver(released("ana-su27-f1"))
    assert await said_of_interviews(stage) == {"ana-su27-i1": (since, "letter"), "ana-su27-i2": (since, None)}

    await stage.deliver(OrganizationConfigured(name="Acme", country="DE", timezone="Europe/Berlin"))
    await stage.drain.exhaust()
    assert set(await said_of_interviews(stage)) == {"ana-su27-i1", "ana-su27-i2"}
    assert {since for since, _ in (await said_of_interviews(stage)).values()} == {"2026-11-27T17:00:00Z"}

    await stage.deliver(
        ApplicationDecisionReversed(application="ana-su27", candidate="ana", reversed_at=NOW),
        InterviewCancelled.model_validate(
            {
                "interview": "ana-su27-i2", "application": "ana-su27", "candidate": "ana",
                "starts_at": "2026-11-04T14:00:00Z", "cancelled_at": NOW, "by": "candidate",
            }
        ),
    )  # fmt: skip
    assert await said_of_interviews(stage) == {"ana-su27-i1": (None, "letter"), "ana-su27-i2": (None, None)}


async def test_whoever_closes_a_job_hears_of_its_interviews_and_what_is_the_same_is_not_said_again(stage):
    *undecided, _ = an_interviewed_candidate("ana", "no")
    unheard = InterviewCompleted(
        interview="tom-i1", application="unheard", candidate="tom", job="su27", completed_at=INTERVIEWED
    )
    await stage.deliver(opened(), *undecided, unheard, closed())
    await stage.drain.exhaust()
    first = await stage.fetch("SELECT fact, event FROM facts WHERE topic = 'interview-returned' ORDER BY 1")

    await stage.deliver(Heard(closed(), at=NOW, id="again"))
    await stage.drain.exhaust()

    assert [row["fact"] for row in first] == ["ana-su27-i1", "tom-i1"]
    assert await stage.fetch("SELECT fact, event FROM facts WHERE topic = 'interview-returned' ORDER BY 1") == first
