"""What the console asks of candidates."""

from services.console.calls.route import Listed, Told, reading


class Work(Told):
    """How much there is to do."""

    matches_to_review: int
    memberships_to_confirm: int
    mentorships_to_answer: int


class PersonName(Told):
    """How somebody is called. `person`: the id that stands for all of theirs."""

    candidate: str
    person: str
    name: str
    preferred_name: str | None = None


WORK = reading("candidates", "/work", Work)
NAMES = reading("candidates", "/candidates", Listed[PersonName], "ids", "limit", "cursor")
