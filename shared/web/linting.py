"""The lint as HTTP offers it: of texts that can be read in one go, and beside the event loop."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic_core import PydanticCustomError

from shared.lint import LONGEST, LintFinding, lint

T = TypeVar("T", bound=Iterable[str])


def readable(texts: T) -> T:
    """A validator of texts, or of texts by name: together they have `LONGEST` characters at most."""
    if sum(map(len, texts.values() if isinstance(texts, Mapping) else texts)) > LONGEST:
        raise PydanticCustomError("too_long", "has more than 20,000 characters in all")
    return texts


async def lint_aside(texts: Sequence[str], language: str, names: Sequence[str] = ()) -> list[LintFinding]:
    """What the lint finds, while others are answered."""
    return await asyncio.to_thread(lint, texts, language, names)
