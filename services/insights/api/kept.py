"""Rounds of organisations that were read lately: each is read again once it changed, and then all are added up anew."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from services.insights.domain.measures import Figure
from services.insights.domain.scopes import Scopes
from services.insights.domain.sums import SummedRound
from services.insights.sql.rounds import Reading, load_figures_told, load_rounds
from shared.kit.db import Connection

ROUNDS_KEPT = 5_000  # some 6 kB each


class _Whose(NamedTuple):
    organization: str
    is_guarded: bool


class _Read(NamedTuple):
    rounds: Mapping[str, Reading[SummedRound]]
    told: Mapping[str, Reading[list[Figure]]]
    scopes: Scopes


_NOTHING = _Read({}, {}, Scopes([]))


class KeptScopes:
    """What this process read, row by row in its version: only what anybody wrote since is read anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Whose, _Read] = OrderedDict()

    async def load(self, conn: Connection, organization: str, *, is_guarded: bool) -> Scopes:
        """All rounds as they stand, or as they were told."""
        whose = _Whose(organization, is_guarded)
        before = self._kept.get(whose, _NOTHING)
        rounds = await load_rounds(conn, organization, before.rounds)
        told = await load_figures_told(conn, organization, before.told) if is_guarded else {}
        if (rounds, told) != before[:2]:
            figures = {job: reading.found for job, reading in told.items()}
            scopes = Scopes([reading.found for reading in rounds.values()], figures if is_guarded else None)
            before = _Read(rounds, told, scopes)
        self._kept[whose] = before
        self._kept.move_to_end(whose)
        while len(self._kept) > 1 and sum(len(read.rounds) for read in self._kept.values()) > ROUNDS_KEPT:
            self._kept.popitem(last=False)
        return before.scopes


async def _kept(request: Request) -> KeptScopes:
    kept: KeptScopes | None = getattr(request.app.state, "kept_scopes", None)
    if kept is None:
        kept = request.app.state.kept_scopes = KeptScopes()
    return kept


Kept = Annotated[KeptScopes, Depends(_kept)]
