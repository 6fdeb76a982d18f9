"""Null for what may be left out is the same as leaving it out, over Kafka and over HTTP alike."""

import pytest
from fastapi.routing import APIRoute
from pydantic import ValidationError

from shared.kit.decode import Accepted, RefusedRecord
from tests.access.bodies import BODIES as REQUESTS
from tests.access.worlds import SERVICES
from tests.contracts.records import changed, fields, taken, without
from tests.contracts.samples import BODIES

MEANS_SOMETHING = {"feedback-submitted": {"ratings.0.level"}}  # it could not be assessed


@pytest.mark.parametrize("topic", BODIES)
def test_null_and_absent_are_one_in_every_event_where_absent_is_allowed(topic):
    for path in set(fields(BODIES[topic])) - MEANS_SOMETHING.get(topic, set()):
        absent, null = taken(topic, without(BODIES[topic], path)), taken(topic, changed(BODIES[topic], path, None))
        if isinstance(absent, Accepted):
            assert isinstance(null, Accepted), path
            assert (null.event, null.body, null.unknown) == (absent.event, absent.body, ()), path
        else:
            assert isinstance(null, RefusedRecord), path
            assert (null.code, null.field) == ("invalid-field", absent.field), path


def test_everything_that_may_be_left_out_may_be_null_at_once():
    body = dict.fromkeys(("headcount", "team", "competencies", "location", "family", "feedback_policy"))
    must = {name: BODIES["job-opened"][name] for name in ("job", "title", "opened_at", "language")}

    assert taken("job-opened", must | body).body == taken("job-opened", must).body


def test_an_unknown_field_beside_a_null_is_still_named():
    body = BODIES["interview-scheduled"] | {"assesses": None, "mood": 1}

    assert taken("interview-scheduled", body).unknown == ("mood",)


def test_null_in_a_list_is_no_member_of_it():
    refused = taken("interview-scheduled", BODIES["interview-scheduled"] | {"interviewers": [None]})

    assert (refused.code, refused.field) == ("invalid-field", "interviewers.0")


def test_a_competency_that_could_not_be_assessed_is_not_one_that_was_left_out():
    body = BODIES["feedback-submitted"]

    assert taken("feedback-submitted", changed(body, "ratings.0.level", None)).event.ratings[0].level is None
    assert taken("feedback-submitted", without(body, "ratings.0.level")).field == "ratings.0.level"


def bodies_of(service):
    """The model of every route that takes a JSON body, by `PUT /jobs/{job}`."""
    routes = [route for router in service.routes for route in router.routes if isinstance(route, APIRoute)]
    taking = [r for r in routes if r.body_field and f"{min(r.methods)} {r.path}" in REQUESTS]
    return {f"{min(r.methods)} {r.path}": r.body_field.field_info.annotation for r in taking}


MODELS = {route: model for service in SERVICES for route, model in bodies_of(service).items()}


def test_every_route_with_a_body_is_asked():
    assert MODELS.keys() == {route for route, body in REQUESTS.items() if body}


@pytest.mark.parametrize("route", MODELS)
def test_null_and_absent_are_one_in_every_body_sent_over_http(route):
    model, body = MODELS[route], REQUESTS[route]
    left_out = [f.alias or name for name, f in model.model_fields.items() if not f.is_required()]
    unsaid = {name: value for name, value in body.items() if name not in left_out}

    assert model.model_validate(unsaid | dict.fromkeys(left_out)) == model.model_validate(unsaid)
    for name in body.keys() - left_out:
        with pytest.raises(ValidationError, match=name):
            model.model_validate(body | {name: None})
