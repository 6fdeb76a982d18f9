"""The feedback somebody was sent, as their page shows it, and the skills it tells them to build."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from shared.contracts import CandidateResponded, FeedbackReleased, OutreachSent


class ShownStrength(NamedTuple):
    """What went well."""

    competency: str
    observed: str


class ShownDevelopment(NamedTuple):
    """What to work on, and how."""

    competency: str
    observed: str
    suggestion: str


class ShownLetter(NamedTuple):
    """Feedback that was sent to them. `rating`: what they made of it, 0 to 5.

    `grown`: strengths that an earlier letter, which they were sent, named as something to build up.
    """

    letter: str
    language: str
    released_at: datetime
    strengths: tuple[ShownStrength, ...]
    development: tuple[ShownDevelopment, ...]
    rating: int | None = None
    grown: tuple[str, ...] = ()


def letter_of(told: PageFacts, application: str) -> ShownLetter | None:
    """The feedback they were sent: released is not enough, it may still wait for its hour."""
    sent = {e.outreach for e in told.all(OutreachSent)}
    released = next((e for e in told.all(FeedbackReleased) if e.application == application and e.letter in sent), None)
    if released is None:
        return None
    said = [r for r in told.all(CandidateResponded) if r.letter == released.letter]
    rated = max((r for r in said if r.rating is not None), key=lambda r: r.responded_at, default=None)
    names = _names(told, told.job_of(application))
    earlier = [e for e in told.all(FeedbackReleased) if e.letter in sent and e.released_at < released.released_at]
    to_build_up = {d.competency for e in earlier for d in e.development}
    grown = dict.fromkeys(s.competency for s in released.strengths if s.competency in to_build_up)
    return ShownLetter(
        released.letter,
        released.language,
        released.released_at,
        tuple(ShownStrength(names.get(s.competency, s.competency), s.observed) for s in released.strengths),
        tuple(
            ShownDevelopment(names.get(d.competency, d.competency), d.observed, d.suggestion)
            for d in released.development
        ),
        rating=rated.rating if rated else None,
        grown=tuple(names.get(competency, competency) for competency in grown),
    )


def to_build(letters: Iterable[ShownLetter]) -> dict[str, list[ShownDevelopment]]:
    """Skills to build: every development point of every letter, by competency, the newest letter first."""
    found: dict[str, list[ShownDevelopment]] = {}
    for letter in sorted(letters, key=lambda x: x.released_at, reverse=True):
        for item in letter.development:
            found.setdefault(item.competency, []).append(item)
    return found


def _names(told: PageFacts, job: str | None) -> dict[str, str]:
    opened = told.jobs.get(job or "")
    return {c.competency: c.name for c in opened.competencies} if opened else {}
