"""The signed links of a letter. They lead to pages of every service: all share the key."""

from datetime import datetime

from services.notifications.letters.digests import TASKS
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.sending import ClaimedLetter
from shared.contracts import ResponseKind
from shared.contracts.links import ANSWER, FEEDBACK_FORM, MENTORING, OWN_PAGE, RESPOND, STAY, SURVEY, UNSUBSCRIBE
from shared.web.links import Links


class SignedLinks:
    """Builds the links of letters that leave now."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        self._address = Links(settings.link_key.get_secret_value()).address

    def form(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where a colleague gives feedback: at interviews, which owns it."""
        at = self._settings.interviews_url
        return self._address(FEEDBACK_FORM, at, letter.organization, letter.about, letter.recipient, now=now)

    def own_page(self, letter: ClaimedLetter, now: datetime) -> str:
        """A candidate's page: at candidates."""
        return self._address(OWN_PAGE, self._settings.candidates_url, letter.organization, letter.recipient, now=now)

    def stay(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where they say whether they are still interested."""
        return self._address(STAY, self._settings.public_url, letter.organization, letter.recipient, now=now)

    def survey(self, letter: ClaimedLetter, now: datetime) -> str:
        """It names the letter and nobody: what is answered is kept apart from who was asked."""
        return self._address(SURVEY, self._settings.public_url, letter.organization, letter.letter, now=now)

    def respond(self, kind: ResponseKind, letter: ClaimedLetter, now: datetime) -> str:
        """Where one thing is asked about this letter."""
        at, about = self._settings.public_url, (letter.recipient, kind, letter.letter)
        return self._address(RESPOND, at, letter.organization, *about, now=now)

    def mentoring(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where a mentor answers, and sees whom they mentor: at candidates."""
        at = self._settings.candidates_url
        return self._address(MENTORING, at, letter.organization, letter.about, letter.recipient, now=now)

    def tasks(self) -> str | None:
        """Where a colleague's tasks stand: at the console, where there is one."""
        console = self._settings.console_url
        return f"{str(console).rstrip('/')}{TASKS}" if console else None

    def answer(self, letter: ClaimedLetter, now: datetime) -> str:
        """Where they answer to the job that this letter proposes."""
        at, about = self._settings.public_url, (letter.recipient, letter.match or "")
        return self._address(ANSWER, at, letter.organization, *about, now=now)

    def unsubscribe(self, letter: ClaimedLetter, now: datetime) -> str:
        """It never expires."""
        return self._address(UNSUBSCRIBE, self._settings.public_url, letter.organization, letter.recipient, now=now)
