"""The measures, as data: what each counts exactly, from how many on it is shown, and what it is good for."""

from enum import StrEnum
from typing import NamedTuple

RULES_VERSION = "1"


class Unit(StrEnum):
    """What a value is."""

    SHARE = "share"
    COUNT = "count"
    HOURS = "hours"
    LEVELS = "levels"
    AGREEMENT = "agreement"
    DIFFERENCE = "difference"
    MEAN = "mean"
    SCORE = "score"
    POINTS = "points"


class Of(StrEnum):
    """What the floor counts."""

    PEOPLE = "people"
    RATINGS = "ratings"
    INTERVIEWS = "interviews"
    SCORECARDS = "scorecards"
    APPLICATIONS = "applications"
    JOBS = "jobs"
    ANSWERS = "answers"


class By(StrEnum):
    """How the interval is found."""

    WILSON = "wilson"
    NEWCOMBE = "newcombe"
    BOOTSTRAP = "bootstrap"
    STUDENT = "student"
    STANDARD_ERROR = "standard_error"
    NONE = "none"


class Table(StrEnum):
    """What a table of figures for other tools tells of: rounds, their competencies, or steps between interviews."""

    ROUNDS = "rounds"
    COMPETENCIES = "competencies"
    STEPS = "steps"


class Measure(NamedTuple):
    """One measure. `floor` of `of` before it is shown; `about_interviewers`: never of one interviewer alone."""

    code: str
    unit: Unit
    floor: int
    of: Of
    interval: By
    definition: str
    about_interviewers: bool = False


