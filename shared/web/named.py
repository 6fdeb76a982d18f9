"""Many things asked for by their ids in one address: whoever shows a list of ids learns their names at once."""

from typing import Annotated

from fastapi import Depends, Query

MOST_NAMED = 200
_ID = r"[A-Za-z0-9._:\-]{1,64}"
_IDS = Query(
    pattern=rf"^{_ID}(,{_ID}){{0,{MOST_NAMED - 1}}}$",
    description=f"Of these ids only: at most {MOST_NAMED}, separated by commas.",
)


async def ids_named(ids: Annotated[str, _IDS]) -> list[str]:
    """The ids that a request has to name, each once, in order."""
    return sorted(set(ids.split(",")))


async def any_ids_named(ids: Annotated[str | None, _IDS] = None) -> list[str] | None:
    """The same where a request may name some; None where it names none."""
    return None if ids is None else await ids_named(ids)


Named = Annotated[list[str], Depends(ids_named)]
AnyNamed = Annotated[list[str] | None, Depends(any_ids_named)]
