"""Interviews in lists: by their ids, and in the order in which they begin."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query

from services.interviews.api.answers import ById
from services.interviews.api.callers import Anybody, scope_of
from services.interviews.domain.interviews import Interview
from services.interviews.sql.interview_lists import Days, list_interviews, list_interviews_by_start
from services.interviews.sql.lists import ListSearch
from shared.contracts import EARLIEST, LATEST, Basis, Id, Plan, Value
from shared.contracts.reading import InterviewState
from shared.kit.db import Connection
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened, opened_at

routes = Routes(tags=["interviews"])

Found = tuple[list[Interview], str | None]


class ListedInterview(Value):
    """What became of an interview; `basis` tells whether a completion was said or assumed."""

    interview: Id
    candidate: Id
    application: Id
    job: Id | None
    state: InterviewState
    basis: Basis | None
    starts_at: datetime | None
    ended_at: datetime | None
    interviewers: list[Id]
    owed_by: list[Id]


@routes.get("/interviews")
async def read_interviews(
    caller: Anybody,
    job: ById = None,
    candidate: ById = None,
    application: ById = None,
    state: InterviewState | None = None,
    begin: Annotated[Plan | None, Query(alias="from", description="That begin then or later.")] = None,
    end: Annotated[Plan | None, Query(alias="to", description="That begin before then.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedInterview]:
    """Interviews in the order of their ids; with `from` or `to` in the order in which they begin.

    Interviewers see their own, hiring managers those of their own jobs.
    """
    wanted = ListSearch(job, candidate, state, limit=limit, application=application)
    if begin or end:
        find = partial(_list_by_start, wanted, Days(begin or EARLIEST, end or LATEST), cursor)
    else:
        find = partial(_list_by_id, wanted, cursor)
    async with caller.turn() as turn:
        found, more = await find(turn.conn, caller)
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
    return Page(items=[listed(i) for i in visible], cursor=more)


async def _list_by_id(wanted: ListSearch, cursor: str | None, conn: Connection, caller: Caller) -> Found:
    after, tie = opened(cursor, 2)
    here = wanted._replace(after=(after, tie))
    found = await list_interviews(conn, caller.organization, here, await scope_of(conn, caller))
    return found, following(found, wanted.limit, lambda i: [i.interview, i.candidate])


async def _list_by_start(wanted: ListSearch, days: Days, cursor: str | None, conn: Connection, caller: Caller) -> Found:
    at, (after, tie) = opened_at(cursor, 2)
    scope = await scope_of(conn, caller)
    here = days._replace(after=(at, after, tie))
    found = await list_interviews_by_start(conn, caller.organization, wanted, here, scope)
    return found, following(found, wanted.limit, lambda i: [str(i.starts_at), i.interview, i.candidate])


def listed(known: Interview) -> ListedInterview:
    """As lists show it."""
    return ListedInterview(
        interview=known.interview,
        candidate=known.candidate,
        application=known.application,
        job=known.job,
        state=known.state,
        basis=known.basis,
        starts_at=known.starts_at,
        ended_at=known.ended_at,
        interviewers=list(known.interviewers),
        owed_by=list(known.owed_by),
    )
