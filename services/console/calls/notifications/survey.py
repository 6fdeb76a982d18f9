"""What candidates answered about how it went."""

from services.console.calls.route import Told, reading


class Statement(Told):
    """One statement of the survey: the mean, and how many gave 1 to 5."""

    statement: str
    mean: float
    counts: tuple[int, ...]


class Survey(Told):
    """What candidates answered, in whole batches; `why` says why there is nothing yet."""

    shown: int
    why: str | None = None
    statements: tuple[Statement, ...] = ()
    recommend: float | None = None
    promoters: int | None = None
    detractors: int | None = None
    comments: tuple[str, ...] = ()


SURVEY = reading("notifications", "/survey", Survey, "job", "cycle")
