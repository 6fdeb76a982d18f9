"""What a letter that waits would say, in one word: whoever releases it out of a list names what they were shown."""

from hashlib import sha256

from services.notifications.api.answers import written_in
from services.notifications.domain import full_letters
from services.notifications.domain.letters import Variant
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.letters import ListedLetter
from shared.web.problems import PreconditionFailed


def version_of(record: RecipientRecord, letter: ListedLetter) -> str:
    """Another one as soon as somebody writes it anew, feedback makes another draft, or its job ends another way."""
    opening = record.opening(letter.job)
    said = letter.variant, _words(record, letter), opening.has_hired_nobody, opening.told_reason
    return sha256(repr(said).encode()).hexdigest()[:16]


def refuse_another(record: RecipientRecord, letter: ListedLetter, shown: str | None) -> None:
    """Raise PreconditionFailed where it would say something else than the version that somebody was shown."""
    if shown is not None and shown != (version := version_of(record, letter)):
        raise PreconditionFailed("It would say something else by now: read it again.", version=version)


def _words(record: RecipientRecord, letter: ListedLetter) -> object:
    if letter.kind == LetterKind.ANSWER:
        return (answer := written_in(record, letter)) and (answer.text, answer.language)
    application = record.application(letter.application)
    if application is None or letter.variant != Variant.FULL:
        return None
    draft = full_letters.draft_of(record, application)
    return draft and draft.items
