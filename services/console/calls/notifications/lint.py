"""Sentences for a candidate, looked at before they leave."""

from pydantic import BaseModel

from services.console.calls.notifications.letters import Found
from services.console.calls.route import Told, writing


class Linted(Told):
    """What the lint found; it reads no language that it does not know."""

    known: bool
    findings: tuple[Found, ...]


class Texts(BaseModel):
    """Sentences for a candidate, and whom they must not name."""

    language: str
    texts: list[str]
    names: list[str]


LINT = writing("notifications", "/lint", Linted, "POST")
