"""Rounds of organisations that were read lately: read and added up once, until one of them changes."""

from collections import OrderedDict
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from services.insights.domain.scopes import Scopes
from services.insights.sql.rounds import find_version, load_figures_told, load_rounds
from shared.kit.db import Connection

ROUNDS_KEPT = 5_000  # some 6 kB each


class _Whose(NamedTuple):
    organization: str
    is_guarded: bool


class KeptScopes:
    """What this process read, by the version of what is in the database: whoever wrote a round, it is read anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Whose, tuple[str | None, Scopes]] = OrderedDict()

    async def load(self, conn: Connection, organization: str, *, is_guarded: bool) -> Scopes:
        """All rounds as they stand, or as they were told."""
        whose, version = _Whose(organization, is_guarded), await find_version(conn, organization)
        found = self._kept.pop(whose, None)
        if found is None or found[0] != version:  # rows are read after their version: they are never older than it says
            told = await load_figures_told(conn, organization) if is_guarded else None
            found = version, Scopes(await load_rounds(conn, organization), told)
        self._kept[whose] = found
        while len(self._kept) > 1 and sum(len(scopes) for _, scopes in self._kept.values()) > ROUNDS_KEPT:
            self._kept.popitem(last=False)
        return found[1]


async def _kept(request: Request) -> KeptScopes:
    kept: KeptScopes | None = getattr(request.app.state, "kept_scopes", None)
    if kept is None:
        kept = request.app.state.kept_scopes = KeptScopes()
    return kept


Kept = Annotated[KeptScopes, Depends(_kept)]
