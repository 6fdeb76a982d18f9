"""What Ada and Ben wrote for the candidates of the story: concrete, observed, kind."""

from typing import NamedTuple

from shared.contracts import Development, Shareable, Strength


class Notes(NamedTuple):
    """One interviewer on one person: (competency, observed) and (competency, observed, suggestion)."""

    strength: tuple[str, str]
    development: tuple[str, str, str]

    @property
    def shareable(self) -> Shareable:
        """As it goes into a feedback."""
        competency, observed, suggestion = self.development
        return Shareable(
            language="en",
            strengths=(Strength(competency=self.strength[0], observed=self.strength[1]),),
            development=(Development(competency=competency, observed=observed, suggestion=suggestion),),
        )


NOTES = {
    ("amara", "ada"): Notes(
        ("sql", "You found the doubled rows in the orders join before running it, and said how you knew."),
        (
            "communication",
            "The reasoning behind your second query came only when I asked for it.",
            "Try saying the plan in two sentences before you type; it also helps you notice a wrong turn early.",
        ),
    ),
    ("amara", "ben"): Notes(
        ("sql", "You rewrote a nested query with a window function and checked both on the same ten rows."),
        (
            "python",
            "The script was right, but reading, cleaning and counting were one long function.",
            "Cut it where you would put a comment; each piece then gets a test of three lines.",
        ),
    ),
    ("lukas", "ada"): Notes(
        ("communication", "You explained a left join to me as if I sold shoes, and it was correct."),
        (
            "sql",
            "You counted customers over the joined table and got orders instead.",
            "Before counting, say aloud what one row stands for; a primer on grain and fan-out is an hour well spent.",
        ),
    ),
    ("lukas", "ben"): Notes(
        ("sql", "Great culture fit; our young team would suit him. The daily revenue query was right the first time."),
        (
            "python",
            "You looped over the rows where the table could do the sum at once.",
            "Work through the group-by chapter of any data frame library with a table of your own.",
        ),
    ),
    ("mei", "ada"): Notes(
        ("communication", "You drew the three tables first and asked which customers count as active."),
        (
            "sql",
            "The filter on the right-hand table turned your outer join into an inner one.",
            "Keep one small example where a customer has no orders, and run every join against it.",
        ),
    ),
    ("mei", "ben"): Notes(
        ("python", "You wrote the test for the empty file before the code that reads it."),
        (
            "sql",
            "You had not met window functions, so the running total took the rest of our time.",
            "Two evenings with `sum() over (order by ...)` on a public data set would close this.",
        ),
    ),
    ("noor", "ada"): Notes(
        ("communication", "You told the story of the falling numbers to a manager in one minute, with one chart."),
        (
            "sql",
            "Grouping by month worked; splitting the months by customer as well did not.",
            "Practise group by with two columns, then with a condition inside the count.",
        ),
    ),
    ("noor", "ben"): Notes(
        ("python", "You cleaned the dates with a function of your own and named it so that I knew what it does."),
        (
            "sql",
            "The join had no condition, and the result was a hundred times too long.",
            "After each join compare the row count with what you expected; it is the habit that pays most.",
        ),
    ),
    ("diego", "ada"): Notes(
        ("communication", "When you were stuck you said where, so that we could go on together."),
        (
            "sql",
            "Selecting and filtering went well; the first join did not come together.",
            "A free course on joins with exercises, ten minutes a day for three weeks, is a good next step.",
        ),
    ),
    ("diego", "ben"): Notes(
        ("communication", "You asked what the report is for before you began; it saved a wrong start."),
        (
            "python",
            "You knew the idea of a loop but not how to read a file line by line.",
            "Take a file you care about, a list of matches or of songs, and answer one question about it.",
        ),
    ),
    ("hanna", "ada"): Notes(
        ("sql", "You used a common table expression to keep the question readable, step by step."),
        (
            "communication",
            "Your summary began with the method; the result came last.",
            "Begin with the answer in one sentence, then say how you got there to those who ask.",
        ),
    ),
    ("hanna", "ben"): Notes(
        ("sql", "You noticed that two of the customers were one person written in two ways, and said so."),
        (
            "python",
            "The comparison of the months was right, with the months written out by hand.",
            "Let the dates come from the data; the script then also works in January.",
        ),
    ),
    ("priya", "ada"): Notes(
        ("sql", "You gave two correct queries and told me which you would rather maintain, and why."),
        (
            "communication",
            "You answered before the question was quite finished, twice.",
            "A breath before the answer costs nothing and sometimes changes the answer.",
        ),
    ),
}

# What Ines makes of a sentence that the lint found.
MENDED = {
    NOTES["lukas", "ben"].strength[1]: "Your daily revenue query was right the first time, and you said why it was.",
}

# What Ben writes into his form about Hanna, by the fields of the page: his interview was about all three competencies.
HANNA_BY_BEN = {
    "language": "en",
    "strength-0": NOTES["hanna", "ben"].strength[1],
    "observed-1": NOTES["hanna", "ben"].development[1],
    "suggestion-1": NOTES["hanna", "ben"].development[2],
}

# How the five who like to be asked found it: nine statements from 1 to 5, how likely they recommend us, and a line.
SURVEYED: dict[str, tuple[tuple[int, ...], int, str]] = {
    "amara": ((5, 5, 5, 5, 5, 4, 4, 5, 5), 9, "The letter told me what I do well; I had never read that before."),
    "noor": ((5, 4, 4, 5, 4, 4, 4, 5, 5), 9, "Hearing which join went wrong helps more than a polite no."),
    "diego": ((4, 3, 4, 5, 3, 4, 4, 5, 5), 8, "I would have liked to know the level of SQL beforehand."),
    "hanna": ((5, 4, 5, 4, 4, 3, 3, 4, 4), 7, ""),
    "priya": (
        (4, 4, 3, 3, 1, 4, 4, 3, 4),
        6,
        "One interview was little time to show what I can.",
    ),
}


def survey_of(person: str) -> dict[str, str]:
    """What somebody chooses in the survey, by the fields of the page."""
    points, recommend, text = SURVEYED[person]
    chosen = {f"s{number}": str(point) for number, point in enumerate(points, start=1)}
    return chosen | {"recommend": str(recommend), "text": text}
