"""What is registered of a candidate, corrected by themselves on a page below their own (rule 11)."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ValidationError

from services.candidates.api.page import PageReader, pages, reader_of, request_name, spelled
from services.candidates.domain.corrections import correction
from services.candidates.sql.corrections import load_corrections
from shared.contracts import OwnField
from shared.contracts.links import OWN_PAGE
from shared.kit.people import hold_people
from shared.web.bodies import Routes
from shared.web.links import Token
from shared.web.translation import LANGUAGES
from shared.web.visits import Visit, visiting

routes = Routes(tags=["candidate's page"], default_response_class=HTMLResponse)

ADDRESS = f"{OWN_PAGE.route}/data"
_PLACES = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


class TypedData(BaseModel):
    """The form as it was sent; `was_...`: what it had shown, which may have become something else since."""

    name: str = ""
    preferred_name: str = ""
    language: str = ""
    timezone: str = ""
    was_name: str | None = None
    was_preferred_name: str | None = None
    was_language: str | None = None
    was_timezone: str | None = None

    def over(self, stands: Mapping[str, Any]) -> dict[OwnField, str | None]:
        """What is to stand: what they changed, and of all else what stands now."""
        fields = dict(self)
        return {
            field: stands.get(field) if fields[field] == fields[f"was_{field}"] else fields[field].strip() or None
            for field in OwnField
        }


@routes.get(ADDRESS)
async def show_own_data(token: Token, request: Request) -> HTMLResponse:
    """A form with what is registered of them. Changes nothing."""
    async with visiting(request, OWN_PAGE, token) as visit:
        reader = await reader_of(visit)
        return _form(visit, reader, {field: reader.profile.get(field) for field in OwnField})


@routes.post(ADDRESS)
async def correct_own_data(token: Token, request: Request, typed: Annotated[TypedData, Form()]) -> Response:
    """Keep what they say of themselves; what they left as it was stays the platform's. The same changes nothing."""
    async with visiting(request, OWN_PAGE, token) as visit:
        await hold_people(visit.turn.conn, visit.organization, *visit.about)
        reader = await reader_of(visit)
        wanted = typed.over(reader.profile)
        try:
            await _correct(visit, reader, wanted)
        except ValidationError as error:
            wrong = {str(place) for one in error.errors() for place in one["loc"]} or {str(OwnField.NAME)}
            return _form(visit, reader, wanted, wrong)
        return RedirectResponse(f"../{request_name(visit)}?kept=true#data", 303)


async def _correct(visit: Visit, reader: PageReader, wanted: dict[OwnField, str | None]) -> None:
    """Raises ValidationError."""
    known = [one for of in (await load_corrections(visit.turn.conn, reader.people)).values() for one in of]
    said = correction(reader.candidate, reader.profile, known, wanted, visit.turn.now)
    if said:
        await visit.caller.record(visit.turn, said)


def _form(
    visit: Visit, reader: PageReader, typed: dict[OwnField, str | None], wrong: set[str] | None = None
) -> HTMLResponse:
    here = typed[OwnField.TIMEZONE]
    language = typed[OwnField.LANGUAGE]
    return pages.show(
        "own_data.html",
        language=reader.language,
        status=422 if wrong else 200,
        legal=reader.organization.legal,
        organization=reader.organization.name,
        home=f"../{request_name(visit)}",
        typed=typed,
        stands={field: reader.profile.get(field) for field in OwnField},
        wrong=wrong or set(),
        languages=[(code, spelled("language", code, language=code)) for code in _with(LANGUAGES, language)],
        zones=[(zone, zone.replace("_", " ")) for zone in _with(_zones(), here)],
    )


def _with(known: tuple[str, ...], own: str | None) -> list[str]:
    """What can be chosen: theirs is, even where nobody else's would be."""
    return sorted({*known, *([own] if own else ())})


@cache
def _zones() -> tuple[str, ...]:
    return tuple(zone for zone in available_timezones() if zone.partition("/")[0] in _PLACES)
