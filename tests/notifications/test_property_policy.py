"""Rules 4 and 8 against any schedule of facts: no cap and no quiet hour is ever broken, and silence is kept."""

from copy import deepcopy
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from services.notifications.domain.policy import CAPS, PREPARATION_BEFORE, TO_COLLEAGUES, LetterKind
from shared.contracts import OutreachMode, Purpose, Stream
from tests.notifications.happenings import (
    HAPPENINGS,
    all_decided,
    campaigned,
    decided,
    forgotten,
    gave_up,
    joined,
    let_down,
    matched,
    mentored,
    merged,
    published,
    referred,
    scheduled,
    withdrew,
)
from tests.notifications.world import NAMES, About, Sent, World

SCHEDULES = st.lists(
    st.tuples(st.integers(1, 900), st.sampled_from(NAMES), st.sampled_from(HAPPENINGS), st.integers(0, 60)),
    max_size=40,
)
TWO_WEEKS = 24 * 15
EIGHT_MATCHES = [(TWO_WEEKS, "ana", matched, 0)] * 8
TWO_MAILBOXES = [(1, "cleo", matched, 0), (30, "cleo-2", matched, 1), (1, "cleo", merged, 0), (24, "cleo", matched, 0)]
RICH = [
    (1, "ana", scheduled, 16),
    (48, "ana", scheduled, 25),  # to another day
    (24 * 4, "ana", scheduled, 5),  # to another hour of it, while they prepare
    (24 * 5, "ana", decided, 1),
    (24, "ben", decided, 5),
    (2, "ben", let_down, 5),
    (24, "cleo-2", decided, 2),
    (24 * 2, "cleo-2", withdrew, list(Purpose).index(Purpose.SURVEY)),
    (24 * 2, "cleo", scheduled, 4),
    (1, "ben", scheduled, 16),
    (48, "ben", gave_up, 0),
    (24 * 38, "cleo", merged, 0),
    (24 * 20, "ben", all_decided, 0),
    (24 * 60, "cleo", matched, 0),
    (24 * 40, "ana", joined, 3),
    (24 * 200, "ana", joined, 10),
    (24 * 45, "ben", campaigned, 0),
    (24, "ana", referred, 0),
    *[(24 * 20, "ana", mentored, 0)] * 5,
    (24, "ana", published, 0),
    (24, "cleo", forgotten, 0),
]
COLLEAGUES_ZONE = ZoneInfo("Europe/Berlin")


def play(schedule, mode: OutreachMode = OutreachMode.LIVE, *, shared: bool = True) -> World:
    world = World(mode, shared=shared)
    for hours, name, what, n in schedule:
        world.pass_hours(hours)
        world.happen(name, what, n)
    world.pass_hours(24 * 40)
    return world


def day_of(sent: Sent, zone: ZoneInfo) -> date:
    return sent.at.astimezone(zone).date()


def breaks_a_cap(world: World, number: int) -> bool:
    """Whatever reached one of the reader's mailboxes, or them under any id, counts."""
    one = world.sent[number]
    zone = ZoneInfo(one.record.zone(one.letter.job))
    before = [
        day_of(s, zone)
        for s in world.sent[:number]
        if s.letter.stream is one.letter.stream
        and (s.mailbox in one.record.addresses or s.letter.recipient in one.record.ids)
    ]
    today = day_of(one, zone)
    return any(sum((today - day).days < cap.days for day in before) >= cap.times for cap in CAPS[one.letter.stream])


def is_quiet(sent: Sent) -> bool:
    """At night or on a weekend, where the reader lives."""
    is_colleague = sent.letter.kind in TO_COLLEAGUES
    zone = COLLEAGUES_ZONE if is_colleague else ZoneInfo(sent.record.zone(sent.letter.job))
    local = sent.at.astimezone(zone)
    return not 8 <= local.hour < 20 or local.weekday() >= 5


def may_be_quiet(sent: Sent) -> bool:
    """The two exceptions of rule 4: data rights, and a preparation within a day of the interview."""
    if sent.letter.kind is LetterKind.PREPARATION:
        return sent.letter.stale_at - PREPARATION_BEFORE <= sent.at < sent.letter.stale_at
    return sent.letter.kind is LetterKind.DATA_RIGHTS


