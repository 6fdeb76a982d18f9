"""Several rounds together: a family of jobs, a cycle, the whole organisation; and what every measure means."""

from typing import Annotated

from fastapi import Path

from services.insights.api.callers import Anybody, Reader, is_guarded
from services.insights.api.kept import Kept, KeptScopes
from services.insights.api.shown import ShownScope, Spoken, Telling
from services.insights.domain.measures import MEASURES, RULES_VERSION, By, Of, Unit
from services.insights.domain.scopes import EVERYBODY, Scope, Scopes
from services.insights.domain.surveys import survey_figures
from services.insights.sql.surveys import load_answers
from shared.contracts import Name, Value, family_of
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.problems import NotFound

routes = Routes(tags=["overview"])

AName = Annotated[Name, Path()]


class NoRounds(NotFound):
    """No round belongs there."""

    code = "no-rounds"


class ShownMeasure(Value):
    """One measure: what it counts, in what, from how many on it is shown, and how its interval is found."""

    code: str
    unit: Unit
    floor: int
    of: Of
    interval: By
    definition: str


class Measures(Value):
    """Every measure, under these rules."""

    rules_version: str
    measures: list[ShownMeasure]


@routes.get("/overview")
async def read_overview(caller: Reader, language: Spoken, kept: Kept) -> ShownScope:
    """Every round of the organisation together, and how its cycles went on."""
    async with caller.turn() as turn:
        scopes = await _scopes(turn, caller, kept)
        answers = await load_answers(turn.conn, caller.organization)
    telling = Telling(language, scopes.names())
    rounds = len(scopes.within(EVERYBODY))
    found = [*scopes.figures(EVERYBODY), *survey_figures(answers)] if rounds else []
    return ShownScope(
        name=caller.organization,
        rounds=rounds,
        guarded=is_guarded(caller),
        figures=telling.figures(found),
        trends=telling.trends(scopes.cycles()),
    )


@routes.get("/cycles/{cycle}")
async def read_cycle(cycle: AName, caller: Reader, language: Spoken, kept: Kept) -> ShownScope:
    """One cycle, and how it stands to the cycles before."""
    async with caller.turn() as turn:
        scopes = await _scopes(turn, caller, kept)
        answers = await load_answers(turn.conn, caller.organization, of_cycle=cycle)
    scope = Scope("cycle", cycle)
    telling = Telling(language, scopes.names())
    return ShownScope(
        name=cycle,
        rounds=_counted(scopes, scope),
        guarded=is_guarded(caller),
        figures=telling.figures([*scopes.figures(scope), *survey_figures(answers)]),
        trends=telling.trends(scopes.cycles(cycle)),
    )


@routes.get("/families/{family}")
async def read_family(family: AName, caller: Reader, language: Spoken, kept: Kept) -> ShownScope:
    """The rounds of one family of jobs, however it is written, and how they went on."""
    async with caller.turn() as turn:
        scopes = await _scopes(turn, caller, kept)
    scope = Scope("family", family_of(family, None))
    telling, guarded = Telling(language, scopes.names()), is_guarded(caller)
    return ShownScope(
        name=scope.name,
        rounds=_counted(scopes, scope),
        guarded=guarded,
        figures=telling.figures(scopes.figures(scope)),
        trends=telling.trends(scopes.one_by_one(scope)),
    )


@routes.get("/measures")
async def read_measures(caller: Anybody) -> Measures:
    """What every figure counts exactly, and from how many on it is shown."""
    shown = [
        ShownMeasure(code=m.code, unit=m.unit, floor=m.floor, of=m.of, interval=m.interval, definition=m.definition)
        for m in MEASURES.values()
    ]
    return Measures(rules_version=RULES_VERSION, measures=shown)


async def _scopes(turn: Turn, caller: Caller, kept: KeptScopes) -> Scopes:
    """As the caller may see them."""
    return await kept.load(turn.conn, caller.organization, is_guarded=is_guarded(caller))


def _counted(scopes: Scopes, scope: Scope) -> int:
    rounds = len(scopes.within(scope))
    if not rounds:
        raise NoRounds("No round belongs there.")
    return rounds
