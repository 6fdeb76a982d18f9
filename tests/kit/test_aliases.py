"""Merged people: who stands for whom."""

from hypothesis import given
from hypothesis import strategies as st

from shared.people.aliases import StandingMerge, resolve


def test_a_merged_id_belongs_to_the_surviving_one():
    assert resolve([StandingMerge("ana", ("ana-2", "ana-3"))]) == {"ana-2": "ana", "ana-3": "ana"}


def test_merges_are_followed_through():
    merges = [StandingMerge("ana-2", ("ana-3",)), StandingMerge("ana", ("ana-2",))]

    assert resolve(merges) == {"ana-2": "ana", "ana-3": "ana"}


def test_an_empty_list_unmerges():
    assert resolve([StandingMerge("ana", ())]) == {}


def test_a_cycle_has_one_person_all_the_same():
    assert resolve([StandingMerge("ana", ("bo",)), StandingMerge("bo", ("ana",))]) == {"bo": "ana"}


ids = st.sampled_from("abcdefg")


@given(st.lists(st.builds(StandingMerge, ids, st.lists(ids, max_size=3).map(tuple)), max_size=6), st.randoms())
def test_the_order_of_merges_does_not_matter(merges, random):
    shuffled = list(merges)
    random.shuffle(shuffled)

    assert resolve(shuffled) == resolve(merges)


@given(st.lists(st.builds(StandingMerge, ids, st.lists(ids, max_size=3).map(tuple)), max_size=6))
def test_nobody_stands_for_somebody_who_is_stood_for(merges):
    person = resolve(merges)

    assert not set(person.values()) & set(person)
