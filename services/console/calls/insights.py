"""What the console asks of insights."""

from datetime import datetime

from services.console.calls.route import Listed, Told, reading


class Finding(Told):
    """What a figure says, how surely, and where to act."""

    certainty: str
    act: str
    says: str


class Numbers(Told):
    """`k` of `of`, and the value with its interval."""

    k: int | None = None
    of: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


class Figure(Numbers):
    """One figure; where it is not shown, `says` tells why."""

    code: str
    competency: str | None = None
    name: str | None = None
    part: str | None = None
    shown: bool
    says: str | None = None
    finding: Finding | None = None


class Point(Numbers):
    """One share of a series."""

    name: str


class Trend(Told):
    """The same share in turn; `says`: how the last stands to the one before."""

    code: str
    competency: str | None = None
    name: str | None = None
    part: str | None = None
    points: tuple[Point, ...]
    difference: str
    says: str


class Round(Told):
    """A round of hiring: its job, how it ended, how many took part."""

    job: str
    title: str | None = None
    family: str
    cycle: str | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: str | None = None
    people: int | None = None
    interviews: int | None = None
    guarded: bool


class ListedRound(Round):
    """A round in brief."""

    wasted: tuple[Figure, ...]
    findings: tuple[Finding, ...]


class KnownRound(Round):
    """A round with all its figures; `note`: how they stand to those that were said for good."""

    rules_version: str
    figures: tuple[Figure, ...]
    trends: tuple[Trend, ...]
    note: str | None = None


class Scope(Told):
    """Several rounds together."""

    name: str
    rounds: int
    guarded: bool
    rules_version: str
    figures: tuple[Figure, ...]
    trends: tuple[Trend, ...]


class Growth(Told):
    """Who came back stronger."""

    guarded: bool
    figures: tuple[Figure, ...]


class OwnFigures(Told):
    """What an interviewer is told of themselves."""

    told: bool
    leniency_is_sure: bool
    figures: tuple[Figure, ...]


class Level(Told):
    """The mean level of one person in one competency, 1 to 5."""

    competency: str
    level: float
    ratings: int
    met: bool | None = None


class Standing(Told):
    """One person of a round."""

    candidate: str
    levels: tuple[Level, ...]


ROUNDS = reading(
    "insights", "/rounds", Listed[ListedRound], "family", "cycle", "state", "outcome", "limit", "cursor"
)  # fmt: skip
ROUND = reading("insights", "/rounds/{job}", KnownRound)
PEOPLE = reading("insights", "/rounds/{job}/people", Listed[Standing], "limit")
REPORT = reading("insights", "/rounds/{job}/report", Told)
OVERVIEW = reading("insights", "/overview", Scope)
FAMILY = reading("insights", "/families/{family}", Scope)
CYCLE = reading("insights", "/cycles/{cycle}", Scope)
GROWTH = reading("insights", "/growth", Growth, "family")
MINE = reading("insights", "/interviewers/me", OwnFigures)