@settings(max_examples=60)
@given(schedule=SCHEDULES)
@example(schedule=EIGHT_MATCHES)
@example(schedule=TWO_MAILBOXES)
def test_no_schedule_of_facts_breaks_a_cap_or_a_quiet_hour_or_sends_twice(schedule):
    world = play(schedule)

    assert not any(breaks_a_cap(world, number) for number in range(len(world.sent)))
    assert [s.letter.kind for s in world.sent if is_quiet(s) and not may_be_quiet(s)] == []
    assert len({s.letter.letter for s in world.sent}) == len(world.sent)


@settings(max_examples=60)
@given(schedule=SCHEDULES)
def test_who_asked_for_silence_has_it(schedule):
    for letter, at, record, mailbox in play(schedule).sent:
        if letter.kind in TO_COLLEAGUES:
            continue
        assert not record.is_restricted or letter.kind is LetterKind.DATA_RIGHTS
        assert mailbox not in {b.address for b in record.bounces.values()}
        if letter.stream is Stream.DUTY:
            continue
        newest = max((c.given_at for c in record.consents.values()), default=None)

        assert not record.standing(letter.job).is_hired
        assert [a for a in record.applications if a.is_open] == []
        assert record.not_now_until is None or record.not_now_until <= at
        assert record.away_until is None or record.away_until <= at
        assert record.unsubscribed_at is None or (newest and newest > record.unsubscribed_at)
        assert letter.kind is not LetterKind.JOB_INVITATION or Purpose.TALENT_POOL in record.consents
        assert letter.kind is not LetterKind.SURVEY or Purpose.SURVEY in record.consents
        assert letter.stream is Stream.INVITATION or {a.response for a in record.replies} <= set(record.closed)


def test_six_invitations_in_a_year_are_enough():
    matches = [(TWO_WEEKS, "ana", matched, 0)] * 25

    sent = [s.at for s in play(matches).sent if s.letter.kind is LetterKind.JOB_INVITATION]

    assert len([at for at in sent if at - sent[0] < timedelta(days=364)]) == 6
    assert len(sent) > 6


def test_the_world_makes_every_kind_of_letter():
    """Else the properties above would speak of nothing. Nobody of this world asks for anything on a page."""
    made = {about[0] for about in play(RICH, shared=False).left}

    assert set(LetterKind) - made == {LetterKind.PAGE_LINK, LetterKind.ANSWER}


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(schedule=SCHEDULES)
@example(schedule=RICH)
@example(schedule=[(24, "cleo-2", campaigned, 0), (24, "cleo", merged, 0)])
def test_shadow_silences_what_live_sends_and_sends_nothing(schedule):
    """Whoever shares a mailbox shares a cap in live alone: shadow reaches no mailbox. So here nobody does.

    A reminder of the very moment in which the answer leaves goes out live, and is too late in shadow.
    """
    shadow, live = play(schedule, OutreachMode.SHADOW, shared=False), play(schedule, shared=False)

    assert shadow.sent == []
    assert {x for x in _people(shadow.silenced) ^ _people(live.left) if x[0] != LetterKind.REMINDER} == set()


def _people(letters: set[About]) -> set[About]:
    """Whose they are, however they are called: what was silenced before a merge is the person's one letter after it."""
    return {(kind, about, "cleo" if whose == "cleo-2" else whose, step) for kind, about, whose, step in letters}


def test_shadow_and_live_are_compared_by_all_kinds_and_by_steps():
    left = play(RICH, shared=False).left

    assert play(RICH, OutreachMode.SHADOW, shared=False).silenced == left
    assert {step for kind, _, _, step in left if kind == LetterKind.POOL_INVITATION} == {2}
    assert max(step for kind, _, _, step in left if kind == LetterKind.PREPARATION) > 1
    assert max(step for kind, _, _, step in left if kind == LetterKind.HOLDING_NOTE) > 1
    assert max(step for kind, _, _, step in left if kind == LetterKind.RECONFIRMATION) > 1


def test_whoever_goes_live_sends_nothing_whose_hour_was_in_the_shadow():
    """Each at another moment: what left is none of what was silenced before, and speaks of nothing that never left."""
    shadow = World(OutreachMode.SHADOW)
    for hours, name, what, n in RICH[:12]:
        shadow.pass_hours(hours)
        shadow.happen(name, what, n)
    for days in (1, *[17] * 6):
        shadow.pass_hours(24 * days)
        world = deepcopy(shadow)
        world.go_live()
        world.pass_hours(24 * 60)

        assert world.left & world.silenced == set()
        told = {a for kind, a, _, _ in world.left if kind == LetterKind.DECISION}
        assert {a for kind, a, _, _ in world.left if kind == LetterKind.SURVEY} <= told
