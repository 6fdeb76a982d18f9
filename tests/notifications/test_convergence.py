"""The same facts at the same time give the same letters: in any order, with any repetition, batching and company."""

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.main import SERVICE
from shared.contracts import CandidateMerged, CandidateResponded, JobOpened, OutreachSent, TeamMember, letter_id
from shared.kit.db import Connection
from tests.heard import Heard, Log
from tests.interleaving import interleave
from tests.notifications.facts import (
    OPENED,
    accepted,
    ada,
    applied,
    at,
    ben,
    closed,
    completed,
    consent,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    matched,
    profile,
    released,
    reversed_,
    scheduled,
    verdict,
    withdrawn,
)
from tests.notifications.sentences import started, suggested
from tests.rehearsals import batched, rehearsal_of, rehearse, tried, with_each_topic_last
from tests.stage import Stage, staged

pytestmark = pytest.mark.db

NOW = at("2026-11-24 10:00")


def told(candidate: str, said_at: str) -> Heard:
    """Our own word that the decision letter left the house."""
    event = OutreachSent(
        outreach=letter_id("acme", "decision", f"{candidate}-1", candidate, 1),
        candidate=candidate,
        stream="duty",
        kind="decision",
        application=f"{candidate}-1",
        job="su27-data",
        template_version="1",
        language="en",
        message_id=f"<{candidate}@mail.halden.example>",
    )
    return Heard(event, at(said_at), source="talentloop/notifications")


def reminded(candidate: str, user: str, said_at: str) -> Heard:
    """Our own word that a reminder left."""
    event = OutreachSent(
        outreach=letter_id("acme", "reminder", f"{candidate}-i1", user, 1),
        candidate=candidate,
        stream="duty",
        kind="reminder",
        application=f"{candidate}-1",
        template_version="1",
        language="en",
        message_id=f"<{candidate}-{user}@mail.halden.example>",
    )
    return Heard(event, at(said_at), source="talentloop/notifications")


def changed(of: str = "su27-data", recruiter: str = "ben", **more) -> Heard:
    """The same job, a month later in somebody else's hands."""
    event = job(of, team=(TeamMember(user=recruiter, role="recruiter"),), **more).event
    return Heard(event, at("2026-11-22 09:00"), id=f"{of}-changed")


ORGANIZATION = [halden("shadow"), Heard(halden("live").event, at("2026-11-01 09:00"), id="live")]
FACTS = [
    ines(),
    job(),
    closed(),
    job("ws27-ae", at("2026-11-20 09:00")),
    *(fact(name) for name in ("amara", "noor", "hanna", "diego") for fact in (profile, applied, scheduled, completed)),
    decided("amara"),
    invited("amara"),
    told("amara", "2026-11-16 08:00"),
    consent("amara", at("2026-11-15 10:00"), purpose="survey"),
    verdict("amara", "no", at("2026-11-18 11:00")),
    decided("noor"),
    reversed_("noor", at("2026-11-14 10:00")),
    decided("noor", decided_at=at("2026-11-17 10:00"), id="again"),
    consent("noor", at("2026-11-18 10:00")),
    consent("noor", at("2026-11-19 10:00"), granted=False),
    matched("noor"),
    accepted("noor"),
    withdrawn("noor"),
    decided("hanna", "withdrawn", historical=True),
    profile("hanna-2", timezone="Asia/Tokyo"),
    heard(CandidateMerged(surviving="hanna", merged=("hanna-2",), merged_at=at("2026-11-15 10:00"))),
    profile("ida"),
    applied("ida", "ws27-ae"),  # open: what was said of a promise before it moved is no state
    scheduled("ida", at("2026-11-20 10:00"), interviewers=({"user": "ben"}, {"user": "ada"}, {"user": "eve"})),
    ben(),
    Heard(ben(timezone="Asia/Tokyo").event, at("2026-11-21 09:00"), id="ben-moved"),
    ada(),
    reminded("ida", "ben", "2026-11-20 12:00"),
    reminded("ida", "ada", "2026-11-20 12:00"),
    verdict("ida", "yes", at("2026-11-20 15:00")),
    released("hanna", at("2026-11-21 15:00")),
    *(fact("ruth") for fact in (profile, applied, decided)),
    invited("ruth", at("2026-11-16 10:00"), "active", reconfirm_at=at("2026-11-20 10:00")),
    consent("ruth", at("2026-11-16 10:00")),
    consent("ruth", at("2026-05-20 10:00"), purpose="keep_in_touch"),
    suggested("ruth", "sql", "python"),
    told("ruth", "2026-11-16 08:00"),
    suggested("amara", "python"),
    started(started_at=at("2026-11-20 10:00"), job="su27-data"),
    started("python-day", competency="python", started_at=at("2026-11-23 10:00")),
    started("nobody", competency="sql", started_at=at("2026-11-15 10:00")),
    heard(CandidateResponded(response="r1", candidate="amara", responded_at=at("2026-11-19 10:00"), kind="replied")),
    changed(location={"timezone": "Asia/Tokyo"}),
    changed("ws27-ae"),
    profile("uma", timezone=None),
    scheduled("uma", at("2026-11-20 10:00"), interviewers=({"user": "ada"},)),
    profile("vera", timezone=None),
    completed("vera", at("2026-11-23 10:00")),
    profile("wim"),
    completed("wim", at("2026-11-23 10:00")),
    verdict("wim", "yes", at("2026-11-23 12:00")),
    verdict("xena", "no", at("2026-11-18 11:00")),
    profile("yara", timezone=None),
    decided("yara"),
    profile("zoe", timezone=None),
    matched("zoe"),
    accepted("zoe"),
    consent("zoe", at("2026-11-18 10:00")),
]


