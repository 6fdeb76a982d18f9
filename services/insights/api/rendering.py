"""The report of a round as a page in the language of its reader; nothing is asked for here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date
from fastapi.responses import HTMLResponse

from services.insights.domain.findings import Difference, Finding
from services.insights.domain.measures import Figure
from services.insights.domain.report import KINDS, Report, Standing
from shared.web.acting import where_to
from shared.web.dates import locale_of
from shared.web.numbers import number, percent, span
from shared.web.pages import Pages

PAGES = Pages("services.insights")
MARKS = {kind: mark for mark, kind in enumerate(KINDS, start=1)} | {"nothing": 0}


def render_report(report: Report, language: str, console: str | None = None) -> HTMLResponse:
    """The page. `language` is one of LANGUAGES; `console`: the address of the pages that its findings lead to."""
    report = report.fitting()
    nothing = [("nothing", report.wasted.k)] if report.wasted.k else []
    return PAGES.show(
        "report.html",
        language=language,
        report=report,
        names=report.names,
        marks=MARKS,
        kinds=[*((kind, report.returned[kind]) for kind in KINDS if kind in report.returned), *nothing],
        circles=[(MARKS[kind], count) for kind, count in report.circles.kinds],
        day=lambda at: _day(at, language),
        hours=lambda hours: span(hours, language),
        way=lambda finding: console and _way(console, report, finding),
        **_numbers(language),
    )


def _way(console: str, report: Report, finding: Finding) -> str:
    about = finding.figure
    return console.rstrip("/") + where_to(finding.act, report.job.job, about.competency, about.part)


class Sentences:
    """What figures say, as plain text in one language; `names`: of competencies."""

    def __init__(self, language: str, names: Mapping[str, str]) -> None:
        self._language = language
        self._names = names

    def why(self, figure: Figure) -> str:
        """Why there is no figure."""
        return self._say("why", f=figure)

    def finding(self, finding: Finding) -> str:
        """What was found."""
        return self._say("finding", rule=finding.rule, f=finding.figure)

    def difference(self, difference: Difference) -> str:
        """How a figure stands to the one before."""
        return self._say("difference", to=difference)

    def note(self, how: Standing, said_at: datetime) -> str:
        """How figures stand to those that were said for good."""
        return self._say("note", how=how, said_on=_day(said_at, self._language))

    def _say(self, kind: str, **about: Any) -> str:
        given = {"kind": kind, "names": self._names, **_numbers(self._language), **about}
        return PAGES.say("sentence.html", language=self._language, **given)


def _numbers(language: str) -> dict[str, Any]:
    """How shares and means are written."""
    return {"percent": lambda share: percent(share, language), "number": lambda value: number(value, language)}


def _day(at: datetime, language: str) -> str:
    return format_date(at, "medium", locale=locale_of(language))
