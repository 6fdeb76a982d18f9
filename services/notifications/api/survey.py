"""The survey behind its signed link, and what is shown of the answers. Who answered what is kept nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.notifications.api.callers import ById, JobReader, OfCycle, find_own_jobs, refuse_other_jobs
from services.notifications.api.links import pages
from services.notifications.domain import survey, survey_batches
from services.notifications.domain.policy import LetterKind
from services.notifications.sql.letters import ListedLetter, load_letter
from services.notifications.sql.organizations import load_openings, load_organizations
from services.notifications.sql.survey import find_cycle, is_survey_used, load_shown, use_survey
from shared.contracts import LegalFrame, SurveyAnswered, Value
from shared.contracts.links import SURVEY
from shared.web.bodies import Routes
from shared.web.links import Token
from shared.web.translation import spoken
from shared.web.validation import TEXT, fits
from shared.web.visits import Visit, visiting

routes = Routes(tags=["survey"])

OFFER_FIELD = f"s{len(survey.STATEMENTS) + 1}"


class Statement(Value):
    """One statement: the mean of the points given, and how many gave 1, 2, 3, 4 and 5."""

    statement: str
    mean: float
    counts: list[int]


class Results(Value):
    """What is shown: whole batches of at least five answers. `why` says so while there is none."""

    shown: int
    why: str | None = None
    statements: tuple[Statement, ...] = ()
    recommend: float | None = None
    promoters: int | None = None
    detractors: int | None = None
    comments: tuple[str, ...] = ()


class AskedSurvey(NamedTuple):
    """What a survey asks about: the job of the letter that it came with."""

    letter: ListedLetter
    job: str
    title: str | None
    organization: str
    language: str
    legal: LegalFrame


@routes.get("/survey")
async def read_results(caller: JobReader, job: ById = None, cycle: OfCycle = None) -> Results:
    """What the surveys of a job, of a cycle or of the whole organisation say; to hiring managers, of their own jobs."""
    async with caller.turn() as turn:
        if job:
            await refuse_other_jobs(turn.conn, caller, job)
        jobs = [job] if job else await find_own_jobs(turn.conn, caller)
        found = survey.results(await load_shown(turn.conn, caller.organization, jobs, cycle))
    if found is None:
        return Results(shown=0, why=f"shown from {survey_batches.AT_LEAST} answers")
    return Results(
        shown=found.shown,
        statements=tuple(_statements(found)),
        recommend=found.recommend,
        promoters=found.promoters,
        detractors=found.detractors,
        comments=tuple(found.comments),
    )


def _statements(found: survey.SurveyResults) -> Iterator[Statement]:
    for statement, mean, counts in zip(survey.STATEMENTS, found.means, found.counts, strict=True):
        yield Statement(statement=statement, mean=mean, counts=counts)
    if found.offers:
        points = sum(point * count for point, count in enumerate(found.offers, start=1))
        yield Statement(statement=survey.OFFER, mean=round(points / sum(found.offers), 2), counts=found.offers)


@routes.get(SURVEY.route, response_class=HTMLResponse)
async def show_survey(token: Token, request: Request) -> HTMLResponse:
    """Show the statements. Changes nothing, whoever opens it."""
    async with visiting(request, SURVEY, token) as visit:
        asked = await _asked(visit)
        return _page(asked, {}, done=await is_survey_used(visit.turn.conn, visit.organization, asked.letter.letter))


@routes.post(SURVEY.route, response_class=HTMLResponse)
async def answer_survey(token: Token, request: Request) -> HTMLResponse:
    """Keep the answers under a random id, once. What cannot be kept is shown again as it was typed."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    async with visiting(request, SURVEY, token) as visit:
        asked = await _asked(visit)
        errors = problems_of(given)
        if errors:
            return _page(asked, given, errors)
        if await use_survey(visit.turn.conn, visit.organization, asked.letter.letter):
            await _keep(visit, asked.job, given)
        return _page(asked, given, done=True)


def problems_of(given: Mapping[str, str]) -> list[str]:
    """The fields that are to be mended before it can be sent."""
    found = [f"s{n}" for n in range(1, len(survey.STATEMENTS) + 1) if given.get(f"s{n}") not in set("12345")]
    if given.get(OFFER_FIELD, "") not in {"", *"12345"}:
        found.append(OFFER_FIELD)
    if given.get("recommend") not in {str(n) for n in range(11)}:
        found.append("recommend")
    if (text := _line(given)) and not fits(TEXT, text):
        found.append("text")
    return found


def _line(given: Mapping[str, str]) -> str:
    return " ".join(given.get("text", "").split())


async def _keep(visit: Visit, job: str, given: Mapping[str, str]) -> None:
    event = SurveyAnswered(
        answer=str(uuid4()),
        job=job,
        cycle=await find_cycle(visit.turn.conn, visit.organization, job),
        answers=tuple(int(given[f"s{n}"]) for n in range(1, len(survey.STATEMENTS) + 1)),
        recommend=int(given["recommend"]),
        offer=int(given[OFFER_FIELD]) if given.get(OFFER_FIELD) else None,
        text=_line(given) or None,
    )
    await visit.caller.record(visit.turn, event)


async def _asked(visit: Visit) -> AskedSurvey:
    """Raises LinkRefused when the letter is gone, or asked nothing."""
    letter = await load_letter(visit.turn.conn, visit.organization, *visit.about)
    if letter is None or letter.kind != LetterKind.SURVEY or letter.job is None:
        raise visit.refused()
    settings = (await load_organizations(visit.turn.conn, [visit.organization]))[visit.organization]
    openings = await load_openings(visit.turn.conn, [(visit.organization, letter.job)])
    title = openings[visit.organization][letter.job].title
    return AskedSurvey(
        letter, letter.job, title, settings.name, spoken(letter.language, settings.language), settings.legal
    )


def _page(
    asked: AskedSurvey, given: Mapping[str, str], errors: Sequence[str] = (), *, done: bool = False
) -> HTMLResponse:
    return pages.show(
        "survey.html",
        language=asked.language,
        legal=asked.legal,
        status=422 if errors else 200,
        organization=asked.organization,
        title=asked.title,
        typed=given,
        errors=errors,
        done=done,
    )
