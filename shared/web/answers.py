"""What routes of several services answer in the same way: what saving changed, and refusals about jobs."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from shared.contracts import Value
from shared.web.caller import Recorded
from shared.web.problems import Conflict, Forbidden, NotFound

MOST_COUNTED = 1_000  # what waits is counted for people: above that a number tells them nothing
Count = Annotated[int, Field(ge=0, le=MOST_COUNTED)]


class Saved(Value):
    """What saving changed: `created`, `changed` or `same`."""

    recorded: Recorded


def answered(response: Response, recorded: Recorded) -> Saved:
    """201 for what is new, 200 for what changed or is the same."""
    response.status_code = 201 if recorded is Recorded.CREATED else 200
    return Saved(recorded=recorded)


class JobNotFound(NotFound):
    """No job of this id: nothing was said of it."""

    code = "job-not-found"


class NotYourJob(Forbidden):
    """A hiring manager acts for their own jobs only."""

    code = "not-your-job"


class AnotherNumber(Conflict):
    """The number said is not the number of those it is about: somebody has to look again."""

    code = "another-number"
