"""Who had to do with somebody is masked wherever they are named: in fields, in texts, and in ids made of names."""

import pytest

from shared.people.export import ExportItem, Mask
from tests.notifications.facts import at

MASK = Mask.of(
    users={"ada": "colleague 1", "u-17": "colleague 2", "42": "colleague 3"},
    own={"lucia", "lucia-ada"},
    said={"ada lindqvist": "colleague 1", "ada": "colleague 1", "lindqvist": "colleague 1", "mark okafor": "somebody"},
    own_names={"lucia", "lucia romero", "romero"},
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("f-lucia-ada", "f-lucia-colleague 1"),
        ("f_lucia_Ada", "f_lucia_colleague 1"),
        ("i1/ada", "i1/colleague 1"),
        ("su27:ada.lindqvist:2", "su27:colleague 1.colleague 1:2"),
        ("form-u-17-i1", "form-colleague 2-i1"),
        ("lucia-ada", "lucia-ada"),
        ("adamant-1", "adamant-1"),
        ("2026-11-05T42:00", "2026-11-05T42:00"),
        ("Ada asked; Lindqvist wrote.", "colleague 1 asked; colleague 1 wrote."),
        ("An interview at u-17 o'clock.", "An interview at u-17 o'clock."),
        ("Lucia Romero", "Lucia Romero"),
    ],
)
def test_a_colleague_is_masked_in_ids_and_in_texts_and_nobody_else_is(said, shown):
    assert MASK.applied({"feedback": [said]}) == {"feedback": [shown]}


@pytest.mark.parametrize(
    "written", ["Weiß", "WEISS", "Weiss", "Wei\u00adß", "Mu\u0308ller", "Mueller", "MÜLLER", "İnes", "Ines"]
)
def test_no_way_of_writing_a_name_hides_it_and_none_breaks_the_export(written):
    names = ("Jonas Weiß", "Weiß", "Ines", "Müller")
    mask = Mask.of({"jw": "colleague 1"}, {"lucia"}, dict.fromkeys(names, "colleague 1"), {"Lucia"})

    assert mask.applied(f"As {written} said, “ﬁne”.") == "As colleague 1 said, “ﬁne”."


def test_a_fact_is_called_so_as_well_and_a_code_of_ours_is_a_code():
    item = ExportItem("feedback-submitted", "f-lucia-ada", at("2026-11-05 12:00"), "platform", False, {}, "ada-s-team")

    named = MASK.named(item)

    assert (named.fact, named.job) == ("f-lucia-colleague 1", "colleague 1-s-team")
    assert MASK.applied({"variant": "ada_short", "by": "42"}) == {"variant": "ada_short", "by": "colleague 3"}
