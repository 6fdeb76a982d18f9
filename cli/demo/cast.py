"""Who plays in "Nobody was hired": people, the job, and the interviews they had."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.contracts import Anchor, Competency, Overall, TeamMember, TeamRole

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """An instant of the story, which plays in late 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


BEGINNING = berlin(2, 9)


class CastMember(NamedTuple):
    """Somebody who applies."""

    id: str
    name: str
    timezone: str
    country: str


PEOPLE = (
    CastMember("amara", "Amara Nwosu", "Europe/Berlin", "DE"),
    CastMember("lukas", "Lukas Brandt", "Europe/Berlin", "DE"),
    CastMember("mei", "Mei Tanaka", "Asia/Tokyo", "JP"),
    CastMember("noor", "Noor Haddad", "Europe/Berlin", "DE"),
    CastMember("diego", "Diego Salas", "Europe/Berlin", "DE"),
    CastMember("hanna", "Hanna Virtanen", "Europe/Berlin", "DE"),
    CastMember("priya", "Priya Raman", "Europe/Berlin", "DE"),
    CastMember("tom", "Tom Fischer", "Europe/Berlin", "DE"),
)
USERS = {"ines": "Ines Calder", "tomas": "Tomas Reyes", "ada": "Ada Lindqvist", "ben": "Ben Okafor"}
TEAM = (
    TeamMember(user="ines", role=TeamRole.RECRUITER),
    TeamMember(user="tomas", role=TeamRole.HIRING_MANAGER),
)
SQL_ANCHORS = (
    Anchor(level=1, text="Reads one table; a join is guessed."),
    Anchor(level=3, text="Joins two tables and notices when rows double."),
    Anchor(level=5, text="Explains each join and proves the result by a count."),
)
COMPETENCIES = (
    Competency(
        competency="sql",
        name="SQL",
        level=4,
        must_have=True,
        weight=3,
        looks_for="joins that stay right",
        anchors=SQL_ANCHORS,
    ),
    Competency(competency="python", name="Python", level=3, weight=2, looks_for="small scripts that others can read"),
    Competency(competency="communication", name="Communication", level=3, looks_for="the answer first"),
)
ASSESSES = {"ada": ("sql", "communication"), "ben": ("sql", "python", "communication")}


class Talk(NamedTuple):
    """One interview: who, with whom, when it starts, and what it found (levels 1 to 5, None: could not assess)."""

    candidate: str
    interviewer: str
    starts_at: datetime
    overall: Overall | None = None
    levels: tuple[int | None, ...] = ()

    @property
    def id(self) -> str:
        """The interview's id."""
        return f"i-{self.candidate}-{self.interviewer}"

    @property
    def ends_at(self) -> datetime:
        """Three quarters of an hour."""
        return self.starts_at + timedelta(minutes=45)


HANNA_AND_BEN = Talk("hanna", "ben", berlin(3, 15), Overall.YES, (4, 3, None))
NOOR_AND_BEN = Talk("noor", "ben", berlin(5, 14), Overall.NO, (2, 4, 5))
PRIYA_AND_BEN = Talk("priya", "ben", berlin(11, 10))
TOM_AND_ADA = Talk("tom", "ada", berlin(9, 14))
HELD = (
    Talk("lukas", "ada", berlin(3, 10), Overall.YES, (4, 4)),
    Talk("lukas", "ben", berlin(3, 11), Overall.YES, (4, 3, 3)),
    Talk("hanna", "ada", berlin(3, 14), Overall.YES, (4, 4)),
    HANNA_AND_BEN,
    Talk("amara", "ada", berlin(4, 10), Overall.YES, (4, 4)),
    Talk("amara", "ben", berlin(4, 11), Overall.STRONG_YES, (5, 4, 4)),
    Talk("mei", "ada", berlin(5, 9), Overall.STRONG_YES, (4, 5)),
    Talk("mei", "ben", berlin(5, 10), Overall.STRONG_NO, (1, 3, 3)),
    Talk("noor", "ada", berlin(5, 13), Overall.YES, (3, 5)),
    NOOR_AND_BEN,
    Talk("diego", "ada", berlin(6, 10), Overall.NO, (2, 4)),
    Talk("diego", "ben", berlin(6, 11), Overall.NO, (2, 2, 3)),
    Talk("priya", "ada", berlin(9, 10), Overall.STRONG_YES, (5, 5)),
)
SCHEDULED = (*HELD, TOM_AND_ADA, PRIYA_AND_BEN)