_TABLE = (
    Measure(
        "met", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "People whose mean level reaches the level asked for, of those with at least one level; for each competency, "
        "and for all must-haves, and all values, together of those assessed in each.",
    ),
    Measure(
        "unmet", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "A must-have that nobody assessed reaches; the upper bound says how many still might.",
    ),
    Measure(
        "not_assessed", Unit.SHARE, 10, Of.RATINGS, By.WILSON,
        "Ratings that are missing or say that it could not be assessed, of those asked for: the interview's "
        "competencies, else the job's.", about_interviewers=True,
    ),
    Measure(
        "never_asked", Unit.COUNT, 5, Of.INTERVIEWS, By.NONE,
        "A competency of the job that no completed interview was to look at.",
    ),
    Measure(
        "unsaid", Unit.SHARE, 3, Of.PEOPLE, By.WILSON,
        "A competency outside of the job's list that was rated for at least three people and a third of all.",
    ),
    Measure(
        "apart", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "Pairs of interviewers who rated the same application in the same competency two or more points of five "
        "apart, of all pairs.", about_interviewers=True,
    ),
    Measure(
        "alpha", Unit.AGREEMENT, 30, Of.PEOPLE, By.BOOTSTRAP,
        "Krippendorff's alpha for intervals over applications rated by at least two.", about_interviewers=True,
    ),
    Measure(
        "flat", Unit.SHARE, 10, Of.PEOPLE, By.WILSON,
        "Assessed people in the fifth of the scale that most of them are in.",
    ),
    Measure(
        "levels", Unit.LEVELS, 5, Of.PEOPLE, By.NONE, "Assessed people by fifths of the scale.",
    ),
    Measure(
        "misunderstood", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "People of whom an interviewer noted that they had understood something otherwise, of those with a scorecard; "
        "by what it is about (a person may be in several).",
    ),
    Measure(
        "answered", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "People who were told since: of those whose released letter names the competency, whom a campaign about it "
        "reached; of those who had understood something otherwise, whom a mail of news reached that puts it right.",
    ),
    Measure(
        "agreed", Unit.SHARE, 5, Of.APPLICATIONS, By.WILSON,
        "Applications whose verdicts are all on one side, of those with at least two.", about_interviewers=True,
    ),
    Measure(
        "reached", Unit.SHARE, 5, Of.APPLICATIONS, By.WILSON,
        "Finished applications with a completed interview at a later step, of those with one at this step.",
    ),
    Measure(
        "held", Unit.SHARE, 5, Of.INTERVIEWS, By.WILSON,
        "Completed interviews, of those completed, missed or cancelled; by whom.",
    ),
    Measure(
        "wait_first", Unit.HOURS, 5, Of.APPLICATIONS, By.NONE,
        "Hours from the application to the first interview; beside it how many still wait.",
    ),
    Measure(
        "wait_next", Unit.HOURS, 5, Of.INTERVIEWS, By.NONE,
        "Hours from the end of one completed interview to the start of the next of the same application.",
    ),
    Measure(
        "wait_decision", Unit.HOURS, 5, Of.APPLICATIONS, By.NONE,
        "Hours from the last completed interview to the decision; beside it how many still wait.",
    ),
    Measure(
        "wait_answer", Unit.HOURS, 5, Of.APPLICATIONS, By.NONE,
        "Hours from the decision not to select somebody to the moment they knew; beside it how many still wait.",
    ),
    Measure(
        "wait_match", Unit.HOURS, 1, Of.JOBS, By.NONE,
        "Hours from the opening of a job to the first earlier candidate whom we accepted for it.",
    ),
    Measure(
        "wait_applicant", Unit.HOURS, 1, Of.JOBS, By.NONE,
        "Hours from the opening of a job to the first interview of somebody who was not known from an earlier round.",
    ),
    Measure(
        "promised", Unit.SHARE, 5, Of.APPLICATIONS, By.WILSON,
        "Finished applications whose answer was never overdue, of those whose answer was due; history left out.",
    ),
    Measure(
        "scored", Unit.SHARE, 10, Of.SCORECARDS, By.WILSON,
        "Scorecards given by the end of the next business day, of those owed; never: not ten days on.",
        about_interviewers=True,
    ),
    Measure(
        "shareable", Unit.SHARE, 5, Of.SCORECARDS, By.WILSON,
        "Scorecards with a strength and a development point to share, of those given; letters: full letters, of "
        "decided applications.", about_interviewers=True,
    ),
    Measure(
        "withdrew", Unit.SHARE, 8, Of.APPLICATIONS, By.WILSON,
        "Withdrawn applications and declined offers, of decided ones; by reason, and by the last step.",
    ),
    Measure(
        "accepted", Unit.SHARE, 5, Of.PEOPLE, By.WILSON, "Hired, of hired and declined offers.",
    ),
    Measure(
        "nobody", Unit.SHARE, 5, Of.JOBS, By.WILSON, "Jobs closed without a hire, of closed jobs.",
    ),
    Measure(
        "gained", Unit.COUNT, 0, Of.PEOPLE, By.NONE,
        "Silver medalists and promising people of the round; of them invited, and active once the invitation ran out.",
    ),
    Measure(
        "reused", Unit.COUNT, 0, Of.PEOPLE, By.NONE,
        "Earlier candidates proposed for this job, accepted, interested, applied and hired; and people of this round "
        "who applied or were hired later.",
    ),
    Measure(
        "took", Unit.MEAN, 1, Of.PEOPLE, By.NONE,
        "Interviews that a hire took: those of hired applications, of people rediscovered beside people who applied.",
    ),
    Measure(
        "wasted", Unit.SHARE, 0, Of.INTERVIEWS, By.WILSON,
        "Counted interviews that came to nothing (rule 9); the same without the loop; by kind of return.",
    ),
    Measure(
        "gaps", Unit.SHARE, 5, Of.PEOPLE, By.WILSON,
        "People whose released letter names the competency as a development point, of people with such a letter; "
        "a list from three people on.",
    ),
    Measure(
        "grew", Unit.DIFFERENCE, 10, Of.PEOPLE, By.NEWCOMBE,
        "People who came back half a point of five stronger in what a letter told them, beside those whom nobody told.",
    ),
    Measure(
        "survey", Unit.MEAN, 5, Of.ANSWERS, By.STUDENT, "Mean and counts of each statement, in whole batches.",
    ),
    Measure(
        "cnps", Unit.SCORE, 20, Of.ANSWERS, By.STANDARD_ERROR,
        "100 x (share of 9 and 10 minus share of 0 to 6) of the recommendation, in whole batches; part `mean`: "
        "its mean, 0 to 10, from five answers on.",
    ),
    Measure(
        "leniency", Unit.POINTS, 15, Of.PEOPLE, By.STUDENT,
        "Own mean level minus that of the others, over people rated jointly with at least three others, in points of "
        "five; shown to this interviewer alone.", about_interviewers=True,
    ),
)  # fmt: skip

MEASURES = {measure.code: measure for measure in _TABLE}


class WhyNot(StrEnum):
    """Why there is no figure; each is a sentence where it is shown."""

    TOO_FEW = "too_few"  # below the floor: k of n stands in words
    NOTHING_YET = "nothing_yet"  # nobody and nothing to count
    NO_COMPETENCIES = "no_competencies"  # the job asks for none
    NO_LEVELS = "no_levels"  # nobody wrote a level
    ONE_INTERVIEWER = "one_interviewer"  # nobody was rated by two
    NO_DIFFERENCES = "no_differences"  # all ratings are the same
    BACKWARDS = "backwards"  # every span ends before it begins
    FEW_PEOPLE = "few_people"  # would tell of one to four people, or of one interviewer
    NOT_TOLD = "not_told"  # a guarded round is told once it is closed


class Figure(NamedTuple):
    """One figure, as it is shown: `k` of `of`, the value with its interval, or why there is none.

    `part`: which side, step, reason or kind; `people`: how many stand behind it, which the guard asks.
    """

    measure: str
    of: int
    people: int
    k: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    competency: str | None = None
    part: str | None = None
    why_not: WhyNot | None = None

    @property
    def shown(self) -> bool:
        """Whether there is a value; below its floor a share is told in words, k of n."""
        return self.why_not is None


def table_of(measure: str, competency: str | None) -> Table:
    """In which table a figure stands."""
    if competency is not None:
        return Table.COMPETENCIES
    return Table.STEPS if measure == "reached" else Table.ROUNDS
