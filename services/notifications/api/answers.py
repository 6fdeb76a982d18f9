"""What a person writes to somebody who asked, with the lint beside; the letter that it becomes waits for a release."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.notifications.api.callers import NotWaiting
from services.notifications.api.lint import Found, shown
from services.notifications.domain import requests
from services.notifications.domain.letters import State
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import CandidateWish, RecipientRecord, StoredLetter, WrittenAnswer
from services.notifications.letters.writing import language_of
from services.notifications.sql.full_letters import save_answer
from services.notifications.sql.letters import ListedLetter
from services.notifications.sql.verdicts import delete_verdict
from shared.contracts import Description, Id, Language, ResponseKind, Text, Value
from shared.kit.db import Connection
from shared.web.caller import Caller
from shared.web.problems import Conflict

OPEN = (State.PLANNED, State.WAITING, State.READY, State.SUPPRESSED)


class HasFindings(Conflict):
    """The lint found something in the words: write them anew, or say why they may stand."""

    code = "letter-has-findings"


class NothingWritten(Conflict):
    """There is no answer in this letter yet."""

    code = "answer-not-written"


class EndsByItsTask(Conflict):
    """An answer is not refused: a request that nobody answers by letter ends with its task, for a reason."""

    code = "request-ends-by-its-task"


class Written(Value):
    """What a person answers, in the language of the letter: plain text, a paragraph after each empty line."""

    text: Annotated[Description, Field(max_length=5_000)]


class ShownRequest(Value):
    """What somebody asked for, and what was written to them. `findings` and `concerns`: as of a draft.

    `concerns` is `not_written` as long as there is nothing.
    """

    response: Id
    kind: ResponseKind
    asked_at: datetime
    words: Text | None = Field(description="Their own words.")
    language: Language
    text: str | None
    written_by: Id | None
    written_at: datetime | None
    findings: tuple[Found, ...]
    concerns: tuple[str, ...]


def show_request(record: RecipientRecord, letter: ListedLetter) -> ShownRequest | None:
    """What an answer is to, and what it says; None for every other letter."""
    wish = _wish(record, letter)
    if wish is None:
        return None
    answer = written_in(record, letter)
    return ShownRequest(
        response=wish.response,
        kind=wish.kind,
        asked_at=wish.at,
        words=wish.text,
        language=answer.language if answer else language_of(record, letter.job),
        text=answer.text if answer else None,
        written_by=answer.by if answer else None,
        written_at=answer.at if answer else None,
        findings=tuple(shown(f) for f in requests.findings(record, wish, answer)) if answer else (),
        concerns=tuple(requests.concerns(record, wish, answer)),
    )


def concerns_about(record: RecipientRecord, letter: ListedLetter) -> list[str] | None:
    """Why a person must look at an answer before it is released; None for every other letter."""
    wish = _wish(record, letter)
    return requests.concerns(record, wish, written_in(record, letter)) if wish else None


def written_in(record: RecipientRecord, letter: ListedLetter) -> WrittenAnswer | None:
    """What was written in this letter."""
    kept: StoredLetter | None = next((k for k in record.kept if k.letter == letter.letter), None)
    return kept.answer if kept else None


def refuse_unready(record: RecipientRecord, letter: ListedLetter, *, is_refusal: bool, despite: bool) -> None:
    """Raise EndsByItsTask, NothingWritten or HasFindings where an answer may not be released so."""
    found = concerns_about(record, letter)
    if found is None:
        return
    if is_refusal:
        raise EndsByItsTask("Nobody refuses an answer: give a reason with the task, and the request ends without one.")
    if written_in(record, letter) is None:
        raise NothingWritten("Nothing is written yet: write the answer, then release it.")
    if found and not despite:
        raise HasFindings(f"Found {', '.join(found)}. Write it anew, or approve despite it and give a reason.")


async def write_answer(
    conn: Connection, caller: Caller, record: RecipientRecord, letter: ListedLetter, text: str, now: datetime
) -> None:
    """Keep it; who releases it looks at these words, so an earlier release is none. Raises NotWaiting."""
    if letter.kind != LetterKind.ANSWER or letter.state not in OPEN or letter.reason == requests.ENDED.reason:
        raise NotWaiting("Only an answer that has not left, to a request that has not ended, can be written.")
    answer = WrittenAnswer(text, language_of(record, letter.job), caller.user, now)
    await save_answer(conn, caller.organization, letter.letter, answer)
    await delete_verdict(conn, caller.organization, letter.letter)


def _wish(record: RecipientRecord, letter: ListedLetter) -> CandidateWish | None:
    return requests.find_request(record, letter.about) if letter.kind == LetterKind.ANSWER else None
