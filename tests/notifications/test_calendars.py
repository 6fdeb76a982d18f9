"""Whatever happens to interviews, once the letters have left, their reader's calendar holds what will take place."""

import json
from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain.apologies import apologies
from services.notifications.domain.cancellations import cancellations
from services.notifications.domain.letters import DerivedLetter, State
from services.notifications.domain.organizations import Opening, OrganizationSettings
from services.notifications.domain.preparation import preparations
from services.notifications.domain.records import RecipientRecord, StoredLetter
from services.notifications.letters.invitations import invitations
from services.notifications.sql.applications import applications
from services.notifications.sql.interviews import held_slots
from services.notifications.sql.person_facts import Facts, PersonFact
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    Event,
    InterviewCancelled,
    InterviewScheduled,
    body_json,
)
from tests.notifications.facts import at

MORNING, SLOT = at("2026-11-11 08:00"), at("2026-11-12 12:00")
ABOUT = {"application": "noor-1", "candidate": "noor"}


class Story:
    """Noor's interviews, what is told of them, and her calendar: interview -> (sequence, start)."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], PersonFact] = {}
        self.slots: dict[str, datetime] = {}
        self.kept: list[StoredLetter] = []
        self.sent: dict[str, datetime] = {}
        self.calendar: dict[str, tuple[int, datetime]] = {}
        self.sequences: dict[str, int] = {}
        self.now = MORNING
        self.say(ApplicationSubmitted.model_validate({**ABOUT, "submitted_at": at("2026-11-01 08:00")}))

    def say(self, event: Event) -> None:
        body = json.loads(body_json(event))
        self.facts[event.topic, event.fact_id] = PersonFact(
            event.topic, event.fact_id, "noor", None, self.now, False, None, body
        )

    def act(self, what: str, interview: str, hours: int) -> None:
        self.now += timedelta(minutes=10)
        slot = {**ABOUT, "interview": interview, "starts_at": self.slots.get(interview, SLOT)}
        match what:
            case "set":
                starts_at = self.slots[interview] = SLOT + timedelta(hours=hours)
                times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
                self.say(InterviewScheduled.model_validate(slot | times))
            case "candidate" | "organization":
                self.say(InterviewCancelled.model_validate(slot | {"cancelled_at": self.now, "by": what}))
            case "reverse":
                self.say(ApplicationDecisionReversed.model_validate({**ABOUT, "reversed_at": self.now}))
            case outcome:
                self.say(ApplicationDecided.model_validate({**ABOUT, "outcome": outcome, "decided_at": self.now}))
        self.now += timedelta(minutes=10)
        while self.letters_leave():
            self.now += timedelta(seconds=1)

    def record(self) -> RecipientRecord:
        facts: Facts = defaultdict(list)
        for (topic, _), fact in self.facts.items():
            facts[topic].append(fact)
        return RecipientRecord(
            OrganizationSettings("acme", "Acme"), "noor", ["noor"], applications=applications(facts),
            slots=held_slots(facts), kept=self.kept, sent=self.sent,
        )  # fmt: skip

    def letters_leave(self) -> bool:
        record = self.record()
        asked = [*apologies(record), *cancellations(record), *preparations(record, self.now)]
        ready = [x for x in asked if x.letter not in self.sent and x.state is State.PLANNED]
        leaving = [x for x in ready if x.send_at <= self.now < x.stale_at]
        for letter in leaving:
            self.leave(letter)
        return bool(leaving)

    def leave(self, letter: DerivedLetter) -> None:
        for entry in invitations(letter, self.record(), Opening("")):  # type: ignore[arg-type] # kind and about
            assert entry.sequence > self.sequences.get(entry.interview, -1)
            self.sequences[entry.interview] = entry.sequence
            self.calendar.pop(entry.interview, None)
            if entry.ends_at:
                self.calendar[entry.interview] = (entry.sequence, entry.starts_at)
        self.sent[letter.letter] = self.now
        self.kept.append(
            StoredLetter(
                letter.kind, letter.about, letter.recipient, letter.step, state="sent", reason=None,
                cause_at=letter.cause_at, sent_at=self.now, told=letter.told,
            )
        )  # fmt: skip


ACTS = st.tuples(
    st.sampled_from(["set", "set", "candidate", "organization", "withdrawn", "not_selected", "reverse"]),
    st.sampled_from(["i1", "i2"]),
    st.sampled_from([0, 2, 24]),
)


@given(st.lists(ACTS, max_size=9))
@settings(max_examples=50)
def test_a_calendar_holds_what_will_take_place_and_every_change_counts_on(acts):
    story = Story()

    for act in acts:
        story.act(*act)

        record = story.record()
        standing = {slot.interview: slot.starts_at for slot in record.slots}
        held = {interview: start for interview, (_, start) in story.calendar.items()}
        [application] = record.applications
        if application.standing is None:
            assert held == standing
        elif application.standing.outcome == "withdrawn":
            assert held == {}
        else:
            assert held.keys() <= standing.keys()
