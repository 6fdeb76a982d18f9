"""Rule 10: how people found the way we treated them; asked once in six months, shown only in fives."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from services.notifications.domain.letters import DerivedLetter, Variant, told_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from shared.contracts import Cause, Purpose, SurveyPool, letter_id
from shared.contracts.reading import BatchPlace, offers_shown

AFTER_LETTER = timedelta(days=7)
BETWEEN = relativedelta(months=6)

STATEMENTS = (
    "I knew what to expect before each interview.",
    "The description of the job matched what we talked about.",
    "The questions had to do with the job.",
    "The people I met were prepared and respectful.",
    "I could show what I can do.",
    "I was kept informed about what happens next.",
    "I got an answer in reasonable time.",
    "What I heard back is useful to me.",
    "I was treated fairly.",
)
OFFER = "The offer and the conditions are attractive compared with others."  # may stay empty; asked later than the nine


class SurveyAnswers(NamedTuple):
    """One survey's answers, under a random id."""

    answer: str
    answers: Sequence[int]
    recommend: int
    text: str | None = None
    batch: int = 0
    job_and_cycle: tuple[str, str | None] | None = None  # of a batch of one job
    offer: int | None = None
    place: BatchPlace = BatchPlace(SurveyPool.YEAR)


class SurveyResults(NamedTuple):
    """What is shown of `shown` answers: for each statement the mean, and how many chose 1 to 5."""

    shown: int
    means: list[float]
    counts: list[list[int]]
    recommend: float
    promoters: int  # chose 9 or 10
    detractors: int  # chose 0 to 6
    comments: list[str]
    offers: list[int] | None = None  # how many chose 1 to 5 of the offer, who chose anything


def surveys(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """After the decision letter, for whoever consented and was interviewed for a job, once in six months."""
    if record.is_restricted:
        return
    asked = {a.application: told_at(record, LetterKind.SURVEY, a.application, 1) for a in record.applications}
    for application in record.applications:
        decided_at = told_at(record, LetterKind.DECISION, application.application, 1)
        if decided_at is None or application.job is None or not application.was_interviewed:
            continue
        letter = _survey(record, application.application, application.candidate, application.job, decided_at)
        others = [at for about, at in asked.items() if at and about != application.application]
        due_at = max(now, letter.send_at)
        is_soon = any(due_at < at + BETWEEN for at in others)
        is_wanted = Purpose.SURVEY in record.consents and not is_soon and now < letter.stale_at
        if asked[application.application] or is_wanted:
            yield letter


def _survey(record: RecipientRecord, application: str, candidate: str, job: str, decided_at: datetime) -> DerivedLetter:
    organization = record.organization.organization
    return DerivedLetter(
        organization=organization,
        kind=LetterKind.SURVEY,
        about=application,
        recipient=candidate,
        step=1,
        variant=Variant.SURVEY,
        application=application,
        job=job,
        cause=Cause("outreach-sent", letter_id(organization, LetterKind.DECISION, application, candidate, 1)),
        cause_at=decided_at,
        send_at=decided_at + AFTER_LETTER,
        stale_at=decided_at + AFTER_LETTER + STALE,
    )


def results(shown: Sequence[SurveyAnswers]) -> SurveyResults | None:
    """Of whole batches; None where there is none."""
    count = len(shown)
    if count == 0:
        return None
    by_statement = [[one.answers[i] for one in shown] for i in range(len(STATEMENTS))]
    return SurveyResults(
        shown=count,
        means=[round(sum(values) / count, 2) for values in by_statement],
        counts=[_counts(values) for values in by_statement],
        recommend=round(sum(one.recommend for one in shown) / count, 2),
        promoters=sum(one.recommend >= 9 for one in shown),
        detractors=sum(one.recommend <= 6 for one in shown),
        comments=_comments(shown),
        offers=_counts(offers_shown((one.place, one.batch, one.offer) for one in shown)) or None,
    )


def _counts(values: Sequence[int]) -> list[int]:
    return [values.count(point) for point in range(1, 6)] if values else []


def _comments(shown: Sequence[SurveyAnswers]) -> list[str]:
    """Shuffled, and of one job's batches only two at a time: who knows a job's people may know their words."""
    told = _told(shown)
    in_order = sorted(shown, key=lambda one: _shuffled(one, len(shown)))
    return [one.text for one in in_order if one.text and one.batch in told]


def _told(shown: Iterable[SurveyAnswers]) -> set[int]:
    batches: dict[tuple[str, str | None] | None, set[int]] = {}
    for one in shown:
        batches.setdefault(one.job_and_cycle, set()).add(one.batch)
    pooled = batches.pop(None, set())
    return pooled.union(*(sorted(of_job)[: len(of_job) // 2 * 2] for of_job in batches.values()))


def _shuffled(one: SurveyAnswers, count: int) -> str:
    """An order that tells nothing about who came when, and is another one with each batch more."""
    return sha256(f"{count}/{one.answer}".encode()).hexdigest()
