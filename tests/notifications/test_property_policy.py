"""Rules 4 and 8 against any schedule of facts: no cap and no quiet hour is ever broken, and silence is kept."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain import letters, policy
from services.notifications.domain.campaign import Campaign
from services.notifications.domain.letter import Letter, State
from services.notifications.domain.policy import CAPS, Contact, Kind
from services.notifications.domain.record import (
    Answer,
    Application,
    Bounced,
    Completed,
    Consent,
    Decision,
    Item,
    Kept,
    Membership,
    Organization,
    Profile,
    Proposal,
    Record,
    Release,
)
from shared.contracts import Cause, Outcome, OutreachMode, Purpose, Stream

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Australia/Lord_Howe")
PEOPLE = ("ana", "ben")  # who read at one address


class Sent(NamedTuple):
    """One letter that left: to whom, when, and what was known then."""

    letter: Letter
    at: datetime
    record: Record


class World:
    """Two people who share a mailbox, and everything that was sent to them."""

    def __init__(self, mode: OutreachMode = OutreachMode.LIVE) -> None:
        halden = Organization("halden", "Halden", timezone="Europe/Berlin", country="DE", mode=mode)
        profile = Profile(START, "Somebody", email="both@mail.example", timezone=ZONES[0])
        self.now = START
        self.records = {
            name: Record(halden, name, (name,), profile, consents={p: Consent(START) for p in Purpose})
            for name in PEOPLE
        }
        self.sent: list[Sent] = []
        self.seen: set[tuple[str, str, str, int]] = set()
        self.silenced: set[str] = set()

    def pass_hours(self, hours: int) -> None:
        """Time passes; every seven hours somebody looks what may leave."""
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.now = min(self.now + timedelta(hours=7), end)
            for name in PEOPLE:
                self.look(name)

    def look(self, name: str) -> None:
        """What the clock and the post do."""
        for letter in letters.plan([self.records[name]], self.now):
            self.seen.add((letter.kind, letter.about, letter.recipient, letter.step))
            record = self.records[name]
            if letter.state is State.READY:
                ledger = [Contact(s.letter.stream, s.at) for s in self.sent]
                starts = record.starts.get(letter.about)
                refused = policy.decide(letter.kind, record.standing(letter.job), ledger, self.now, interview_at=starts)
                held = {"held_reason": refused.reason, "held_until": refused.until} if refused else {}
                kept = _kept(letter, State.READY if refused else State.SENT)._replace(**held)
                if not refused:
                    self.sent.append(Sent(letter, self.now, record))
                    record = record._replace(sent={**record.sent, letter.letter: self.now})
            else:
                kept = _kept(letter, letter.state)
                self.silenced |= {letter.letter} if letter.reason == OutreachMode.SHADOW else set()
            others = [k for k in record.kept if (k.kind, k.about, k.step) != (kept.kind, kept.about, kept.step)]
            self.records[name] = record._replace(kept=[*others, kept])


def _kept(letter: Letter, state: State) -> Kept:
    return Kept(
        letter.kind, letter.about, letter.recipient, letter.step, state, letter.reason, letter.cause_at,
        asked_pool=letter.asks_pool,
    )  # fmt: skip


def matched(r: Record, now: datetime, _: int) -> Record:
    n = len(r.proposals)
    return r._replace(proposals=[*r.proposals, Proposal(f"m-{r.candidate}-{n}", r.candidate, f"job-{n}", now)])


def decided(r: Record, now: datetime, n: int) -> Record:
    """One in five is not decided yet."""
    application = f"{r.candidate}-{len(r.applications)}"
    done = Completed(f"i-{application}", now, Cause("interview-completed", f"i-{application}"))
    decision = Decision(now, (Outcome.NOT_SELECTED, Outcome.OFFER_DECLINED)[n % 2]) if n % 5 else None
    membership = Membership(f"m{application}", r.candidate, application, application, True)
    return r._replace(
        applications=[*r.applications, Application(application, r.candidate, None, now, decision, [done])],
        memberships=[*r.memberships, membership],
    )


def all_decided(r: Record, now: datetime, _: int) -> Record:
    closed = [a._replace(decision=a.decision or Decision(now, Outcome.NOT_SELECTED)) for a in r.applications]
    return r._replace(applications=closed)


def consented(r: Record, now: datetime, n: int) -> Record:
    return r._replace(consents={**r.consents, list(Purpose)[n % len(Purpose)]: Consent(now)})


def withdrew(r: Record, _: datetime, n: int) -> Record:
    gone = list(Purpose)[n % len(Purpose)]
    return r._replace(consents={p: c for p, c in r.consents.items() if p is not gone})


def campaigned(r: Record, now: datetime, _: int) -> Record:
    """About what a letter of theirs suggested on the first day."""
    point = Item("sql", "It was slow.", "Read a plan.", "f", "ada", "en")
    return r._replace(
        released={"x": Release("x", START, (), (point,))},
        sent={**r.sent, "x": START},
        campaigns=[*r.campaigns, Campaign(f"campaign-{len(r.campaigns)}", "sql", now)],
    )


def replied(r: Record, now: datetime, _: int) -> Record:
    return r._replace(replies=[*r.replies, Answer(f"r{len(r.replies)}", now)])


def moved(r: Record, _: datetime, n: int) -> Record:
    return r._replace(profile=r.profile._replace(timezone=ZONES[n % len(ZONES)]))


def bounced(r: Record, now: datetime, _: int) -> Record:
    """The newest letter came back."""
    return r._replace(bounces={**r.bounces, f"b{len(r.bounces)}": Bounced(now, r.profile.email)})


HAPPENINGS = (
    matched, matched, matched, decided, decided, all_decided, consented, withdrew, replied, moved, campaigned,
    lambda r, now, _: r._replace(unsubscribed_at=now),
    lambda r, now, n: r._replace(not_now_until=now + timedelta(days=n)),
    lambda r, now, n: r._replace(away_until=now + timedelta(days=n)),
    lambda r, _, __: r._replace(closed_replies=frozenset(a.response for a in r.replies)),
    bounced,
    lambda r, now, _: r._replace(profile=r.profile._replace(since=now)),  # a nightly sync
    lambda r, now, n: r._replace(profile=r.profile._replace(since=now, email=f"new{n}@mail.example")),
)  # fmt: skip
SCHEDULES = st.lists(
    st.tuples(st.integers(1, 900), st.sampled_from(PEOPLE), st.sampled_from(HAPPENINGS), st.integers(0, 60)),
    max_size=40,
)


def play(schedule, mode: OutreachMode = OutreachMode.LIVE) -> World:
    world = World(mode)
    for hours, name, what, n in schedule:
        world.pass_hours(hours)
        world.records[name] = what(world.records[name], world.now, n)
    world.pass_hours(24 * 40)
    return world


@settings(max_examples=40, deadline=None)
@given(schedule=SCHEDULES)
def test_no_schedule_of_facts_breaks_a_cap(schedule):
    world = play(schedule)

    for i, (letter, at, record) in enumerate(world.sent):
        zone = ZoneInfo(record.zone(letter.job))
        today = at.astimezone(zone).date()
        before = [s.at.astimezone(zone).date() for s in world.sent[:i] if s.letter.stream is letter.stream]
        for cap in CAPS[letter.stream]:
            assert sum((today - day).days < cap.days for day in before) < cap.times


@settings(max_examples=40, deadline=None)
@given(schedule=SCHEDULES)
def test_no_schedule_of_facts_breaks_a_quiet_hour(schedule):
    for letter, at, record in play(schedule).sent:
        local = at.astimezone(ZoneInfo(record.zone(letter.job)))

        assert 8 <= local.hour < 20
        assert local.weekday() < 5


@settings(max_examples=40, deadline=None)
@given(schedule=SCHEDULES)
def test_who_asked_for_silence_has_it(schedule):
    for letter, at, record in play(schedule).sent:
        if letter.stream is Stream.DUTY:
            continue
        newest = max((c.given_at for c in record.consents.values()), default=None)
        undecided = [a for a in record.applications if a.submitted_at and not a.decision]

        assert undecided == []
        assert record.not_now_until is None or record.not_now_until <= at
        assert record.away_until is None or record.away_until <= at
        assert record.unsubscribed_at is None or (newest and newest > record.unsubscribed_at)
        assert letter.kind is not Kind.JOB_INVITATION or Purpose.TALENT_POOL in record.consents
        assert letter.stream is Stream.INVITATION or {a.response for a in record.replies} <= set(record.closed_replies)


@settings(max_examples=40, deadline=None)
@given(schedule=SCHEDULES)
def test_nothing_is_sent_twice_and_nobody_at_an_address_that_bounced(schedule):
    world = play(schedule)

    assert len({s.letter.letter for s in world.sent}) == len(world.sent)
    assert all(s.record.profile.email not in {b.address for b in s.record.bounces.values()} for s in world.sent)


@settings(max_examples=30, deadline=None)
@given(schedule=SCHEDULES)
def test_shadow_asks_for_the_same_letters_as_live_and_sends_nothing(schedule):
    shadow, live = play(schedule, OutreachMode.SHADOW), play(schedule)

    assert shadow.sent == []
    assert shadow.seen == {x for x in live.seen if x[3] == 1}  # step 2 reminds of what was sent
    assert {s.letter.letter for s in live.sent if s.letter.step == 1} <= shadow.silenced
