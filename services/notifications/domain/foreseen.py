"""Rule 3, asked before anybody decides: what each person would be told, were they not selected now."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationDecision, ApplicationRecord
from services.notifications.domain.full_letters import LetterDraft, draft_of
from services.notifications.domain.letters import DerivedLetter, Variant
from services.notifications.domain.planning import plan
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from shared.contracts import Outcome


class ForeseenAnswer(NamedTuple):
    """The letter that would answer one application; None where we would tell nothing."""

    record: RecipientRecord
    application: ApplicationRecord
    letter: DerivedLetter | None
    draft: LetterDraft | None = None

    @property
    def candidate(self) -> str:
        """The id they applied by."""
        return self.application.candidate


def foresee(records: Iterable[RecipientRecord], job: str, now: datetime) -> list[ForeseenAnswer]:
    """Of everyone who is undecided about a job, by application."""
    undecided = [(r, a) for r in records for a in r.applications if a.job == job and a.is_open]
    return sorted((_foresee(r, a, now) for r, a in undecided), key=lambda one: one.application.application)


def _foresee(record: RecipientRecord, application: ApplicationRecord, now: datetime) -> ForeseenAnswer:
    decided = application._replace(decision=ApplicationDecision(now, Outcome.NOT_SELECTED))
    others = [a for a in record.applications if a.application != application.application]
    record = record._replace(applications=[*others, decided])
    planned = (x for x in plan([record], now) if x.kind is LetterKind.DECISION and x.about == application.application)
    letter = next(planned, None)
    is_full = letter is not None and letter.variant is Variant.FULL
    return ForeseenAnswer(record, decided, letter, draft_of(record, decided) if is_full else None)
