"""Somebody who asked to be forgotten, while a legal hold keeps what there is: seen by auditors, acted on by nobody."""

import json
from typing import Any

import pytest

from shared.web.roles import Role
from tests.access.bodies import BODIES
from tests.access.worlds import OWN_WORDS, World

pytestmark = pytest.mark.db

# Ids and names of what is not Hedda's.
SHARED = {"user", "job", "family", "cycle", "table", "purpose", "version", "source", "campaign", "news", "record"}
EVERYBODY_ELSE = [role for role in Role if role != Role.AUDITOR]
COLLEAGUES = ("ines", "tomas", "ada")
# How far an erasure is, asked by an id the caller knows: whoever takes requests has to follow them.
PROGRESS = "GET /candidates/{candidate}/erasure"
NOBODYS = {
    "GET /users/{user}",
    "GET /jobs/{job}",
    "GET /campaigns/{campaign}",
    "GET /news/{news}",
    "GET /consent-texts/{purpose}",
    "GET /consent-texts/{purpose}/{version}",
}
OF_MANY = {
    "GET /jobs/{job}/matches",
    "GET /jobs/{job}/decisions",
    "GET /jobs/{job}/approvals",
    "GET /jobs/{job}/answers",
    "GET /rounds/{job}",
    "GET /rounds/{job}/people",
    "GET /rounds/{job}/report",
    "GET /families/{family}",
    "GET /cycles/{cycle}",
    "GET /exports/{table}.csv",
}
# A person decides about one candidate. All other writes are facts as a platform says them: they go on.
HAS_LEFT = "PUT /memberships/{membership}/review"  # whoever is restricted has left the pool
ACTIONS = OWN_WORDS | {
    HAS_LEFT,
    "PUT /matches/{match}/review",
    "PUT /mentorships/{relation}",
    "PUT /mentorships/{relation}/answer",
    "PUT /mentorships/{relation}/renewal",
    "PUT /mentorships/{relation}/end",
    "PUT /referrals/{referral}",
    "PUT /letters/{letter}/approval",
    "PUT /letters/{letter}/draft",
    "PUT /letters/{letter}/answer",
    "PUT /tasks/{task}/done",
    "PUT /tasks/{task}/reopening",
}


def shown(text: str, held: dict[str, str]) -> list[str]:
    """What an answer tells of Hedda."""
    return [name for name, value in held.items() if name not in SHARED and f'"{value}' in text]


async def test_nobody_but_an_auditor_sees_a_trace_of_them(world: World):
    held = await world.hold()
    seen = []
    for route in [*world.routes("GET"), *(r for r in world.routes("POST") if r.endswith(("/what-if", "/search")))]:
        for user in COLLEAGUES:
            asked = world.asked(route, limit="200")
            answer = await world.ask(route, held, *EVERYBODY_ELSE, token={"user": user}, params=asked)
            if "{" in route and route not in NOBODYS | OF_MANY | {PROGRESS} and not route.endswith("/what-if"):
                assert answer.status_code in (403, 404), (route, answer.text)
            elif route != PROGRESS:
                assert shown(answer.text, held) == [], route
        whole = await world.ask(route, held, Role.AUDITOR, "interviewer", params=world.asked(route, limit="200"))
        seen += [route] if whole.status_code == 200 and shown(whole.text, held) else []

    assert len(seen) >= (1 if world.service.name == "insights" else 5), seen  # insights shows people in an export only


async def test_nobody_acts_on_them_and_facts_about_them_go_on(world: World):
    held = await world.hold()
    before = await world.snapshot()
    for route in ACTIONS.intersection(world.routes("PUT")):
        answer = await world.ask(
            route, held, "recruiter", "interviewer", token={"user": "ada"}, body=about_hedda(route)
        )
        refused = (404, "membership-not-found") if route == HAS_LEFT else (409, "candidate-to-be-erased")
        assert (answer.status_code, answer.json().get("code")) == refused, (route, answer.text)
    assert await world.snapshot() == before

    for route in world.routes("PUT"):
        if route not in ACTIONS and "{" in route:
            answer = await world.ask(route, held, "admin", body=about_hedda(route))
            assert answer.status_code in (200, 201) or answer.json()["code"] in KNOWN_BETTER, (route, answer.text)


KNOWN_BETTER = ("another-number", "newer-known")  # refused whoever it is about


def about_hedda(route: str) -> Any:
    return json.loads(json.dumps(BODIES[route]).replace("amara", "hedda"))
