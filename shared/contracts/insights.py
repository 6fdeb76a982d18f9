"""What was learnt: rounds, summed up. Owner: insights."""

from typing import Annotated

from pydantic import Field

from shared.contracts.event import INSIGHTS, Event
from shared.contracts.interviews.jobs import JobOutcome
from shared.contracts.values import Code, Flag, Id, Instant, Line, Name, Value

Real = Annotated[float, Field(strict=True)]
Counted = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


class RoundFigure(Value):
    """One guarded figure: `k` of `of`, the value with its 95 % interval; below the measure's floor without a value.

    `people`: how many stand behind it.
    """

    measure: Code
    competency: Id | None = None
    part: Line | None = None
    k: Counted | None = None
    of: Counted
    people: Counted | None = None
    value: Real | None = None
    low: Real | None = None
    high: Real | None = None


class RoundSummedUp(Event, owner=INSIGHTS, listens={INSIGHTS}, fact="job", person=None):
    """What one round taught, without anybody in it: no figure is of fewer than five people, or of one interviewer.

    Said again when something changed, until it is `final`: then it stays as it is, whoever is forgotten later.
    """

    job: Id
    family: Name
    cycle: Name | None = None
    closed_at: Instant | None = None
    outcome: JobOutcome | None = None
    final: Flag = False
    rules_version: Id
    people: Counted | None = None
    interviews: Counted | None = None
    figures: Annotated[tuple[RoundFigure, ...], Field(max_length=400)] = ()
