"""How useful candidates found the letters that an interviewer's words went into."""

from services.console.calls.route import Listed, Told, reading


class Useful(Told):
    """The mean of ratings of 0 to 5; there are none before the fifth."""

    ratings: int
    mean: float


USEFULNESS = reading("notifications", "/usefulness", Listed[Useful], "interviewer")
