"""What an interview of a file says: its job, its candidate, its application, and how it went."""

import json
import uuid
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError

from cli.backfill.mapping import FileMapping, Section, names_in
from cli.backfill.rows import InterviewRow, UnreadableRow
from shared.contracts import (
    ApplicationSubmitted,
    CandidateRegistered,
    Event,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    fact_of,
    key_of,
)

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://talentloop.dev/backfill")

# Outcomes go before schedules: so nobody sees an old interview without one and assumes how it went. And closings before
# people: so nobody is looked at for a job that is long over.
_SAID = (
    JobOpened,
    JobClosed,
    CandidateRegistered,
    ApplicationSubmitted,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
)
ORDER = tuple(event.topic for event in _SAID)
_TOPICS = {event.__name__: event.topic for event in _SAID}


class DatedFact(NamedTuple):
    """A fact and the instant it is said for. Facts sort by that instant, then by what was mapped."""

    time: datetime
    mapped: str
    body: bytes
    topic: str
    fact: str
    key: str

    def id(self, organization: str) -> str:
        """The same mapped content has the same event id, in every run and on every machine."""
        content = [organization, self.topic, self.key, self.time.timestamp(), self.mapped]
        return str(uuid.uuid5(NAMESPACE, json.dumps(content)))


def facts_of(interview: InterviewRow, mapping: FileMapping, organization: str) -> list[DatedFact]:
    """The six facts of one row, all said for the instant it began. Raises UnreadableRow, naming the field."""
    try:
        events = _events(interview, mapping)
    except ValidationError as error:
        raise UnreadableRow(_reason(error)) from error
    return [_dated(event, interview.starts_at, organization) for event in events]


def _dated(event: Event, time: datetime, organization: str) -> DatedFact:
    mapped = event.model_dump_json(exclude_unset=True)
    fact, key = fact_of(organization, event), key_of(organization, event)
    return DatedFact(time, mapped, event.as_published(), event.topic, fact, key)


def _events(interview: InterviewRow, mapping: FileMapping) -> list[Event]:
    about = {"candidate": interview.candidate, "application": interview.application, "job": interview.job}
    return [
        JobOpened(
            job=interview.job, opened_at=interview.starts_at, **_texts(mapping.job, interview, required=("title",))
        ),
        JobClosed(job=interview.job, closed_at=interview.ends_at),
        CandidateRegistered(candidate=interview.candidate, **_texts(mapping.candidate, interview, required=("name",))),
        ApplicationSubmitted(submitted_at=interview.starts_at, **about),
        InterviewScheduled(
            interview=interview.interview,
            starts_at=interview.starts_at,
            ends_at=interview.ends_at,
            timezone=mapping.when.timezone,
            **about,
            **_texts(mapping.interview, interview),
        ),
        _outcome(interview, about),
    ]


def _outcome(interview: InterviewRow, about: dict[str, str]) -> Event:
    if interview.attended:
        return InterviewCompleted(
            interview=interview.interview, starts_at=interview.starts_at, completed_at=interview.ends_at, **about
        )
    return InterviewMissed(
        interview=interview.interview,
        candidate=interview.candidate,
        application=interview.application,
        starts_at=interview.starts_at,
        missed_at=interview.starts_at,
        by="candidate",
    )


def _texts(section: Section, interview: InterviewRow, required: tuple[str, ...] = ()) -> dict[str, str]:
    """The section's templates filled in; one whose columns are empty says nothing."""
    texts = {}
    for key, template in section.model_dump(exclude_none=True).items():
        empty = [name for name in names_in(template) if not interview.values[name]]
        if empty and key in required:
            raise UnreadableRow(f"{key}: {empty[0]} is empty")
        if not empty:
            texts[key] = template.format_map(interview.values)
    return texts


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"]))
    says = "characters or a form that are not allowed"
    message = says if first["type"] == "string_pattern_mismatch" else first["msg"].removeprefix("Value error, ")
    return f"{_TOPICS[error.title]}: {field}: {message}"
