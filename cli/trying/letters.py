"""The letters to the people of the round, asked for as a recruiter asks for them."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from local.files import write_whole
from local.post_office import read_letters
from services.notifications.domain.letters import State


class TrackedLetter(NamedTuple):
    """One letter: how far it is; with its subject and its file once it has left."""

    letter: str
    candidate: str
    kind: str
    variant: str
    state: str
    reason: str | None
    due_at: datetime | None
    subject: str | None = None
    file: Path | None = None

    def waits_until(self, opens_at: datetime) -> bool:
        """It is to leave at this hour or later."""
        return self.state == State.PLANNED and self.due_at is not None and self.due_at >= opens_at

    @property
    def is_leaving(self) -> bool:
        """It is planned, or on its way."""
        return self.state in (State.PLANNED, State.READY, State.SENDING)


class NotificationsClient:
    """Notifications, by HTTP, with a token of a recruiter."""

    def __init__(self, web: httpx.AsyncClient, url: str, token: str, mails: Path) -> None:
        self._web = web
        self._mails = mails  # where the stack's own mail server lays them: a recruiter is shown none of their links
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def letters(self) -> list[TrackedLetter]:
        """Every letter of the organisation to candidates. Raises httpx.HTTPError."""
        told = (await self._ask("/letters?limit=200"))["items"]
        return [_letter(one) for one in told if one["recipient"] == one["candidate"]]

    async def fetch(self, letter: TrackedLetter, folder: Path) -> TrackedLetter:
        """The letter with its subject; as its reader sees it, it lies in the folder then. Raises httpx.HTTPError."""
        if letter.state != State.SENT:
            return letter
        message = self._delivered(letter.letter)
        file = folder / f"{letter.candidate}-{letter.kind}.html"
        page = message.get_body(("html", "plain"))
        write_whole(file, str(page.get_content()) if isinstance(page, EmailMessage) else "")
        return letter._replace(subject=str(message["Subject"]), file=file)

    def _delivered(self, letter: str) -> EmailMessage:
        """As it lies in its reader's mailbox; an empty one where somebody took it away."""
        mails = (message_from_bytes(mail, policy=policy.default) for mail in read_letters(self._mails))
        return next((mail for mail in mails if str(mail["Message-ID"]).startswith(f"<{letter}@")), EmailMessage())

    async def _ask(self, path: str) -> Any:
        answer = await self._web.get(self._url + path, headers=self._headers)
        answer.raise_for_status()
        return answer.json()


def _letter(told: dict[str, Any]) -> TrackedLetter:
    due = told["due_at"] or told["until"]
    at = datetime.fromisoformat(due) if due else None
    return TrackedLetter(
        told["letter"], told["candidate"], told["kind"], told["variant"], told["state"], told["reason"], at
    )
