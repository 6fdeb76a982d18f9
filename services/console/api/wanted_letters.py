"""Which letters somebody looks at: the filters of the page, in its address."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict

from services.console.api.places import Place
from services.console.calls.names import Names


def _given(value: Any) -> Any:
    """A filter of a form that was left empty is none."""
    return None if value == "" else value


AnId = Annotated[str | None, BeforeValidator(_given)]


def in_order(rows: Iterable[Any], names: Names) -> list[Any]:
    """Letters that wait as a list shows them: those to look at first, then by name."""
    return sorted(rows, key=lambda row: (not row.concerns, names.person(row.candidate)))


class Wanted(BaseModel):
    """The filters. `job`: of one job only; `mine`: of jobs I work on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    job: AnId = None
    state: Literal["waiting", "leaving", "sent"] = "waiting"
    mine: bool = False
    cursor: AnId = None

    @property
    def waits(self) -> bool:
        """Those that wait for a person."""
        return self.state == "waiting"

    def address(self, letter: str = "", **changed: Any) -> str:
        """The page with these filters, or with others; of one letter, where one is named."""
        shown = self.model_copy(update=changed)
        query = {
            "job": shown.job,
            "state": None if shown.waits else shown.state,
            "mine": "true" if shown.mine else None,
        }
        query["cursor"] = shown.cursor
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{Place.LETTERS}{f'/{letter}' if letter else ''}{f'?{said}' if said else ''}"
