"""The lint while typing: what must not stand in a letter, before it stands in one."""

from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, Field, StringConstraints

from services.notifications.api.callers import Anybody
from shared.contracts import Language, Name, Value
from shared.lint import Code, LintFinding, knows
from shared.web.bodies import Routes
from shared.web.linting import lint_aside, readable
from shared.web.translation import ENGLISH, accepted, spoken

routes = Routes(tags=["lint"])

Written = Annotated[str, StringConstraints(max_length=20_000)]


class Texts(Value):
    """Sentences for a candidate, 20,000 characters in all, and the names of others who must not be named in them."""

    language: Language
    texts: Annotated[list[Written], Field(max_length=50), AfterValidator(readable)]
    names: Annotated[list[Name], Field(max_length=100)] = Field(default=[])


class Found(Value):
    """Words that must not stand in a letter: in which text, from which character to which, and what to do."""

    code: Code
    text: int
    start: int
    end: int
    found: str
    advice: str


class Linted(Value):
    """The first 200 that were found. Where the language is not `known`, only names are: a person reads every letter."""

    known: bool
    findings: list[Found]


@routes.post("/lint")
async def lint_texts(body: Texts, caller: Anybody, accept_language: Annotated[str, Header()] = "") -> Linted:
    """What rule 3 forbids in these texts, with advice in the caller's language. Nothing is kept."""
    reader, found = spoken(*accepted(accept_language)), await lint_aside(body.texts, body.language, body.names)
    return Linted(known=knows(body.language), findings=[shown(f, reader) for f in found])


def shown(finding: LintFinding, reader: str = ENGLISH) -> Found:
    """As people see it, with advice in the `reader`'s language."""
    return Found(**finding._asdict(), advice=finding.advice(reader))
