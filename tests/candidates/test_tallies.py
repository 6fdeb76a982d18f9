"""Rule 9 and rule 11: forgetting people changes no rate, and what stays tells of nobody."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.domain.tallies import month_counted
from services.candidates.domain.waste import Waste, measure
from services.candidates.main import SERVICE
from services.candidates.sql.waste import judge_concerned, judge_everyone
from shared.contracts import (
    CandidateErased,
    ErasureRequested,
    FeedbackReleased,
    FeedbackWithdrawn,
    JobClosed,
    MentorshipAccepted,
    OutreachSent,
    ReferralMade,
    first_of,
)
from shared.kit import facts
from shared.kit.db import Connection
from tests.candidates.sentences import NOW, an_interviewed_candidate, applied, consented, decided, later, opened
from tests.heard import Heard, Log
from tests.rehearsals import rehearsal_of, rehearse, tried
from tests.stage import Stage

ERASED = NOW + timedelta(minutes=1)
COUNTED = NOW + timedelta(days=60)
ASKED = {"requested_at": "2026-11-20T08:00:00Z", "by": "platform"}


def letter(who: str) -> list[Heard]:
    """A full letter that uses the first of somebody's interviews, and has left."""
    item = {"competency": "sql", "observed": "Explained joins.", "feedback": f"{who}-su27-f1"}
    released = FeedbackReleased.model_validate(
        {
            "letter": f"l-{who}", "application": f"{who}-su27", "candidate": who, "language": "en",
            "strengths": [item], "development": [], "approved_by": "ines", "released_at": NOW,
        }
    )  # fmt: skip
    sent = OutreachSent(
        outreach=f"l-{who}", candidate=who, stream="duty", kind="decision", template_version="1", language="en",
        message_id=f"<{who}@example.org>",
    )  # fmt: skip
    return [Heard(released, at=NOW), Heard(sent, at=NOW)]


ENDS = {
    "nothing": lambda who: [],
    "letter": letter,
    "pool": lambda who: [consented(who)],
    "hired": lambda who: [later(decided(who, "hired"), 300)],
    "referred": lambda who: [ReferralMade(referral=f"r-{who}", candidate=who, user="ada")],
    "mentored": lambda who: [
        MentorshipAccepted(relation=f"m-{who}", candidate=who, user="ada", starts_on="2026-12-01", ends_on="2027-03-01")
    ],
    "feedback withdrawn": lambda who: [
        FeedbackWithdrawn(feedback=f"{who}-su27-f1", candidate=who, withdrawn_at="2026-11-06T08:00:00Z")
    ],
    "rediscovered": lambda who: [later(applied(who, origin="rediscovered"), 1)],
}
NAMES = st.sampled_from(["ana", "ben", "cleo", "dai", "eva"])
VERDICTS = st.lists(st.sampled_from(["yes", "no"]), max_size=3)
PEOPLE = st.dictionaries(NAMES, st.tuples(VERDICTS, st.sampled_from(sorted(ENDS))), min_size=1)
INSTANTS = st.integers(0, 1000).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days / 2))
CLOSED = JobClosed(job="su27", closed_at="2026-11-16T08:00:00Z", outcome="nobody_hired")

rehearsal = rehearsal_of(SERVICE, NOW)


async def look(conn: Connection) -> tuple[list[Waste], list[str]]:
    """The figures of everybody and of the job: now, a month after everything counts, and as they stand; and who is."""
    everyone = await judge_everyone(conn, "acme", NOW)
    job = await judge_concerned(conn, "acme", ["su27"], None, None, NOW)
    family = await judge_concerned(conn, "acme", None, "data", None, NOW)
    found = [
        measure(of, at, projected=projected)._replace(people=0)
        for of in (everyone, job, family)
        for at, projected in ((NOW, False), (COUNTED, False), (NOW, True))
    ]
    rows = await conn.fetch("SELECT fact FROM facts WHERE topic = 'interview-tallied' ORDER BY fact")
    return found, [row["fact"] for row in rows]


