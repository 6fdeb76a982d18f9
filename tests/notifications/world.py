"""A world of four ids without a database: facts happen to them, the clock looks, letters leave or fall silent."""

from datetime import datetime, timedelta
from typing import NamedTuple

from services.notifications.domain import planning, policy
from services.notifications.domain.interviews import Colleague
from services.notifications.domain.letters import DerivedLetter, State
from services.notifications.domain.organizations import OrganizationSettings
from services.notifications.domain.policy import TO_COLLEAGUES, Contact
from services.notifications.domain.preparation import next_start
from services.notifications.domain.records import ContactProfile, RecipientRecord, StandingConsent, StoredLetter
from shared.contracts import OutreachMode, Purpose
from tests.notifications.happenings import START, ZONES, Happening, merged

NAMES = ("ana", "ben", "cleo", "cleo-2")
READS_AT = {"ana": "both@mail.example", "ben": "both@mail.example"}  # two people, one mailbox
LOOK_EVERY = 11  # hours: at every hour of the day sooner or later

About = tuple[str, str, str, int]


class Sent(NamedTuple):
    """One letter that left: when, what was known then, and where to."""

    letter: DerivedLetter
    at: datetime
    record: RecipientRecord
    mailbox: str


class World:
    """Four ids, and everything that was sent to them."""

    def __init__(self, mode: OutreachMode = OutreachMode.LIVE, *, shared: bool = True) -> None:
        halden = OrganizationSettings("halden", "Halden", timezone="Europe/Berlin", country="DE", mode=mode)
        self.now = START
        self.records = {name: _somebody(halden, name, READS_AT if shared else {}) for name in NAMES}
        self.sent: list[Sent] = []
        self.silenced: set[About] = set()

    @property
    def left(self) -> set[About]:
        """What left the house."""
        return {about(s.letter) for s in self.sent}

    def happen(self, name: str, what: Happening, n: int) -> None:
        """A fact about somebody, under the id they go by now."""
        name = name if name in self.records else "cleo"
        if what is merged:
            self._merge()
        else:
            self.records[name] = what(self.records[name], self.now, n)

    def go_live(self) -> None:
        """From now on letters leave."""
        for name, record in self.records.items():
            live = record.organization._replace(mode=OutreachMode.LIVE, since=self.now)
            self.records[name] = record._replace(organization=live)

    def _merge(self) -> None:
        """Cleo is one person under two ids, with two mailboxes."""
        if other := self.records.pop("cleo-2", None):
            self.records["cleo"] = _together(self.records["cleo"], other)

    def pass_hours(self, hours: int) -> None:
        """Time passes; now and then somebody looks what may leave."""
        end = self.now + timedelta(hours=hours)
        while self.now < end:
            self.now = min(self.now + timedelta(hours=LOOK_EVERY), end)
            for name in list(self.records):
                self.look(name)

    def look(self, name: str) -> None:
        """What the clock and the post do."""
        for letter in planning.plan([self.records[name]], self.now):
            record, kept = self.records[name], _kept(letter, letter.state)
            if letter.state is State.READY:
                refused = self._refused(letter, record)
                if refused:
                    kept = kept._replace(held_reason=refused.reason, held_until=refused.until)
                else:
                    kept = kept._replace(state=State.SENT, sent_at=self.now)
                    record = self._send(letter, record)
            elif letter.silenced_at:
                self.silenced.add(about(letter))
            others = [k for k in record.kept if (k.kind, k.about, k.step) != (kept.kind, kept.about, kept.step)]
            self.records[name] = record._replace(kept=[*others, kept])

    def _refused(self, letter: DerivedLetter, record: RecipientRecord) -> policy.LetterRefusal | None:
        if letter.kind in TO_COLLEAGUES:
            return None
        ledger = [
            Contact(s.letter.stream, s.at)
            for s in self.sent
            if s.mailbox in record.addresses or s.letter.recipient in record.ids
        ]
        starts = next_start(record, letter.about, self.now)
        return policy.decide(letter.kind, record.standing(letter.job), ledger, self.now, interview_at=starts)

    def _send(self, letter: DerivedLetter, record: RecipientRecord) -> RecipientRecord:
        mailbox = "colleague" if letter.kind in TO_COLLEAGUES else record.profile.email
        self.sent.append(Sent(letter, self.now, record, mailbox))
        return record._replace(sent={**record.sent, letter.letter: self.now})


def about(letter: DerivedLetter) -> About:
    """What makes it this letter and no other."""
    return letter.kind, letter.about, letter.recipient, letter.step


def _somebody(halden: OrganizationSettings, name: str, reads_at: dict[str, str]) -> RecipientRecord:
    email = reads_at.get(name, f"{name}@mail.example")
    profile = ContactProfile(START, "Somebody", email=email, timezone=ZONES[0])
    consents = {p: StandingConsent(START) for p in Purpose}
    colleagues = {"ada": Colleague("ada")}
    return RecipientRecord(halden, name, (name,), profile, addresses={email}, consents=consents, colleagues=colleagues)


def _together(one: RecipientRecord, other: RecipientRecord) -> RecipientRecord:
    """Both under the first one's id."""
    both = {
        name: [*getattr(one, name), *getattr(other, name)]
        for name in (
            "ids",
            "applications",
            "memberships",
            "proposals",
            "slots",
            "kept",
            "replies",
            "campaigns",
            "mentorships",
            "referrals",
            "news",
        )
    }
    maps = {
        name: {**getattr(other, name), **getattr(one, name)} for name in ("openings", "sent", "bounces", "released")
    }
    consents = {p: c for p, c in one.consents.items() if p in other.consents}
    silences = {
        name: max((at for at in (getattr(one, name), getattr(other, name)) if at), default=None)
        for name in ("unsubscribed_at", "not_now_until", "away_until")
    }
    return one._replace(
        **both,
        **maps,
        **silences,
        consents=consents,
        addresses={*one.addresses, *other.addresses},
        closed={**one.closed, **other.closed},
        is_restricted=one.is_restricted or other.is_restricted,
        erasure=one.erasure or other.erasure,
    )


def _kept(letter: DerivedLetter, state: State) -> StoredLetter:
    return StoredLetter(
        *about(letter), state, letter.reason, letter.cause_at, asked_pool=letter.asks_pool,
        sent_at=letter.sent_at, silenced_at=letter.silenced_at, told=letter.told,
    )  # fmt: skip
