"""Letters are let go, and taken back: what each of these acts did, for the strip that says so."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.console.api.acts import CHANGED, each, is_meant, not_before
from services.console.api.visitors import Visitor
from services.console.calls.desk import CallRefused, Hole
from services.console.calls.notifications.letters import (
    DECIDE_LETTER,
    JOB_APPROVALS,
    RELEASE_ALL,
    Approval,
    Approvals,
    Letter,
    WaitingLetter,
)

PAGE = 200


class Released(NamedTuple):
    """What an act did to letters, by their ids with whom they are to. `error`: why it did nothing.

    `way_back`: the act by which they are taken back, where they are too many to name.
    """

    act: str
    letters: Mapping[str, str] = {}
    left: int = 0
    leaves_at: datetime | None = None
    error: str = ""
    detail: str | None = None
    way_back: str = ""

    @property
    def people(self) -> list[str]:
        """To whom they are, as far as that is known."""
        return [candidate for candidate in self.letters.values() if candidate]


async def release_all(visitor: Visitor, job: str, expected: int, typed: str, etag: str) -> Released:
    """Let everything go that raises no concern, if it still is what the page said."""
    if not is_meant(expected, typed):
        return Released("release-all", error="number", left=expected)
    waiting = await _waiting(visitor, job, ())
    try:
        told = await visitor.desk.change(
            RELEASE_ALL, Approvals(expected=expected, not_before=not_before(visitor)), job=job, etag=etag
        )
    except CallRefused as refused:
        return _refused("release-all", refused)._replace(left=expected)
    known = [waiting[one] for one in told.letters if one in waiting]
    done = _released(visitor, "release", known, len(told.left))
    return done._replace(letters={**dict.fromkeys(told.letters, ""), **done.letters})


async def release_some(visitor: Visitor, job: str, letters: list[str], typed: str) -> Released:
    """Let those go that were chosen, but for what somebody has to look at alone."""
    if not letters:
        return Released("release", error="none")
    if not is_meant(len(letters), typed):
        return Released("release", error="number", left=len(letters))
    waiting = await _waiting(visitor, job, letters)
    ready = [waiting[one] for one in letters if one in waiting and not waiting[one].concerns]
    gone = await _each(
        visitor, (one.letter for one in ready), Approval(decision="approve", not_before=not_before(visitor))
    )
    released = [one for one in ready if one.letter in gone]
    return _released(visitor, "release", released, len(letters) - len(released))


async def take_back(visitor: Visitor, letters: list[str]) -> Released:
    """Keep here what was released or refused, unless it is on its way."""
    if not letters:
        return Released("take-back", error="none")
    back = await _each(visitor, letters, Approval(decision="wait"))
    return Released("take-back", {one: letter.candidate for one, letter in back.items()}, len(letters) - len(back))


async def _each(visitor: Visitor, letters: Iterable[str], approval: Approval) -> dict[str, Letter]:
    """Say the same of each. Those of which it cannot be said are left out."""
    wanted = list(letters)
    told = await each(visitor.desk.change(DECIDE_LETTER, approval, letter=letter) for letter in wanted)
    return {letter: one for letter, one in zip(wanted, told, strict=True) if not isinstance(one, Hole)}


async def _waiting(visitor: Visitor, job: str, letters: Iterable[str]) -> dict[str, WaitingLetter]:
    """What waits of a job, by letter: a page, and further ones until these letters are found."""
    found: dict[str, WaitingLetter] = {}
    cursor: str | None = None
    while True:
        page = await visitor.desk.read(JOB_APPROVALS, job=job, limit=PAGE, cursor=cursor)
        found |= {one.letter: one for one in page.items}
        cursor = page.cursor
        if cursor is None or found.keys() >= set(letters):
            return found


def _released(visitor: Visitor, act: str, letters: list[WaitingLetter], left: int) -> Released:
    first = min((one.opens_at for one in letters), default=None)
    known = first if first and first > not_before(visitor) else None
    return Released(act, {one.letter: one.candidate for one in letters}, left, known)


def _refused(act: str, refused: CallRefused) -> Released:
    told = refused.refusal
    return Released(act, error="changed" if told.code in CHANGED else "refused", detail=told.detail or told.title)
