"""The links of a letter, as whoever writes one asks for them."""

from datetime import datetime
from typing import Protocol

from services.notifications.sql.sending import ClaimedLetter
from shared.contracts import ResponseKind

WITHHELD = "https://the-readers-own-link.invalid/"


class LetterLinks(Protocol):
    """Where a letter leads its reader."""

    def form(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where a colleague gives feedback."""

    def own_page(self, letter: ClaimedLetter, now: datetime) -> str:
        """A candidate's page."""

    def stay(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where they say whether they are still interested."""

    def survey(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where they answer a survey."""

    def respond(self, kind: ResponseKind, letter: ClaimedLetter, now: datetime) -> str:
        """Where one thing is asked about this letter."""

    def mentoring(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where a mentor answers, and sees whom they mentor."""

    def tasks(self) -> str | None:
        """Where a colleague's tasks stand: at the console, where there is one."""

    def answer(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where they answer to the job that this letter proposes."""

    def unsubscribe(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where mail like this ends."""


class WithheldLinks:
    """For whoever looks at somebody else's letter: a link opens what is its reader's alone, so none is made."""

    def form(self, letter: ClaimedLetter, now: datetime) -> str:
        """No link, as all of these."""
        return WITHHELD

    own_page = stay = survey = answer = mentoring = unsubscribe = form

    def tasks(self) -> str:
        """No link."""
        return WITHHELD

    def respond(self, kind: ResponseKind, letter: ClaimedLetter, now: datetime) -> str:
        """No link."""
        return WITHHELD
