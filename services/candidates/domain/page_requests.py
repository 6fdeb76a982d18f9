"""What somebody asked a person for, as their page shows it: their words, the answer, or until when there is one."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from shared.business_days import Calendar
from shared.contracts import CandidateResponded, RequestAnswered, ResponseKind, reading

REQUESTS = frozenset((ResponseKind.FEEDBACK_REQUESTED, ResponseKind.REVIEW_REQUESTED, ResponseKind.DISPUTED))
ANSWERED_WITHIN = 10  # business days


class PageRequest(NamedTuple):
    """What they asked a person for, and what came of it. `wrote_at`: when they wrote by mail in this matter.

    `answer_by`: until when a person answers; `ended_at` without `paragraphs`: it was settled without a letter.
    """

    kind: ResponseKind
    asked_at: datetime
    words: str | None
    answer_by: datetime
    ended_at: datetime | None = None
    paragraphs: tuple[str, ...] = ()
    language: str | None = None
    wrote_at: tuple[datetime, ...] = ()
    is_late: bool = False

    @property
    def is_settled_otherwise(self) -> bool:
        """It ended without a letter: they may ask for it again."""
        return self.ended_at is not None and not self.paragraphs


def requests_about(told: PageFacts, letters: Collection[str], days: Calendar, now: datetime) -> list[PageRequest]:
    """What they asked for of the answer to one application, in the order in which they did."""
    asked = [r for r in told.all(CandidateResponded) if r.kind in REQUESTS and r.letter in letters]
    return [_request(told, r, days, now) for r in sorted(asked, key=lambda r: (r.responded_at, r.response))]


def _request(told: PageFacts, asked: CandidateResponded, days: Calendar, now: datetime) -> PageRequest:
    said = told.find(RequestAnswered, asked.response)
    reopened_at = said.reopened_at if said else None
    since = max(asked.responded_at, reopened_at or asked.responded_at)
    ended = said if said and reading.is_ended(said.answered_at, asked.responded_at, reopened_at) else None
    answer_by = days.add(since, ANSWERED_WITHIN)
    paragraphs = re.split(r"\n\s*\n", ended.text) if ended and ended.text else ()
    return PageRequest(
        asked.kind,
        asked.responded_at,
        asked.text,
        answer_by,
        ended.answered_at if ended else None,
        tuple(p.strip() for p in paragraphs if p.strip()),
        ended.language if ended else None,
        tuple(_wrote_at(told, said.letter if said else None)),
        is_late=ended is None and answer_by <= now,
    )


def _wrote_at(told: PageFacts, answer: str | None) -> Iterator[datetime]:
    """When they wrote to the answer by mail; what machines wrote is not theirs."""
    for r in told.all(CandidateResponded):
        if answer and r.letter == answer and r.kind is ResponseKind.REPLIED and r.via is None:
            yield r.responded_at
