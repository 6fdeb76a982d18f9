"""Rule 4 over the ledgers of the database: people merge and part, mailboxes are shared, and no cap is ever broken."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from services.notifications.domain.policy import CAPS
from shared.contracts import CandidateMerged, CandidatePooled, MemberStatus, Purpose, Stream, Tier, membership_id
from shared.kit.db import EVERYONE
from tests.heard import Heard
from tests.notifications.conftest import Halden
from tests.notifications.facts import accepted, at, consent, halden, ines, job, matched, profile

pytestmark = pytest.mark.db

START = at("2026-11-02 09:00")
MAILBOXES = ("both@mail.example", "Both+jobs@Mail.example", "other@mail.example", "third@mail.example")
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles")
PROFILES = {"amara": 0, "amara-2": 2, "noor": 1, "noor-2": 3}  # Amara and Noor share a mailbox
MERGES = (("amara", "amara-2"), ("noor", "noor-2"), ("amara", "amara-2", "noor"), ("amara",), ("noor",))


class Sent(NamedTuple):
    """One letter that left, and what was true of its reader then: their ids, their mailboxes, their clock."""

    letter: str
    stream: Stream
    at: datetime
    recipient: str
    mailbox: str
    ids: set[str]
    mailboxes: set[str]
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.at.astimezone(self.zone).date()


class Told:
    """What has been said of everyone so far, without a database."""

    def __init__(self) -> None:
        self.profiles: dict[str, tuple[datetime, str, ZoneInfo]] = {}
        self.merges: dict[str, tuple[str, ...]] = {}

    def ids(self, candidate: str) -> set[str]:
        """Every id of whoever goes by this one."""
        found, joined = set[str](), {candidate}
        while found != joined:
            found = set(joined)
            for of in ({surviving, *others} for surviving, others in self.merges.items()):
                joined |= of if of & joined else set()
        return found

    def sent(self, now: datetime, letter: str, stream: str, recipient: str, address: str) -> Sent:
        """A letter that left just now."""
        ids = self.ids(recipient)
        profiles = [self.profiles[i] for i in ids]
        mailboxes = {mailbox for _, mailbox, _ in profiles}
        return Sent(letter, Stream(stream), now, recipient, opened_by(address), ids, mailboxes, max(profiles)[2])


Happening = Callable[[Told, datetime, str, int], list[Heard]]


def opened_by(address: str) -> str:
    """The mailbox of an address, in these tests' own words."""
    local, domain = address.lower().split("@")
    return f"{local.split('+')[0]}@{domain}"