async def state(conn: Connection) -> str:
    """Everything derived, and what was said of letters that do not leave."""
    found = {
        "letters": await conn.fetch("SELECT * FROM letters ORDER BY 1, 2, 3, 4, 5"),
        "tasks": await conn.fetch("SELECT * FROM tasks ORDER BY 1, 2, 3"),
        "waits": await conn.fetch("SELECT * FROM waits ORDER BY 1, 2, 3"),
        "reviews": await conn.fetch("SELECT * FROM reviews ORDER BY 1, 2, 3"),
        "overdue": await conn.fetch(
            """
            SELECT fact, body FROM facts WHERE topic = 'answer-overdue' AND body ->> 'answered_at' IS NULL ORDER BY 1
            """
        ),
        "said": await conn.fetch(
            """
            SELECT f.fact, f.body FROM facts f JOIN letters l ON l.organization = f.organization AND l.letter = f.fact
            WHERE f.topic = 'outreach-suppressed' AND l.state = 'suppressed' ORDER BY 1
            """
        ),
    }
    return json.dumps({k: [dict(row) for row in rows] for k, rows in found.items()}, default=str)


rehearsal = rehearsal_of(SERVICE, NOW)


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The same, but for real."""
    async with staged(await fresh_database("notifications"), SERVICE, NOW) as stage:
        yield stage


@pytest.fixture
def records():
    """What concerns everybody, and the others."""
    log = Log()
    return [[log.append(fact) for fact in facts] for facts in (ORGANIZATION, FACTS)]


@pytest.fixture
async def expected(rehearsal, records):
    """What comes of them in order, which each other order is compared with."""
    return await rehearse(rehearsal, [[*records[0], *records[1]]], state)


@tried(20)
@given(random=st.randoms(use_true_random=False), is_configured=st.booleans())
async def test_order_repetition_and_batching_do_not_matter(rehearsal, records, expected, random, is_configured):
    """What concerns everybody has everybody derived last, which hides who is forgotten: it may be known before."""
    organization, others = records
    batches = [organization, *batched(others, random)] if is_configured else batched(organization + others, random)
    found = await rehearse(rehearsal, batches, state)

    assert json.loads(found) == json.loads(expected)


async def test_whatever_is_heard_last_is_listened_to(rehearsal, records, expected):
    organization, others = records
    found = await with_each_topic_last(rehearsal, others, state, first=organization)

    assert [topic for topic in found if json.loads(found[topic]) != json.loads(expected)] == []


STATEMENTS = range(1, 26)


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_a_decision_and_its_reversal_at_once_send_nothing(stage, pause_before):
    await stage.deliver(halden("live"), job(), profile("ana"), applied("ana"))
    decision, reversal = (stage.log.append(f) for f in (decided("ana"), reversed_("ana", at("2026-11-13 17:00"))))

    await interleave(stage, [decision], [reversal], pause_before)

    rows = await stage.fetch("SELECT kind, state, reason FROM letters")
    assert rows == [{"kind": "decision", "state": "suppressed", "reason": "decision_reversed"}]


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_a_decision_and_the_policy_of_its_job_at_once_send_nothing(stage, pause_before):
    await stage.deliver(halden("live"), profile("ana"), applied("ana"))
    silent = JobOpened(job="su27-data", title="Intern", opened_at=OPENED, language="en", feedback_policy="none")
    decision, opening = stage.log.append(decided("ana")), stage.log.append(heard(silent))

    await interleave(stage, [decision], [opening], pause_before)

    assert await stage.fetch("SELECT kind, state FROM letters") == []


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_an_interview_and_the_feedback_on_it_at_once_remind_nobody(stage, pause_before):
    await stage.deliver(halden("live"), ada(), job(), profile("ana"), applied("ana"))
    invited_ada = scheduled("ana", at("2026-11-25 10:00"), interviewers=({"user": "ada"},))
    interview, feedback = stage.log.append(invited_ada), stage.log.append(verdict("ana", "yes", NOW))

    await interleave(stage, [interview], [feedback], pause_before)

    assert await stage.fetch("SELECT kind FROM letters WHERE kind = 'reminder'") == []


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_an_interview_and_a_colleague_who_moves_at_once_are_reminded_where_they_are(stage, pause_before):
    await stage.deliver(halden("live"), ben(), job(), profile("ana"), applied("ana"))
    moved = Heard(ben(timezone="Asia/Tokyo").event, at("2026-11-21 09:00"), id="ben-moved")
    invited_ben = scheduled("ana", at("2026-11-25 10:00"), interviewers=({"user": "ben"},))
    interview, move = stage.log.append(invited_ben), stage.log.append(moved)

    await interleave(stage, [interview], [move], pause_before)

    [letter] = await stage.fetch("SELECT kind, send_at FROM letters WHERE kind = 'reminder'")
    assert (letter["kind"], letter["send_at"]) == ("reminder", at("2026-11-26 01:00"))  # 09:00 in Tokyo


@pytest.mark.parametrize("pause_before", range(4, 26, 3))
async def test_a_campaign_and_the_release_of_a_letter_at_once_find_each_other(stage, pause_before):
    await stage.deliver(halden("live"), job(), *(fact("ana") for fact in (profile, applied, decided)))
    await stage.deliver(told("ana", "2026-11-24 09:00"))
    release, campaign = (stage.log.append(f) for f in (suggested("ana", "sql"), started(started_at=NOW)))

    await interleave(stage, [release], [campaign], pause_before)

    rows = await stage.fetch("SELECT recipient, state, reason FROM letters WHERE kind = 'campaign'")
    assert rows == [{"recipient": "ana", "state": "suppressed", "reason": "no_consent"}]
