"""Letters are let go, and taken back: what each of these acts did, for the strip that says so."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.console.api.acts import CHANGED, each, is_meant, not_before
from services.console.api.visitors import Visitor
from services.console.calls.desk import UNSEEN, CallRefused, Hole
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
SHOWN = "@"  # in a form between a letter and the version that was shown of it


class Released(NamedTuple):
    """What an act did to letters, by their ids with whom they are to. `error`: why it did nothing.

    `way_back`: the act by which they are taken back, where they are too many to name. `shown`: letters that may be
    released again, each with the version that was taken back. `changed`: how many say something else than was shown.
    """

    act: str
    letters: Mapping[str, str] = {}
    left: int = 0
    changed: int = 0
    shown: tuple[str, ...] = ()
    leaves_at: datetime | None = None
    error: str = ""
    detail: str | None = None
    way_back: str = ""

    @property
    def things(self) -> Collection[str]:
        """What the way back is done to."""
        return self.shown or self.letters

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
            RELEASE_ALL, Approvals(expected=expected, not_before=not_before(visitor)), job=job, etag=etag or UNSEEN
        )
    except CallRefused as refused:
        return _refused("release-all", refused)._replace(left=expected)
    known = [waiting[one] for one in told.letters if one in waiting]
    done = _released(visitor, "release", known, len(told.left))
    return done._replace(letters={**dict.fromkeys(told.letters, ""), **done.letters})


async def release_some(visitor: Visitor, job: str, letters: list[str], typed: str) -> Released:
    """Let those go that were chosen, each as it was shown, but for what somebody has to look at alone."""
    if not letters:
        return Released("release", error="none")
    if not is_meant(len(letters), typed):
        return Released("release", error="number", left=len(letters))
    shown = {letter: version for letter, _, version in (one.partition(SHOWN) for one in letters)}
    waiting = await _waiting(visitor, job, shown)
    ready = [waiting[one] for one in shown if one in waiting and not waiting[one].concerns]
    not_yet = not_before(visitor)
    gone = await _each(
        visitor,
        {one.letter: Approval(decision="approve", not_before=not_yet, version=shown[one.letter]) for one in ready},
    )
    released = [one for one in ready if not isinstance(gone[one.letter], Hole)]
    changed = sum(isinstance(one, Hole) and _is_changed(one) for one in gone.values())
    return _released(visitor, "release", released, len(shown) - len(released) - changed)._replace(changed=changed)


async def take_back(visitor: Visitor, letters: list[str]) -> Released:
    """Keep here what was released or refused, unless it is on its way."""
    if not letters:
        return Released("take-back", error="none")
    told = await _each(visitor, dict.fromkeys(letters, Approval(decision="wait")))
    back = {one: letter for one, letter in told.items() if not isinstance(letter, Hole)}
    shown = tuple(f"{one}{SHOWN}{letter.version}" for one, letter in back.items())
    people = {one: letter.candidate for one, letter in back.items()}
    return Released("take-back", people, len(letters) - len(back), shown=shown)


async def _each(visitor: Visitor, approvals: Mapping[str, Approval]) -> dict[str, Letter | Hole]:
    """By letter, what it is now, or why that cannot be said of it."""
    told = await each(visitor.desk.change(DECIDE_LETTER, said, letter=letter) for letter, said in approvals.items())
    return dict(zip(approvals, told, strict=True))


def _is_changed(hole: Hole) -> bool:
    return hole.refusal is not None and hole.refusal.code in CHANGED


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
    return Released(act, {one.letter: one.candidate for one in letters}, left, leaves_at=known)


def _refused(act: str, refused: CallRefused) -> Released:
    told = refused.refusal
    return Released(act, error="changed" if told.code in CHANGED else "refused", detail=told.detail or told.title)
