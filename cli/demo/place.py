"""Where the story is played: a stack of this machine's own, or a deployment that is asked over its addresses."""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import ECKey

from cli import where
from cli.demo.mailbox import ReceivedMail, open_mails
from cli.errors import UserMistake
from local.databases import SERVICES
from local.issuer import issue_token, read_key, sign_token
from local.stack import environment


class DemoSystem(ABC):
    """A running system. `home`: its folder, where it runs on this machine; its processes can be killed then."""

    addresses: Mapping[str, str]  # NAME_URL, NAME_DATABASE_URL
    kafka: dict[str, Any]
    home: Path | None = None

    @abstractmethod
    def token(self, user: str, organization: str, roles: Sequence[str]) -> str:
        """A token that the services take."""

    @abstractmethod
    async def open_mails(self, web: httpx.AsyncClient) -> list[ReceivedMail]:
        """Every mail that was delivered, in order."""

    def reach(self, link: str) -> str:
        """A link of a mail as it can be opened from here."""
        return link

    @property
    def logs(self) -> str:
        """Where to look when something goes wrong."""
        return "See the logs: docker compose logs"


class OwnStack(DemoSystem):
    """The stack that the demo started in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.addresses = environment(home)
        self.kafka = {"bootstrap_servers": self.addresses["KAFKA_BOOTSTRAP_SERVERS"]}

    def token(self, user: str, organization: str, roles: Sequence[str]) -> str:
        """Signed with the home's key."""
        return issue_token(self.home or Path(), user=user, organization=organization, roles=roles)

    async def open_mails(self, web: httpx.AsyncClient) -> list[ReceivedMail]:
        """What the mail server put into its folder."""
        return await asyncio.to_thread(open_mails, Path(self.addresses["MAIL_DIR"]))

    @property
    def logs(self) -> str:
        """In the home."""
        return f"See the logs in {self.home}/logs"


class Deployment(DemoSystem):
    """A deployment made by `init-deployment --demo`, as its `demo` container is told of it."""

    def __init__(self) -> None:
        self.kafka = where.kafka()
        self.addresses = {
            **{f"{s.upper()}_URL": where.setting(f"{s.upper()}_URL") for s in SERVICES},
            **{f"{s.upper()}_DATABASE_URL": where.database_url(s) for s in SERVICES},
        }
        self.public = {f"{s.upper()}_URL": where.setting(f"{s.upper()}_PUBLIC_URL") for s in SERVICES}
        self.mail = where.setting("MAIL_URL")
        self.key = _issuer_key()

    def token(self, user: str, organization: str, roles: Sequence[str]) -> str:
        """Signed with the deployment's own key."""
        return sign_token(self.key, user=user, organization=organization, roles=roles)

    async def open_mails(self, web: httpx.AsyncClient) -> list[ReceivedMail]:
        """What the mail catcher shows."""
        answer = await web.get(f"{self.mail}/api/email")
        answer.raise_for_status()
        caught = sorted(answer.json(), key=lambda mail: str(mail["time"]))
        return [_mail(mail) for mail in caught]

    def reach(self, link: str) -> str:
        """Links name public addresses; from inside, services have others."""
        for name, public in self.public.items():
            if link.startswith(f"{public}/"):
                return self.addresses[name] + link.removeprefix(public)
        return link


def _mail(caught: Mapping[str, Any]) -> ReceivedMail:
    calendars = sum(file["contentType"] == "text/calendar" for file in caught.get("attachments", ()))
    return ReceivedMail(caught["to"][0]["address"], caught["subject"], caught.get("text", ""), calendars)


def _issuer_key() -> ECKey:
    path = Path(os.environ.get("ISSUER_KEY_FILE", ""))
    if not path.is_file():
        raise UserMistake(
            "ISSUER_KEY_FILE names no key: the story needs a deployment made by `talentloop init-deployment --demo`."
        )
    return read_key(path)
