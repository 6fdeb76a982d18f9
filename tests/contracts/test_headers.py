"""A contract says in its header how it travels; what is left out, misspelt or no field is an error at import."""

import pytest
from pydantic import create_model

from shared.contracts import ALL, INTERVIEWS, Event, Id, Instant

HEADER = {"owner": INTERVIEWS, "listens": ALL, "fact": "talk"}
FIELDS = {"talk": Id, "candidate": Id, "held_at": Instant}


def contract(name="TalkHeld", fields=FIELDS, **header):
    return create_model(name, __base__=Event, __cls_kwargs__=header, **fields)


def test_what_a_header_does_not_say_has_a_default():
    held = contract(**HEADER)

    assert (held.topic, held.version, held.partitions, held.compacted) == ("talk-held", 1, 6, True)
    assert (held.exclusive, held.from_platforms, held.replaces) == (False, False, ())
    assert (held.fact_field, held.subject_field, held.person_field) == ("talk", "candidate", "candidate")
    assert (held.job_field, held.instants) == (None, ("held_at",))


def test_a_fact_about_nobody_is_its_own_subject():
    held = contract(fields={"talk": Id, "job": Id}, **HEADER, person=None)

    assert (held.subject_field, held.person_field, held.job_field) == ("talk", None, "job")


@pytest.mark.parametrize(("name", "topic"), [("TalkHeldV2", "talk-held-v2"), ("JobOpened", "job-opened")])
def test_a_topic_is_named_as_its_class(name, topic):
    assert contract(name, **HEADER).topic == topic
    assert contract(name, **HEADER, topic="private-talk").topic == "private-talk"


def test_whoever_extends_a_contract_travels_as_it_does():
    body = create_model("Body", __base__=contract(**HEADER, partitions=1), held_at=(Instant | None, None))

    assert (body.topic, body.owner, body.listens, body.partitions) == ("talk-held", INTERVIEWS, ALL, 1)


@pytest.mark.parametrize("missing", HEADER)
def test_a_header_says_owner_listeners_and_fact(missing):
    with pytest.raises(TypeError, match=f"missing 1 required keyword-only argument: '{missing}'"):
        contract(**{name: said for name, said in HEADER.items() if name != missing})


def test_a_misspelt_keyword_is_an_error():
    with pytest.raises(TypeError, match="unexpected keyword argument 'listen'"):
        contract(**HEADER, listen=ALL)


@pytest.mark.parametrize("wrong", [{"fact": "tolk"}, {"person": "tolk"}, {"fact": "tolk", "person": None}])
def test_a_header_names_fields_that_are_there(wrong):
    with pytest.raises(TypeError, match="TalkHeld has no field tolk"):
        contract(**HEADER | wrong)


def test_an_event_without_a_candidate_says_that_it_is_about_nobody():
    with pytest.raises(TypeError, match=r"no field candidate: .* person=None is nobody"):
        contract(fields={"talk": Id}, **HEADER)
