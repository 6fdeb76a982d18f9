"""Rule 3: which items stand in a full letter."""

from services.notifications.domain.applications import FeedbackItem
from services.notifications.domain.full_letters import LetterDraft, _chosen
from services.notifications.domain.organizations import Opening, SoughtCompetency


def an_item(competency: str, interviewer: str) -> FeedbackItem:
    return FeedbackItem(competency, f"{competency} by {interviewer}", None, f"f-{interviewer}", interviewer, "en")


def test_at_most_three_one_of_each_interviewer_first_in_the_rules_order():
    opening = Opening(
        "j",
        competencies={
            "sql": SoughtCompetency("sql", "SQL", True, 3),
            "talk": SoughtCompetency("talk", "Talk", weight=9),
        },
    )
    items = [an_item(c, "ada") for c in ("a", "b", "sql", "talk")] + [an_item("b", "ben"), an_item("z", "cy")]

    chosen = _chosen(items, opening)

    assert [(i.competency, i.interviewer) for i in chosen] == [("b", "ada"), ("b", "ben"), ("z", "cy")]
    assert [(i.competency) for i in _chosen(items[:4], opening)] == ["sql", "talk", "a"]


def test_a_competency_on_both_sides_is_named():
    praised, criticised = an_item("sql", "ada"), an_item("sql", "ben")._replace(suggestion="Read.")

    assert LetterDraft((praised, an_item("talk", "ada")), (criticised,)).both_sides == ["sql"]
