"""Merges and unmerges: letters, tasks and waits follow the person in any order, and an unmerge brings back what was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.main import SERVICE
from shared.contracts import CandidateMerged, CandidateResponded, OutreachSent, Stream, letter_id
from shared.kit.db import Connection
from tests.heard import Heard, Log
from tests.notifications.facts import (
    accepted,
    applied,
    at,
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
    reversed_,
    scheduled,
    verdict,
    withdrawn,
)
from tests.rehearsals import batched, rehearsal_of, rehearse, tried

pytestmark = pytest.mark.db

NOW = at("2026-11-24 10:00")


def wrote(candidate: str, kind: str, about: str, said_at: str, stream: str = "nurture") -> Heard:
    """Our own word that a letter left the house."""
    event = OutreachSent(
        outreach=letter_id("acme", kind, about, candidate, 1),
        candidate=candidate,
        stream=Stream(stream),
        kind=kind,
        template_version="1",
        language="en",
        message_id=f"<{candidate}-{kind}@mail.halden.example>",
    )
    return Heard(event, at(said_at), id=f"wrote-{candidate}-{kind}", source="talentloop/notifications")


def answered(candidate: str, kind: str, said_at: str) -> Heard:
    """A word of theirs."""
    response = f"{candidate}-{kind}"
    return heard(CandidateResponded(response=response, candidate=candidate, responded_at=at(said_at), kind=kind))


PEOPLE = [
    halden("live"),
    ines(),
    job(),
    closed(),
    job("ws27-ae", at("2026-11-20 09:00")),
    *(fact(name) for name in ("amara", "noor", "hanna", "diego") for fact in (profile, applied, scheduled, completed)),
    decided("amara"),
    invited("amara"),
    wrote("amara", "decision", "amara-1", "2026-11-16 08:00", "duty"),
    verdict("amara", "no", at("2026-11-18 11:00")),
    profile("amara-2", email="other@mail.example", timezone="Asia/Tokyo"),
    invited("amara-2", at("2026-11-14 10:00"), "active", reconfirm_at=at("2026-11-20 10:00")),
    consent("amara-2", at("2026-11-14 10:00")),
    consent("amara-2", at("2026-05-10 10:00"), purpose="keep_in_touch"),
    wrote("amara-2", "pool_invitation", "data", "2026-11-01 08:00"),
    answered("amara-2", "replied", "2026-11-19 10:00"),
    decided("noor"),
    reversed_("noor", at("2026-11-14 10:00")),
    consent("noor", at("2026-11-18 10:00")),
    matched("noor"),
    accepted("noor"),
    decided("diego", "withdrawn"),
    consent("diego", at("2026-11-19 10:00"), granted=False),
    matched("diego"),
    accepted("diego", reviewed_at=at("2026-11-23 12:00")),
    answered("hanna", "not_now", "2026-11-19 10:00"),
]
IDS = ("amara", "amara-2", "noor", "hanna", "diego", "nobody")


def merged(surviving: str, *others: str, hour: int = 0) -> Heard:
    """`surviving` stands for the others since that hour; for nobody without others."""
    said_at = at(f"2026-11-01 {hour:02}:00")
    event = CandidateMerged(surviving=surviving, merged=others, merged_at=said_at)
    return Heard(event, said_at, id=f"merged-{surviving}-{hour}")


async def state(conn: Connection) -> str:
    """Everything derived, and what is said of letters that do not leave."""
    found = {
        "letters": await conn.fetch("SELECT * FROM letters ORDER BY 1, 2, 3, 4, 5"),
        "tasks": await conn.fetch("SELECT * FROM tasks ORDER BY 1, 2, 3"),
        "waits": await conn.fetch("SELECT * FROM waits ORDER BY 1, 2, 3"),
        "reviews": await conn.fetch("SELECT * FROM reviews ORDER BY 1, 2, 3"),
        "readers": await conn.fetch("SELECT * FROM readers ORDER BY 1, 2, 3"),
        "said": await conn.fetch(
            """
            SELECT f.fact, f.body FROM facts f JOIN letters l ON l.organization = f.organization AND l.letter = f.fact
            WHERE f.topic = 'outreach-suppressed' AND l.state = 'suppressed' ORDER BY 1
            """
        ),
    }
    return json.dumps({k: [dict(row) for row in rows] for k, rows in found.items()}, default=str)


rehearsal = rehearsal_of(SERVICE, NOW)


@st.composite
def merges(draw: st.DrawFn) -> list[Heard]:
    """Versions of some merges, each with an hour of its own: chains, cycles and unmerges come by themselves."""
    versions = []
    for hour in range(draw(st.integers(1, 5))):
        surviving = draw(st.sampled_from(IDS))
        others = draw(st.lists(st.sampled_from([i for i in IDS if i != surviving]), max_size=3, unique=True))
        versions.append(merged(surviving, *others, hour=hour))
    return versions


ALMOST_FREE = tried(20)


@ALMOST_FREE
@given(versions=merges(), random=st.randoms(use_true_random=False))
async def test_in_any_order_merges_end_the_same(rehearsal, versions, random):
    log = Log()
    records = [log.append(fact) for fact in (*PEOPLE, *versions)]

    expected = await rehearse(rehearsal, [records], state)
    found = await rehearse(rehearsal, batched(records, random), state)

    assert json.loads(found) == json.loads(expected)


@pytest.fixture
async def unmerged(rehearsal):
    """What comes of them where nobody was ever merged."""
    log = Log()
    return await rehearse(rehearsal, [[log.append(fact) for fact in PEOPLE]], state)


@ALMOST_FREE
@given(versions=merges(), random=st.randoms(use_true_random=False))
async def test_an_unmerge_leaves_nothing_of_the_merge_behind(rehearsal, unmerged, versions, random):
    log = Log()
    facts = [*PEOPLE, *versions]
    random.shuffle(facts)
    apart = [merged(i, hour=9) for i in IDS]

    batches = [[log.append(fact) for fact in facts], [log.append(fact) for fact in apart]]
    found = await rehearse(rehearsal, batches, state)

    assert json.loads(found) == json.loads(unmerged)


async def test_the_invitation_to_an_accepted_match_follows_the_person_and_leaves_once(halden_stage, letterbox):
    """Candidates moves the match to the id that stands for both; the person's yes was meant for whoever it is."""
    await halden_stage.move_to("2026-11-23 21:00")
    people = (profile("noor"), profile("noor-1", email="noor@other.example"), consent("noor", at("2026-11-18 10:00")))
    await halden_stage.deliver(halden(), job("ws27-ae", at("2026-11-20 09:00")), *people)
    await halden_stage.deliver(
        matched("noor"), accepted("noor"), accepted("noor-1", reviewed_at=at("2026-11-23 09:00"))
    )
    together = at("2026-11-23 20:00")
    moved = [withdrawn("noor", said_at=together), matched("noor-1", said_at=together)]
    merge = Heard(CandidateMerged(surviving="noor-1", merged=("noor",), merged_at=together), together)

    await halden_stage.deliver(merge, *moved)
    await halden_stage.move_to("2026-11-24 09:00")
    await halden_stage.move_to("2026-12-10 09:00")

    [mail] = letterbox.read()
    assert "noor" in mail["To"]
    assert await halden_stage.letters(kind="job_invitation") == {"job_invitation/ws27-ae/1": "sent"}
    assert await halden_stage.tasks() == []


