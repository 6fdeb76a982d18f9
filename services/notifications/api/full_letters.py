"""The draft of a full letter as people see and edit it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.notifications.api.lint import Found, shown
from services.notifications.domain import full_letters
from services.notifications.domain.applications import ApplicationRecord, FeedbackItem
from services.notifications.domain.full_letters import AT_LEAST_DEVELOPMENT, AT_LEAST_STRENGTHS, AT_MOST, LetterDraft
from services.notifications.domain.letters import Variant
from services.notifications.domain.records import DraftEdit, LetterRelease, RecipientRecord
from services.notifications.sql.full_letters import save_edit
from services.notifications.sql.letters import ListedLetter
from services.notifications.sql.records import load_records
from shared.contracts import Id, Language, Text, Value
from shared.kit.db import Connection
from shared.kit.people import People, find_people
from shared.web.caller import Caller
from shared.web.problems import Conflict, Unprocessable


class NoDraft(Conflict):
    """The letter is no full letter, or it was released: then it never changes again."""

    code = "letter-has-no-draft"


class NotOfTheFeedback(Unprocessable):
    """An item that no feedback holds: nothing is ever invented."""

    code = "item-not-of-the-feedback"


class StrengthItem(Value):
    """What went well, and the feedback it comes from."""

    competency: Id
    observed: Text
    feedback: Id
    language: Language | None = Field(default=None, description="As in the feedback; may be left out.")


class DevelopmentItem(StrengthItem):
    """What can be built up."""

    suggestion: Text


class Edited(Value):
    """The items of a letter as they shall be: two or three strengths, one to three points to build up."""

    strengths: Annotated[tuple[StrengthItem, ...], Field(min_length=AT_LEAST_STRENGTHS, max_length=AT_MOST)]
    development: Annotated[tuple[DevelopmentItem, ...], Field(min_length=AT_LEAST_DEVELOPMENT, max_length=AT_MOST)]


class ShownDraft(Value):
    """What a full letter would say. `findings`: text n counts observed and suggestion in the order of the items.

    `concerns`: why a person must look at it: codes of the lint, `both_sides`, `no_word_list`, `other_language` (an item
    reads as another language than it says), `mail_language` (it is in another than the mail), `unknown_interviewer`.
    """

    strengths: tuple[StrengthItem, ...]
    development: tuple[DevelopmentItem, ...]
    findings: tuple[Found, ...]
    concerns: tuple[str, ...]
    released: bool
    approved_by: Id | None = None
    edited_by: Id | None
    edited_at: datetime | None


async def load_record(
    conn: Connection, caller: Caller, letter: ListedLetter
) -> tuple[RecipientRecord, ApplicationRecord | None]:
    """Everything known of the candidate of a letter, and the application it is about."""
    people = People(await find_people(conn, [(caller.organization, letter.candidate)]), {})
    [record] = await load_records(conn, people)
    return record, record.application(letter.application)


async def find_basis(conn: Connection, caller: Caller, letter: ListedLetter) -> str | None:
    """What names the draft of a full letter as it is now; None for every other letter."""
    if letter.variant != Variant.FULL:
        return None
    record, application = await load_record(conn, caller, letter)
    draft = full_letters.draft_of(record, application) if application else None
    return draft.basis if draft else None


async def show_draft(conn: Connection, caller: Caller, letter: ListedLetter) -> ShownDraft | None:
    """The draft of a full letter, or what was released; None for every other letter."""
    if letter.variant != Variant.FULL:
        return None
    return draft_in(*await load_record(conn, caller, letter))


def draft_in(record: RecipientRecord, application: ApplicationRecord | None) -> ShownDraft | None:
    """The draft of the full letter about an application, or what was released."""
    if application is None:
        return None
    released = full_letters.release_of(record, application)
    draft = (
        LetterDraft(released.strengths, released.development, "", released.edited_by, released.edited_at)
        if released
        else full_letters.draft_of(record, application)
    )
    return shown_draft(record, application, draft, released) if draft else None


async def edit_draft(conn: Connection, caller: Caller, letter: ListedLetter, edited: Edited, now: datetime) -> None:
    """Keep what a person made of it. Raises NoDraft, NotOfTheFeedback."""
    record, application = await load_record(conn, caller, letter)
    draft = full_letters.draft_of(record, application) if application else None
    if (
        application is None
        or draft is None
        or letter.variant != Variant.FULL
        or full_letters.release_of(record, application)
    ):
        raise NoDraft("Only the draft of a full letter that was not released can be edited.")
    known = {(i.feedback, i.competency, i.suggestion is None): i for i in application.items}
    strengths = tuple(_item(i, known, None) for i in edited.strengths)
    development = tuple(_item(i, known, i.suggestion) for i in edited.development)
    edit = DraftEdit(draft.basis, strengths, development, caller.user, now)
    await save_edit(conn, caller.organization, letter.letter, edit)


def _item(item: StrengthItem, known: dict[tuple[str, str, bool], FeedbackItem], suggestion: str | None) -> FeedbackItem:
    found = known.get((item.feedback, item.competency, suggestion is None))
    if found is None:
        raise NotOfTheFeedback(f"Feedback {item.feedback} says nothing of this kind about {item.competency}.")
    language = item.language or found.language
    return found._replace(observed=item.observed, suggestion=suggestion, language=language)


def shown_draft(
    record: RecipientRecord, application: ApplicationRecord, draft: LetterDraft, released: LetterRelease | None = None
) -> ShownDraft:
    """A draft with what the lint finds and why a person should look; what was released is beyond that."""
    return ShownDraft(
        strengths=tuple(StrengthItem(**_of(i)) for i in draft.strengths),
        development=tuple(DevelopmentItem(**_of(i), suggestion=i.suggestion or "") for i in draft.development),
        findings=() if released else tuple(shown(f) for f in full_letters.findings(record, application, draft)),
        concerns=() if released else tuple(full_letters.concerns(record, application, draft)),
        released=bool(released),
        approved_by=released.approved_by if released else None,
        edited_by=draft.edited_by,
        edited_at=draft.edited_at,
    )


def _of(item: FeedbackItem) -> dict[str, str]:
    return {name: getattr(item, name) for name in ("competency", "observed", "feedback", "language")}
