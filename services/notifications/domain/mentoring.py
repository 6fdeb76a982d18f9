"""Rule 12: mentor and candidate hear of each step of a mentorship, and a person where one of them does not answer."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from enum import IntEnum

from services.notifications.domain.letters import SILENT, DerivedLetter, State, Variant, left_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from services.notifications.domain.relations import HeardMentorship
from services.notifications.domain.reminders import MORNING, unless_unreachable
from shared.contracts import Cause, letter_id

DAYS_TO_ANSWER = 5  # business days, after which a mentor is asked again
AGAIN = timedelta(days=14)  # a candidate; as often as an invitation may come
# Who ended it knows; whoever let it pass, or began to work here, is not written to about it.
ENDED_BY_MENTOR = frozenset(("declined", "ended_by_mentor", "inactive_user"))
ENDED_BY_CANDIDATE = frozenset(("withdrawn", "unanswered", "hired", "erased"))


class Step(IntEnum):
    """What a letter of a mentorship is about; of its kind it is the number."""

    ASKED = 1
    ASKED_AGAIN = 2
    BEGINS = 3
    RENEWED = 4
    ENDED = 5


TO_MENTOR = {
    Step.ASKED: Variant.MENTOR_ASKED,
    Step.ASKED_AGAIN: Variant.MENTOR_ASKED,
    Step.BEGINS: Variant.MENTOR_BEGINS,
    Step.RENEWED: Variant.MENTOR_RENEWED,
    Step.ENDED: Variant.MENTOR_ENDED,
}
TO_CANDIDATE = {
    Step.ASKED: Variant.MENTOR_INVITATION,
    Step.ASKED_AGAIN: Variant.MENTOR_INVITATION,
    Step.BEGINS: Variant.MENTORING_BEGINS,
    Step.RENEWED: Variant.MENTORING_RENEWED,
    Step.ENDED: Variant.MENTORING_ENDED,
}


def mentoring_letters(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """To the mentor and to the candidate, about each mentorship that is no history."""
    for mentorship in record.mentorships:
        if not mentorship.is_historical and not (record.is_restricted and not mentorship.ending):
            yield from _to_mentor(record, mentorship)
        if not mentorship.is_historical and not record.is_restricted:
            yield from _to_candidate(record, mentorship)


def _to_mentor(record: RecipientRecord, mentorship: HeardMentorship) -> Iterator[DerivedLetter]:
    colleague, asked_at = record.colleagues.get(mentorship.mentor), mentorship.proposed_at
    if not mentorship.agreed_at and not mentorship.ending:
        yield unless_unreachable(_mentors(record, mentorship, Step.ASKED, asked_at), colleague)
        if left := mentor_left_at(record, mentorship, Step.ASKED):
            again_at = record.organization.calendar().add(left, DAYS_TO_ANSWER, MORNING)
            yield unless_unreachable(_mentors(record, mentorship, Step.ASKED_AGAIN, again_at), colleague)
    for step, at in _steps(mentorship):
        if step is not Step.ENDED or (mentorship.agreed_at and mentorship.ending not in ENDED_BY_MENTOR):
            yield unless_unreachable(_mentors(record, mentorship, step, at), colleague)


def _to_candidate(record: RecipientRecord, mentorship: HeardMentorship) -> Iterator[DerivedLetter]:
    if mentorship.agreed_at and not mentorship.began_at and not mentorship.ending:
        yield _theirs(record, mentorship, Step.ASKED, mentorship.agreed_at)
        if left := left_at(record, LetterKind.MENTOR_INVITATION, mentorship.relation, Step.ASKED):
            yield _theirs(record, mentorship, Step.ASKED_AGAIN, left + AGAIN)
    for step, at in _steps(mentorship):
        if step is not Step.ENDED or (_knows(record, mentorship) and mentorship.ending not in ENDED_BY_CANDIDATE):
            yield _theirs(record, mentorship, step, at)


def _steps(mentorship: HeardMentorship) -> Iterator[tuple[Step, datetime]]:
    """What there is to say of one that both agreed to, while it lasts, and that it is over."""
    if mentorship.began_at and not mentorship.ending:
        yield Step.BEGINS, mentorship.began_at
        if mentorship.renewed_at:
            yield Step.RENEWED, mentorship.renewed_at
    if mentorship.ended_at:
        yield Step.ENDED, mentorship.ended_at


def _knows(record: RecipientRecord, mentorship: HeardMentorship) -> bool:
    """They were asked."""
    asked = left_at(record, LetterKind.MENTOR_INVITATION, mentorship.relation, Step.ASKED)
    return mentorship.began_at is not None or asked is not None


def mentor_left_at(record: RecipientRecord, mentorship: HeardMentorship, step: Step) -> datetime | None:
    """When a letter to the mentor was sent, or would have been if the organisation did not keep silent."""
    about = (LetterKind.MENTOR, mentorship.relation, mentorship.mentor, int(step))
    kept = next((k for k in record.kept if (k.kind, k.about, k.recipient, k.step) == about), None)
    sent = record.sent.get(letter_id(record.organization.organization, *about[:3], about[3]))
    return sent or (kept.silenced_at if kept else None)


def stalled(record: RecipientRecord, letters: Collection[DerivedLetter]) -> Iterator[tuple[HeardMentorship, datetime]]:
    """Mentorships that nobody brings any further, and since when: asked twice, or not to be asked at all."""
    for mentorship in () if record.is_restricted else record.mentorships:
        if mentorship.ending or mentorship.began_at or mentorship.is_historical:
            continue
        kind = LetterKind.MENTOR_INVITATION if mentorship.agreed_at else LetterKind.MENTOR
        asked = [letter for letter in letters if (letter.kind, letter.about) == (kind, mentorship.relation)]
        again = (
            left_at(record, kind, mentorship.relation, Step.ASKED_AGAIN)
            if mentorship.agreed_at
            else mentor_left_at(record, mentorship, Step.ASKED_AGAIN)
        )
        if since := again or next((x.cause_at for x in asked if _is_held(x)), None):
            yield mentorship, since


def _is_held(letter: DerivedLetter) -> bool:
    """It does not leave, and no day is known on which it might."""
    return letter.state is State.SUPPRESSED and letter.until is None and letter.reason not in SILENT


def _mentors(record: RecipientRecord, mentorship: HeardMentorship, step: Step, at: datetime) -> DerivedLetter:
    letter = _letter(record, mentorship, LetterKind.MENTOR, TO_MENTOR[step], step, at)
    return letter._replace(recipient=mentorship.mentor, whom=mentorship.candidate)


def _theirs(record: RecipientRecord, mentorship: HeardMentorship, step: Step, at: datetime) -> DerivedLetter:
    is_asked = step in (Step.ASKED, Step.ASKED_AGAIN)
    kind = LetterKind.MENTOR_INVITATION if is_asked else LetterKind.MENTORING
    return _letter(record, mentorship, kind, TO_CANDIDATE[step], step, at)


def _letter(
    record: RecipientRecord, mentorship: HeardMentorship, kind: LetterKind, variant: Variant, step: Step, at: datetime
) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=kind,
        about=mentorship.relation,
        recipient=mentorship.candidate,
        step=int(step),
        variant=variant,
        application=None,
        job=None,
        cause=Cause("mentorship-proposed", mentorship.relation),
        cause_at=at,
        send_at=at,
        stale_at=at + STALE,
    )
