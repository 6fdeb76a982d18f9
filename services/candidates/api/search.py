"""Anybody is found by name or address. By POST: what is searched stands in no address, and in no log of one."""

from typing import Annotated

from pydantic import Field

from services.candidates.api.callers import JobReader
from services.candidates.api.people import PersonName, find_allowed
from services.candidates.domain.names import beginnings_of
from services.candidates.sql.names import FoundName, NameSearch, load_names, search_names
from shared.contracts import Email, Value
from shared.web.bodies import Routes
from shared.web.cursors import LARGEST_PAGE, Page, cursor_after, opened

routes = Routes(tags=["people"])

WALKED = 1_000  # words that one page looks at


class Sought(Value):
    """How words of a name begin, or an address: all of them, however they are written. `cursor`: of the page before."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    cursor: Annotated[str, Field(max_length=600)] | None = None
    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 50


class FoundPerson(PersonName):
    """Somebody who was found."""

    email: Email | None


@routes.post("/candidates/search")
async def search_candidates(sought: Sought, caller: JobReader) -> Page[FoundPerson]:
    """Who is called so, or reads mail there. Hiring managers find who applied for their jobs.

    What one page looks at is bounded: it may hold fewer people than `limit`, or none, and still have a `cursor`.
    """
    beginnings, after = beginnings_of(sought.text), opened(sought.cursor, 2)
    if not beginnings:
        return Page(items=[])
    leading, *others = beginnings
    async with caller.turn() as turn:
        search = NameSearch(leading, others, (after[0], after[1]), WALKED)
        walked = await search_names(turn.conn, caller.organization, search)
        page, cursor = _page(walked, sought.limit)
        allowed = await find_allowed(turn.conn, caller, page)
        found = await load_names(turn.conn, caller.organization, sorted(allowed), sought.limit)
        visible = await caller.visible(turn.conn, found)
        await caller.note_reading(turn, [one.candidate for one in visible])
    return Page(items=[FoundPerson(**one._asdict()) for one in visible], cursor=cursor)


def _page(walked: list[FoundName], limit: int) -> tuple[list[str], str | None]:
    """Whom a page holds, and where the next one begins."""
    found = [one for one in walked if one.is_found]
    if len(found) >= limit:
        found = found[:limit]
        return [one.candidate for one in found], cursor_after([found[-1].word, found[-1].candidate])
    more = cursor_after([walked[-1].word, walked[-1].candidate]) if len(walked) == WALKED else None
    return [one.candidate for one in found], more
