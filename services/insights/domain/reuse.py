"""What earlier rounds gave back: people who were known already when a job was opened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from services.insights.domain.heard import HeardJob, HeardMatch, HeardPerson
from services.insights.domain.rows import Candidacy, Reuse
from shared.contracts import EARLIEST, Outcome


def derive_reuses(
    person: HeardPerson, candidacies: Sequence[Candidacy], jobs: Mapping[str, HeardJob]
) -> Iterator[Reuse]:
    """Every match; and every application of a rediscovered person whose match was never heard of."""
    matched = {match.job for match in person.matches}
    unheard = [
        HeardMatch(c.application, c.job) for c in candidacies if c.rediscovered and c.job and c.job not in matched
    ]
    for match in (*person.matches, *unheard):
        applied = [c for c in candidacies if c.job == match.job and c.rediscovered]
        if match.stands or match.accepted or match.interested or applied:
            yield Reuse(
                organization=person.organization,
                match=match.match,
                candidate=person.person,
                job=match.job,
                earlier=_earlier(match.job, candidacies, jobs),
                proposed=match.stands or match.accepted,
                accepted=match.accepted,
                interested=match.interested,
                applied=bool(applied),
                hired=any(c.outcome is Outcome.HIRED for c in applied),
                accepted_at=match.accepted_at,
            )


def _earlier(job: str, candidacies: Sequence[Candidacy], jobs: Mapping[str, HeardJob]) -> str | None:
    """The newest other job of the family that they were interviewed for."""
    family = jobs[job].family if job in jobs else None
    known = [c for c in candidacies if c.job != job and c.last_at and c.family == family]
    newest = max(known, key=_interviewed, default=None)
    return newest.job if newest else None


def _interviewed(candidacy: Candidacy) -> tuple[datetime, str]:
    return candidacy.last_at or EARLIEST, candidacy.application
