"""Topics, keys, facts, subjects: the table of the interfaces, row by row."""

import pytest

from shared.contracts import ALL, BY_TOPIC, EVENTS, INTERVIEWS, NAMING, PEOPLE_SIDE, fact_of, key_of
from shared.kit.decode import Accepted
from tests.contracts.keys import KEYS
from tests.contracts.records import taken
from tests.contracts.samples import BODIES

ONE_PARTITION = {"user-registered", "organization-configured", "campaign-started", "news-published", "event-rejected"}
EXCLUSIVE = {
    "campaign-started",
    "job-opened",
    "job-closed",
    "candidate-merged",
    "organization-configured",
    "user-registered",
}
WHAT_HAPPENED = {e.topic for e in EVENTS if e.owner == INTERVIEWS}
HEARD_BY_ALL = WHAT_HAPPENED | {"candidate-merged", "erasure-requested", "candidate-erased"}
HEARD_BY_INSIGHTS = {
    "candidate-pooled",
    "candidate-left-pool",
    "candidate-matched",
    "match-withdrawn",
    "match-reviewed",
    "outreach-sent",
    "outreach-bounced",
    "feedback-released",
    "candidate-responded",
    "news-published",
}
COUNTED = {"interview-returned", "interview-tallied"}
ANSWERS = {"survey-answered", "answer-overdue", "campaign-started"}


def event(topic):
    return BY_TOPIC[topic].model_validate(BODIES[topic])


def test_every_event_has_its_row():
    assert {e.topic for e in EVENTS} == set(KEYS) == set(BODIES)
    assert len(EVENTS) == len(BY_TOPIC)


@pytest.mark.parametrize("topic", KEYS)
def test_the_key_names_organisation_subject_and_fact(topic):
    assert key_of("acme", event(topic)) == KEYS[topic]


@pytest.mark.parametrize("topic", KEYS)
def test_a_whole_body_under_its_key_is_accepted(topic):
    outcome = taken(topic, BODIES[topic])

    assert isinstance(outcome, Accepted), outcome
    assert outcome.unknown == ()


@pytest.mark.parametrize("key", [None, b"", b"acme", b"acme/ana/i1", b"other/ana/f1", b"acme/bo/f1", b"acme/ana/f1/"])
def test_another_or_no_key_is_not_acceptable(key):
    outcome = taken("feedback-submitted", BODIES["feedback-submitted"], key=key)

    assert outcome.code == "wrong-key"


def test_facts_are_named_like_keys_but_for_three():
    facts = {topic: fact_of("acme", event(topic)) for topic in KEYS}
    differing = {topic: fact for topic, fact in facts.items() if fact != KEYS[topic].split("/", 2)[2]}

    assert differing == {
        "consent-changed": "ana/talent_pool",
        "erasure-completed": "ana/candidates",
        "event-rejected": "feedback-submitted/0/12",
    }


def test_the_clocks_completion_is_a_fact_of_its_own():
    assumed = BY_TOPIC["interview-completed"].model_validate(BODIES["interview-completed"] | {"basis": "assumed"})

    assert assumed.fact_id == "i1/assumed"
    assert key_of("acme", assumed) == "acme/ana/i1/assumed"


def test_an_organisation_is_the_subject_of_its_settings():
    settings = event("organization-configured")

    assert (fact_of("acme", settings), key_of("acme", settings)) == ("acme", "acme/acme/acme")


@pytest.mark.parametrize("topic", KEYS)
def test_listeners_partitions_and_breadth_are_those_of_the_table(topic):
    contract = BY_TOPIC[topic]
    heard = {
        "erasure-completed": frozenset({"candidates"}),
        "profile-corrected": frozenset({"candidates"}),
        "event-rejected": frozenset(),
        **dict.fromkeys(HEARD_BY_ALL, ALL),
        **dict.fromkeys(("user-registered", "candidate-registered"), NAMING),
        **dict.fromkeys(COUNTED, frozenset({"candidates", "insights"})),
        "round-summed-up": frozenset({"insights"}),
        **dict.fromkeys(HEARD_BY_INSIGHTS, PEOPLE_SIDE | {"insights"}),
        **dict.fromkeys(ANSWERS, frozenset({"notifications", "insights"})),
    }

    assert contract.listens == heard.get(topic, PEOPLE_SIDE)
    assert contract.partitions == (1 if topic in ONE_PARTITION else 6)
    assert contract.exclusive == (topic in EXCLUSIVE)
    assert contract.compacted == (topic != "event-rejected")


@pytest.mark.parametrize("topic", KEYS)
def test_an_owner_listens_to_its_own_topics(topic):
    contract = BY_TOPIC[topic]

    assert contract.owner == "each" or contract.owner in contract.listens


def test_topics_that_replace_one_another_name_both():
    replacing = {topic: contract.replaces for topic, contract in BY_TOPIC.items() if contract.replaces}

    assert replacing == {
        "candidate-pooled": ("candidate-pooled", "candidate-left-pool"),
        "candidate-left-pool": ("candidate-pooled", "candidate-left-pool"),
        "candidate-matched": ("candidate-matched", "match-withdrawn"),
        "match-withdrawn": ("candidate-matched", "match-withdrawn"),
        "mentorship-accepted": ("mentorship-accepted", "mentorship-ended"),
        "mentorship-ended": ("mentorship-accepted", "mentorship-ended"),
        "outreach-sent": ("outreach-sent", "outreach-suppressed"),
        "outreach-suppressed": ("outreach-sent", "outreach-suppressed"),
    }


def test_insights_hears_nobodys_name_or_address():
    named = {e.topic for e in EVENTS if {"name", "email", "phone"} & e.model_fields.keys() and "insights" in e.listens}

    assert named == {"organization-configured"}


def test_contact_data_travels_in_profiles_only():
    personal = {"email", "phone", "preferred_name"}
    profiles = {"user-registered", "candidate-registered", "profile-corrected"}

    assert {e.topic for e in EVENTS if personal & e.model_fields.keys()} == profiles
