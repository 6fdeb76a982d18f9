"""The way back of an act on many things: a form names them as far as it can, beyond that the act does."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from uuid import UUID

from services.console.api.visitors import Visitor
from services.console.sql.acts import load_act, save_act
from shared.kit.db import Connection, Database
from shared.kit.ids import uuid7

NAMED = 200  # so many a form names itself


async def way_back(visitor: Visitor, things: Collection[str]) -> str:
    """The id of an act on these, where they are too many for a form; else ""."""
    if len(things) <= NAMED:
        return ""
    act = UUID(uuid7())
    async with at_home(visitor) as conn:
        now = datetime.now(UTC)  # as sessions, acts live in the machine's time
        await save_act(conn, act, visitor.identity.organization, visitor.user, list(things), now)
    return str(act)


async def things_of(visitor: Visitor, named: Sequence[str] | None, act: UUID | None) -> list[str]:
    """What a form is about: named in it, or in an act of its own sender."""
    if named or act is None:
        return list(dict.fromkeys(named or ()))
    async with at_home(visitor) as conn:
        return await load_act(conn, act, visitor.identity.organization, visitor.user)


def at_home(visitor: Visitor) -> AbstractAsyncContextManager[Connection]:
    """A transaction on what the console itself keeps of the visitor's organisation."""
    database: Database = visitor.request.app.state.runtime.database
    return database.transaction([visitor.identity.organization])