def described(told: Told, now: datetime, who: str, n: int) -> list[Heard]:
    """A profile, with another mailbox and another clock perhaps."""
    email, zone = MAILBOXES[n % len(MAILBOXES)], ZONES[n // len(MAILBOXES) % len(ZONES)]
    told.profiles[who] = (now, opened_by(email), ZoneInfo(zone))
    return [Heard(profile(who, email=email, timezone=zone).event, now, id=f"profile-{who}-{now:%y%m%d%H%M}")]


def proposed(_: Told, now: datetime, who: str, __: int) -> list[Heard]:
    """A person accepted a match with a new job: an invitation is due."""
    opening = f"job-{now:%y%m%d%H%M}"
    return [job(opening, now), matched(who, opening, now), accepted(who, opening, now)]


def asked_again(_: Told, now: datetime, who: str, __: int) -> list[Heard]:
    """Whether they want to stay in the pool of one more family: nurture."""
    family = f"family-{now:%y%m%d%H%M}"
    event = CandidatePooled(
        membership=membership_id(who, family),
        candidate=who,
        family=family,
        tier=Tier.SILVER_MEDALIST,
        status=MemberStatus.ACTIVE,
        application=f"{who}-1",
        why=(),
        evidence=(),
        rules_version="pool-1",
        reconfirm_at=now,
    )
    return [Heard(event, now, source="talentloop/candidates")]


def merged(told: Told, now: datetime, _: str, n: int) -> list[Heard]:
    """Some ids are one person from now on, or apart again."""
    surviving, *others = MERGES[n % len(MERGES)]
    told.merges[surviving] = tuple(others)
    event = CandidateMerged(surviving=surviving, merged=tuple(others), merged_at=now)
    return [Heard(event, now, id=f"merged-{surviving}-{now:%y%m%d%H%M}")]


def nothing(*_: object) -> list[Heard]:
    """Time passes."""
    return []


HAPPENINGS = (proposed, proposed, asked_again, asked_again, described, merged, merged)
SCHEDULES = st.lists(
    st.tuples(
        st.integers(1, 24 * 6), st.sampled_from(tuple(PROFILES)), st.sampled_from(HAPPENINGS), st.integers(0, 11)
    ),
    min_size=8,
    max_size=12,
)
AFTERWARDS = [(13, "", nothing, 0), (24 * 11, "", nothing, 0)]
ONE_MAILBOX = [(1, "amara", proposed, 0), (30, "noor", proposed, 0), (1, "noor", asked_again, 0)]
TWO_MAILBOXES = [
    (1, "amara-2", proposed, 0),
    (1, "amara-2", asked_again, 0),
    (24, "amara", merged, 0),
    (1, "amara", proposed, 0),
    (1, "amara", asked_again, 0),
    (24 * 40, "noor", proposed, 0),
    (1, "amara", merged, 2),
    (1, "noor-2", proposed, 0),
    (1, "amara-2", proposed, 0),
]
THE_FIRST, THE_SECOND = (
    [(1, "noor-2", described, n), (1, "noor-2", proposed, 0), (20, "amara", merged, 0), (3, "amara", proposed, 0)]
    for n in (0, 2)  # of Amara's mailboxes is where Noor reads, too
)
PARTED = [
    (1, "noor", asked_again, 0),
    (1, "amara", merged, 0),
    (1, "amara-2", proposed, 0),
    (24, "amara", described, 7),
    (1, "amara", merged, 3),
    (1, "amara-2", proposed, 0),
    (1, "amara", proposed, 0),
    (13, "noor", asked_again, 0),
]


async def empty(owner_url: str) -> None:
    """Nothing has been heard, and the clock may start anew: examples follow one another in one database."""
    owner = await asyncpg.connect(owner_url)
    tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = ", ".join(row[0] for row in tables if row[0] not in ("schema_migrations", "log_position"))
    await owner.execute(f"TRUNCATE {names}")
    await owner.close()


async def let_pass(stage: Halden, now: datetime) -> None:
    """Time passes, and nobody looks yet."""
    async with stage.database.transaction(EVERYONE) as conn:
        await stage.time.move(conn, now)


async def play(stage: Halden, schedule: list[tuple[int, str, Happening, int]]) -> list[Sent]:
    """Whatever leaves while all of it happens, and in the weeks after."""
    now, told, left = START, Told(), list[Sent]()
    await let_pass(stage, now)
    beginning = [halden(), ines()]
    for minute, (who, n) in enumerate(PROFILES.items()):
        beginning += described(told, now - timedelta(minutes=minute), who, n)
        beginning += [consent(who, now - timedelta(days=183), purpose=purpose) for purpose in Purpose]
    await stage.deliver(*beginning)
    for hours, who, what, n in [*schedule, *AFTERWARDS]:
        now += timedelta(hours=hours)
        await let_pass(stage, now)
        await stage.deliver(*what(told, now, who, n))
        left += await look(stage, told, now)
    return left


async def look(stage: Halden, told: Told, now: datetime) -> list[Sent]:
    """What leaves now: one claim after the other, as the next counts what the one before let go."""
    left = list[Sent]()
    while await stage.post.sending.send_some() + await stage.clock.run_due() + await stage.drain.exhaust():
        rows = await stage.fetch(
            "SELECT letter, stream, recipient, address FROM letters WHERE sent_at = $1 AND letter <> ALL($2)",
            now,
            [sent.letter for sent in left],
        )
        left += [told.sent(now, *row.values()) for row in rows]
    return left


def breaks_a_cap(sent: list[Sent], number: int) -> bool:
    """Whatever reached one of the reader's mailboxes, or them under any id, counts."""
    one = sent[number]
    before = [
        s.at.astimezone(one.zone).date()
        for s in sent[:number]
        if s.stream is one.stream and (s.mailbox in one.mailboxes or s.recipient in one.ids)
    ]
    return any(sum((one.day - day).days < cap.days for day in before) >= cap.times for cap in CAPS[one.stream])


def is_quiet(sent: Sent) -> bool:
    local = sent.at.astimezone(sent.zone)
    return not 8 <= local.hour < 20 or local.weekday() >= 5


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schedule=SCHEDULES)
@example(schedule=ONE_MAILBOX)
@example(schedule=THE_FIRST)
@example(schedule=THE_SECOND)
@example(schedule=TWO_MAILBOXES)
@example(schedule=PARTED)
async def test_no_merge_and_no_shared_mailbox_breaks_a_cap_or_a_quiet_hour(halden_stage, addresses, schedule):
    await empty(addresses.owner_url)

    sent = await play(halden_stage, schedule)

    assert not any(breaks_a_cap(sent, number) for number in range(len(sent)))
    assert [s for s in sent if is_quiet(s)] == []


async def test_in_these_schedules_letters_of_both_streams_leave_and_wait(halden_stage):
    """Else the property above would speak of nothing."""
    sent = await play(halden_stage, PARTED)

    waited = await halden_stage.fetch("SELECT DISTINCT stream FROM letters WHERE held_reason = 'cap'")
    assert {s.stream for s in sent} == {row["stream"] for row in waited} == {Stream.INVITATION, Stream.NURTURE}
    assert any(len(s.ids) > 1 and len(s.mailboxes) > 1 for s in sent)