@pytest.mark.db
@tried(20)
@given(people=PEOPLE, asking=st.sets(NAMES), going=st.sets(NAMES), twice=st.booleans())
async def test_whatever_came_of_whom_and_whoever_asks_or_is_erased_every_rate_is_the_same(
    rehearsal, people, asking, going, twice
):
    log = Log()
    told = [fact for who, (verdicts, _) in people.items() for fact in an_interviewed_candidate(who, *verdicts)]
    came = [fact for who, (_, end) in people.items() for fact in ENDS[end](who)]
    story = [log.append(fact) for fact in [opened(), *told, Heard(CLOSED, at=NOW), *came]]
    asked = [Heard(ErasureRequested(candidate=who, requested_at=NOW, by="candidate"), at=NOW) for who in asking]
    erased = [Heard(CandidateErased(candidate=who, erased_at=ERASED), at=ERASED) for who in going]
    gone = [[log.append(fact) for fact in said] for said in (asked, erased)]

    before, nobody = await rehearse(rehearsal, [story], look)
    after, tallies = await rehearse(rehearsal, [story, *gone, *([story, *gone] if twice else [])], look)

    assert after == before
    assert nobody == []
    assert len(tallies) == sum(len(people[who][0]) for who in going & people.keys())


@given(INSTANTS, INSTANTS)
def test_what_counts_goes_on_counting_and_what_does_not_begins_with_the_month_after(counted_from, erased_at):
    since = first_of(month_counted(counted_from, erased_at))

    assert (since <= erased_at) == (counted_from <= erased_at)
    assert counted_from - timedelta(days=31) <= since <= counted_from + timedelta(days=31)


@pytest.mark.db
async def test_what_is_said_names_nobody_no_interview_and_no_day(stage: Stage, browser):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "no"), *letter("ana"))

    await browser.put("/candidates/ana/erasure", ASKED)

    [one, other] = await stage.said("interview-tallied")
    assert {one.pop("returned"), other.pop("returned")} == {"letter", None}
    assert one.pop("tally") != other.pop("tally")
    assert one == other == {
        "job": "su27", "counted_in": "2026-12", "without_loop": None, "rediscovered": False, "with_feedback": True,
        "tallied_in": "2026-11",
    }  # fmt: skip
    rows = await stage.fetch("SELECT key, value, headers FROM outbox WHERE topic = 'interview-tallied'")
    for row in rows:
        headers = dict(json.loads(bytes(row["headers"])))
        assert (headers["ce_time"], headers["ce_id"]) == ("2026-11-01T00:00:00Z", headers["ce_subject"])
        assert "ce_causationid" not in headers
        assert b"ana" not in bytes(row["key"]) + bytes(row["value"]) + bytes(row["headers"])


@pytest.mark.db
async def test_a_rebuild_and_a_second_erasure_change_nothing_that_was_tallied(stage: Stage, browser):
    first = an_interviewed_candidate("ana", "no")
    await stage.deliver(opened(), *first)
    await browser.put("/candidates/ana/erasure", ASKED)
    tallied = await stage.fetch("SELECT fact, event, time, body FROM facts WHERE topic = 'interview-tallied'")

    await stage.deliver(*(Heard(fact, at=NOW, id=f"again-{n}") for n, fact in enumerate(first)))
    async with stage.database.transaction("*") as conn:
        await facts.remember_all(conn)
    await stage.drain.exhaust()
    await stage.move(NOW + timedelta(days=1))
    await browser.put("/candidates/ana/erasure", ASKED | {"requested_at": NOW.isoformat()})

    assert len(tallied) == 1
    assert await stage.fetch("SELECT fact, event, time, body FROM facts WHERE topic = 'interview-tallied'") == tallied
    waste = (await browser.get("/waste?projected=true")).json()
    assert (waste["interviews"], waste["people"], waste["wasted"]) == (1, 0, {"of": 1, "wasted": 1, "share": 1.0})


@pytest.mark.db
async def test_who_asks_to_be_forgotten_leaves_the_pool_and_what_their_interview_came_to_stays(stage: Stage, browser):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "yes"), consented("ana"))

    await browser.put("/candidates/ana/erasure", {"requested_at": NOW.isoformat(), "by": "candidate"})

    assert await stage.fetch("SELECT 1 FROM members") == []
    assert {r["returned"] for r in await stage.said("interview-returned")} == {"membership"}
    assert (await browser.get("/waste?projected=true")).json()["wasted"]["wasted"] == 0
    await stage.move(NOW + timedelta(days=1))
    assert {t["returned"] for t in await stage.said("interview-tallied")} == {"membership"}
