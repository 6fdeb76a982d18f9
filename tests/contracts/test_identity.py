"""Ids of derived things: the same for the same thing, for ever."""

from uuid import UUID

import pytest

from shared.contracts import family_of, letter_id, match_id, membership_id, overdue_id


def test_derived_ids_are_uuid5_and_never_change():
    ids = {
        membership_id("ana", "data"): "membership",
        match_id("ana", "j1"): "match",
        overdue_id("a1", "decision", 1): "overdue",
        letter_id("acme", "decision", "a1", "ana", 1): "letter",
    }

    assert len(ids) == 4
    assert {UUID(name).version for name in ids} == {5}
    assert membership_id("ana", "data") == "4f54fd34-d492-56ae-bc81-132a7e0d7c75"


def test_other_people_and_other_things_have_other_ids():
    assert membership_id("ana", "data") != membership_id("bo", "data")
    assert membership_id("ana", "data") != match_id("ana", "data")
    assert letter_id("acme", "decision", "a1", "ana", 1) != letter_id("halden", "decision", "a1", "ana", 1)


@pytest.mark.parametrize(
    ("family", "department", "expected"),
    [
        ("Data", None, "data"),
        ("Data Science", "Research", "data-science"),
        (None, "Research & Development", "research-&-development"),
        (None, None, "general"),
        ("STRAßE", None, "strasse"),
        ("  Data   Science ", None, "data-science"),
    ],
)
def test_a_family_is_casefolded_with_hyphens(family, department, expected):
    assert family_of(family, department) == expected
