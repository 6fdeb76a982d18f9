"""What a round tells once it is closed: at a full hour, for the last time one day, and of nobody in particular."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.insights.domain.guarded import guarded_round
from services.insights.domain.heard import HeardRating, WantedCompetency
from services.insights.domain.sums import RoundCounts
from services.insights.domain.telling import has_lost_people, tell
from shared.contracts import (
    CandidateErased,
    CandidateMerged,
    InterviewReturned,
    InterviewTallied,
    JobOpened,
    RoundSummedUp,
    tally_name,
)
from shared.kit.say import heard_topics
from tests.candidates.sentences import an_interviewed_candidate, applied, closed, feedback, later, opened
from tests.heard import Heard
from tests.insights.halden import NOW
from tests.insights.rounds import applicant, job, summed
from tests.insights.rounds import feedback as heard
from tests.stage import HASH_KEY, Stage

pytestmark = pytest.mark.db

HOUR = timedelta(hours=1)
FINAL = timedelta(days=60)
EIGHT = [f"p{n}" for n in range(8)]
RATED = [{"sql": 4, "python": 3}] * 2


def a_round(*names: str):
    people = (fact for name in names for fact in an_interviewed_candidate(name, "yes", "no", rated=RATED))
    return [opened(), closed(), *(fact for fact in people if "insights" in fact.listens)]


def returned(person: str, counted_from) -> InterviewReturned:
    return InterviewReturned(
        interview=f"{person}-su27-i1", candidate=person, application=f"{person}-su27", job="su27",
        counted_from=counted_from, returned="letter",
    )  # fmt: skip


async def told(stage: Stage) -> list[dict[str, Any]]:
    return await stage.said("round-summed-up")


async def versions(stage: Stage) -> int:
    [row] = await stage.fetch("SELECT count(*) FROM outbox WHERE topic = 'round-summed-up' AND value IS NOT NULL")
    return row["count"]


def figure(event: dict[str, Any], measure: str, competency: str | None = None, part: str | None = None):
    return [
        (f["k"], f["of"])
        for f in event["figures"]
        if (f["measure"], f["competency"], f["part"]) == (measure, competency, part)
    ]


def test_insights_never_hears_what_anybody_is_called():
    assert not {"candidate-registered", "user-registered"} & set(heard_topics("insights"))


async def test_a_closed_round_is_told_at_the_next_full_hour_and_changes_at_most_once_an_hour(stage):
    await stage.deliver(*a_round(*EIGHT))
    await stage.move(NOW + HOUR - timedelta(seconds=1))
    assert await told(stage) == []

    await stage.move(NOW + HOUR)
    [first] = await told(stage)
    assert (first["people"], first["interviews"], first["final"]) == (8, 16, False)
    assert figure(first, "met", "sql") == [(8, 8)]

    for n in range(5):
        await stage.deliver(Heard(feedback(f"p{n}", "no", 1, rated={"sql": 1}), at=NOW, id=f"again-{n}"))
    assert await versions(stage) == 1
    await stage.move(NOW + 2 * HOUR)
    assert await versions(stage) == 2
    [second] = await told(stage)
    assert figure(second, "met", "sql") == [(3, 8)]

    await stage.move(NOW + 9 * HOUR)
    assert await versions(stage) == 2


async def test_who_comes_late_is_not_told_by_the_size_of_the_round_before_five_have(stage):
    sizes = []
    for hour, names in enumerate((EIGHT, ["late"], ["l2", "l3", "l4", "l5"]), start=1):
        await stage.deliver(*a_round(*names)) if hour == 1 else await stage.deliver(*a_round(*names)[2:])
        await stage.move(NOW + hour * HOUR)
        [said] = await told(stage)
        sizes.append((said["people"], said["interviews"]))

    assert sizes == [(8, 16), (8, 16), (13, 26)]


async def test_a_flood_on_one_job_is_one_recomputation(stage):
    records = [stage.log.append(fact) for fact in a_round(*EIGHT)]
    await stage.inbox.take(records[:2])
    for n in range(2, len(records), 5):
        await stage.inbox.take(records[n : n + 5])
    before = await stage.fetch("SELECT sums -> 0 -> 8 ->> 0 AS people FROM rounds")
    waiting = await stage.fetch("SELECT kind, id FROM waiting WHERE kind = 'job'")

    assert await stage.drain.exhaust() == len(waiting)

    after = await stage.fetch("SELECT sums -> 0 -> 8 ->> 0 AS people FROM rounds")
    assert (before, waiting, after) == ([{"people": "0"}], [{"kind": "job", "id": "su27"}], [{"people": "8"}])


async def test_an_open_round_tells_nothing_and_one_of_few_people_tells_no_figure_of_them(stage):
    await stage.deliver(*(fact for fact in a_round(*EIGHT) if fact.topic != "job-closed"))
    await stage.move(NOW + 2 * HOUR)
    assert await told(stage) == []

    await stage.deliver(*(e.model_copy(update={"job": "few"}) for e in (opened(), closed())), applied("zoe", "few"))
    await stage.move(NOW + 4 * HOUR)

    [few] = await told(stage)
    assert (few["job"], few["people"]) == ("few", None)
    assert [f for f in few["figures"] if f["k"] and f["of"]] == []


async def test_60_days_after_the_last_interview_is_counted_it_is_told_for_the_last_time(stage):
    counted = NOW + timedelta(days=3)
    await stage.deliver(*a_round(*EIGHT), *(Heard(returned(p, counted), at=NOW) for p in EIGHT))
    await stage.move(counted + FINAL - HOUR)
    assert [event["final"] for event in await told(stage)] == [False]

    await stage.move(counted + FINAL)
    await stage.move(counted + FINAL + HOUR)
    [last] = await told(stage)
    assert last["final"] is True
    assert figure(last, "wasted") == [(0, 8)]

    again = JobOpened.model_validate(opened().model_dump() | {"opened_at": counted + FINAL})
    await stage.deliver(Heard(again, at=counted + FINAL + HOUR, id="reopened"))
    await stage.deliver(Heard(feedback("p1", "no", 1, rated={"sql": 1}), at=NOW + HOUR, id="late"))
    await stage.move(counted + FINAL + timedelta(days=90))
    assert await told(stage) == [last]


async def test_before_an_erasure_takes_somebody_out_the_figures_are_told_with_them_for_good(stage):
    await stage.deliver(*a_round(*EIGHT))
    await stage.move(NOW + HOUR)

    await stage.deliver(Heard(CandidateErased(candidate="p3", erased_at=NOW + HOUR), at=NOW + HOUR))

    [last] = await told(stage)
    assert (last["final"], last["people"], figure(last, "met", "sql")) == (True, 8, [(8, 8)])
    [row] = await stage.fetch("SELECT sums -> 0 -> 8 ->> 0 AS people FROM rounds")
    assert row == {"people": "7"}
    assert [r["service"] for r in await stage.said("erasure-completed")] == ["insights"]
    for table in ("candidacies", "sittings", "scorecards", "assessments", "growths", "reuses"):
        assert await stage.fetch(f"SELECT 1 FROM {table} WHERE candidate = 'p3'") == []  # noqa: S608

    await stage.deliver(Heard(CandidateErased(candidate="p4", erased_at=NOW + HOUR), at=NOW + HOUR))
    assert await told(stage) == [last]


def test_of_a_job_that_asks_for_very_much_what_is_told_whole_stays_and_its_parts_go():
    wanted = [WantedCompetency(f"c{n}", f"C{n}", 3) for n in range(50)]
    rated = tuple(HeardRating(c.competency, 0.5) for c in wanted)
    everybody = [applicant(f"p{i}", *(heard(f"p{i}", None, interviewer=by, ratings=rated) for by in ("ada", "ben")))
                 for i in range(10)]  # fmt: skip
    round_ = summed(job(*wanted), *everybody)

    assert len(guarded_round(round_)) > 400
    said = tell(round_, None, is_final=True)

    assert len(said.figures) <= 400
    wholes, every = ([f for f in some if f.part is None] for some in (said.figures, guarded_round(round_)))
    assert [f.competency for f in wholes if f.measure == "met"] == [c.competency for c in wanted]
    assert {f.measure for f in wholes} == {f.measure for f in every}


@pytest.mark.parametrize(
    ("said_after", "given", "has_lost"),
    [
        (timedelta(days=40), {"people": 8}, True),  # only an erasure tells a round for good so early
        (FINAL, {"people": 8}, False),
        (FINAL, {"people": 9}, False),
        (FINAL, {"people": 7}, True),
        (FINAL, {"people": 9, "has_tallies": True}, True),
    ],
)
def test_whether_somebody_left_is_known_whoever_came_since(said_after, given, has_lost):
    final = RoundSummedUp.model_validate(
        {
            "job": "su27",
            "family": "data",
            "closed_at": NOW,
            "final": True,
            "rules_version": "1",
            "people": 8,
            "figures": [],
        }
    )
    few = final.model_copy(update={"people": None})

    assert has_lost_people(final, NOW + said_after, **{"has_tallies": False} | given) is has_lost
    assert not has_lost_people(few, NOW + said_after, **{"has_tallies": False} | given)


def tallied(person: str, counted_in: str = "2026-11", came_to: str | None = "letter") -> InterviewTallied:
    """As candidates says it, whose key is the same."""
    name = tally_name("acme", f"{person}-su27-i1").encode()
    digest = hmac.digest(HASH_KEY.encode(), name, hashlib.sha256)
    return InterviewTallied(
        tally=str(UUID(bytes=digest[:16], version=4)), job="su27", counted_in=counted_in, returned=came_to,
        with_feedback=True, tallied_in="2026-12",
    )  # fmt: skip


@pytest.mark.parametrize("order", [1, -1], ids=["erased first", "tallied first"])
async def test_an_interview_counts_once_whether_its_person_is_erased_or_it_is_tallied_first(stage, order):
    await stage.deliver(*a_round(*EIGHT), *(Heard(returned(p, NOW - HOUR), at=NOW) for p in EIGHT))
    await stage.move(NOW + HOUR)
    erased = Heard(CandidateErased(candidate="p3", erased_at=NOW + HOUR), at=NOW + HOUR)

    for fact in [erased, Heard(tallied("p3"), at=NOW)][::order]:
        await stage.deliver(fact)

    [row] = await stage.fetch("SELECT sums FROM rounds")
    counts = RoundCounts(*json.loads(row["sums"])[0][8])
    assert (counts.people, counts.counted, counts.counted_people, counts.open) == (7, 8, 8, 0)
    [last] = await told(stage)
    assert (last["final"], figure(last, "wasted")) == (True, [(0, 8)])


async def test_the_interviews_of_the_erased_go_on_counting_and_are_no_figure_of_nobody(stage):
    open_still = [fact for fact in a_round() if fact.topic != "job-closed"]
    late = [tallied("p1", came_to=None), tallied("p2", "2027-02")]
    await stage.deliver(*open_still, *(Heard(one, at=NOW) for one in late))

    async def counts() -> RoundCounts:
        [row] = await stage.fetch("SELECT sums FROM rounds")
        return RoundCounts(*json.loads(row["sums"])[0][8])

    first = await counts()
    assert (first.counted, first.wasted, first.counted_people, first.open) == (1, 1, 1, 1)
    await stage.move(datetime(2027, 2, 1, tzinfo=UTC))
    later_on = await counts()
    assert (later_on.counted, later_on.wasted, later_on.open) == (2, 1, 0)


async def test_a_merge_across_rounds_makes_one_person_of_two(stage):
    other = [e for e in an_interviewed_candidate("p0-2", "yes", rated=RATED[:1]) if "insights" in e.listens]
    await stage.deliver(*a_round(*EIGHT), *other)
    [before] = await stage.fetch("SELECT sums -> 0 -> 8 ->> 0 AS people FROM rounds")

    await stage.deliver(later(CandidateMerged(surviving="p0", merged=("p0-2",), merged_at="2026-11-20T08:00:00Z"), 1))

    [after] = await stage.fetch("SELECT sums -> 0 -> 8 ->> 0 AS people FROM rounds")
    assert (before["people"], after["people"]) == ("9", "8")