async def test_example_32_what_one_id_took_back_no_id_is_written_to_about(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-23 21:00")
    await halden_stage.deliver(halden(), job("ws27-ae", at("2026-11-20 09:00")), profile("noor"), profile("noor-2"))
    await halden_stage.deliver(matched("noor"), accepted("noor"), consent("noor", at("2026-03-01 10:00")))
    await halden_stage.deliver(consent("noor-2", at("2026-03-05 10:00"), granted=False))

    await halden_stage.deliver(merged("noor", "noor-2", hour=1))
    await halden_stage.move_to("2026-11-24 09:00")

    assert await halden_stage.letters() == {"job_invitation/ws27-ae/1": "suppressed(no_consent)"}
    await halden_stage.deliver(merged("noor", hour=2))
    await halden_stage.move_to("2026-11-24 10:00")
    assert await halden_stage.letters() == {"job_invitation/ws27-ae/1": "sent"}
    assert len(letterbox.read()) == 1


@pytest.mark.parametrize(("contactable", "state"), [(True, "sent"), (False, "suppressed(not_contactable)")])
async def test_a_newer_profile_without_an_address_does_not_hide_the_other_ids(
    halden_stage, letterbox, contactable, state
):
    await halden_stage.move_to("2026-11-23 21:00")
    known = (profile("noor"), consent("noor", at("2026-11-18 10:00")), matched("noor"), accepted("noor"))
    await halden_stage.deliver(halden(), job("ws27-ae", at("2026-11-20 09:00")), *known)
    bare = profile("noor-2", email=None, contactable=contactable).event
    await halden_stage.deliver(Heard(bare, at("2026-11-22 09:00"), id="bare"), merged("noor", "noor-2", hour=1))

    await halden_stage.move_to("2026-11-24 09:00")

    assert await halden_stage.letters() == {"job_invitation/ws27-ae/1": state}
