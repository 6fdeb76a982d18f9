"""Every route of every service against every role: a route that is new in the OpenAPI document and not here fails."""

from typing import Any

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.console.main import SERVICE as CONSOLE
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.kit.db import Database
from shared.running.start import Service
from shared.web.access import NotYourRole
from shared.web.roles import Role
from tests.browser import browsing
from tests.stage import Stage

pytestmark = pytest.mark.db

READERS = {"recruiter", "coordinator", "admin", "auditor", "integration"}
WRITERS = {"recruiter", "coordinator", "admin", "integration"}
DECIDERS = {"recruiter", "admin", "hiring_manager"}  # hiring managers for their own jobs
JOB_READERS = READERS | {"hiring_manager"}
ANYBODY = JOB_READERS | {"interviewer"}  # interviewers see their own interviews
AUTHORS = {"interviewer", "hiring_manager", "recruiter"}  # each their own notes and drafts
SHOWN_FIGURES = {"recruiter", "coordinator", "admin", "auditor", "hiring_manager", "analyst"}
ADMIN = {"admin"}
AUDITORS = {"admin", "auditor"}
BY_LINK: set[str] = set()  # no token: a signed link is who may

# What every service has from its kit.
EVERYWHERE = {
    "GET /reads": AUDITORS,
    "GET /candidates/{candidate}/export": AUDITORS | {"integration"},
    "GET /export/{token}": BY_LINK,
    "GET /events/{source}/{event}": READERS,
    "GET /dead-letters": ADMIN,
    "GET /dead-letters/summary": ADMIN,
    "PUT /dead-letters/{record}/redriving": ADMIN,
    "PUT /dead-letters/{record}/discarding": ADMIN,
}
MAY: dict[str, dict[str, set[str]]] = {
    "interviews": EVERYWHERE
    | {
        "GET /me": {*Role},
        "PUT /users/{user}": WRITERS,
        "GET /users/{user}": ANYBODY,
        "GET /users": JOB_READERS,
        "PUT /organization": ADMIN,
        "GET /organization": ANYBODY,
        "PUT /jobs/{job}": WRITERS,
        "PUT /jobs/{job}/closing": WRITERS,
        "GET /jobs/{job}": JOB_READERS,
        "GET /jobs": JOB_READERS,
        "PUT /applications/{application}": WRITERS,
        "PUT /applications/{application}/decision": DECIDERS | {"integration"},
        "PUT /applications/{application}/decision/reversal": DECIDERS | {"integration"},
        "GET /applications/{application}": JOB_READERS,
        "GET /applications": JOB_READERS,
        "PUT /interviews/{interview}": WRITERS,
        "PUT /interviews/{interview}/completion": WRITERS,
        "PUT /interviews/{interview}/cancellation": WRITERS,
        "PUT /interviews/{interview}/absence": WRITERS,
        "GET /interviews/{interview}": ANYBODY,
        "GET /interviews/counts": ANYBODY,
        "GET /interviews": ANYBODY,
        "PUT /feedback/{feedback}": WRITERS | {"interviewer"},
        "PUT /feedback/{feedback}/withdrawal": WRITERS | {"interviewer"},
        "GET /feedback/{feedback}": ANYBODY,
        "GET /feedback": ANYBODY,
        "GET /feedback-owed": ANYBODY,
        "GET /feedback-overdue": ANYBODY,
        "GET /jobs/{job}/decisions": DECIDERS | {"integration"},
        "PUT /jobs/{job}/decisions": DECIDERS | {"integration"},
        "GET /work": ANYBODY,
        "PUT /interviews/{interview}/note": AUTHORS,
        "GET /interviews/{interview}/note": AUTHORS,
        "PUT /feedback/{feedback}/draft": AUTHORS,
        "GET /feedback/{feedback}/draft": AUTHORS,
        "GET /feedback-form/{token}": BY_LINK,
        "POST /feedback-form/{token}": BY_LINK,
        "POST /feedback-form/{token}/lint": BY_LINK,
    },
    "candidates": EVERYWHERE
    | {
        "PUT /candidates/{candidate}": WRITERS,
        "GET /candidates/{candidate}": READERS,
        "GET /candidates": ANYBODY,
        "GET /candidates/{candidate}/summary": READERS,
        "POST /candidates/search": JOB_READERS,
        "PUT /candidates/{candidate}/consents/{purpose}": WRITERS,
        "GET /candidates/{candidate}/consents": READERS,
        "PUT /candidates/{candidate}/erasure": WRITERS,
        "GET /candidates/{candidate}/erasure": READERS,
        "PUT /candidates/{candidate}/merge": WRITERS,
        "GET /candidates/{candidate}/merge": READERS,
        "GET /pool": JOB_READERS,
        "GET /memberships/{membership}": JOB_READERS,
        "PUT /memberships/{membership}/review": DECIDERS,
        "GET /jobs/{job}/matches": JOB_READERS,
        "POST /jobs/{job}/matches/what-if": JOB_READERS,
        "GET /matches/{match}": JOB_READERS,
        "PUT /matches/{match}/review": DECIDERS,
        "GET /runs/{run}": JOB_READERS,
        "PUT /mentorships/{relation}": {"recruiter", "admin"},
        "PUT /mentorships/{relation}/answer": ANYBODY,
        "PUT /mentorships/{relation}/renewal": {"recruiter", "admin"},
        "PUT /mentorships/{relation}/end": ANYBODY,
        "GET /mentorships/{relation}": ANYBODY,
        "GET /mentorships": ANYBODY,
        "GET /candidates/{candidate}/suggestions": READERS,
        "PUT /referrals/{referral}": WRITERS | {"interviewer", "hiring_manager"},
        "GET /referrals": READERS,
        "GET /waste": JOB_READERS,
        "GET /work": ANYBODY,
        "GET /consent-texts/{purpose}": READERS,
        "GET /consent-texts/{purpose}/{version}": READERS,
        "GET /mentoring/{token}": BY_LINK,
        "POST /mentoring/{token}": BY_LINK,
        "GET /me/{token}": BY_LINK,
        "POST /me/{token}": BY_LINK,
        "GET /me/{token}/data": BY_LINK,
        "POST /me/{token}/data": BY_LINK,
    },
    "notifications": EVERYWHERE
    | {
        "GET /letters": JOB_READERS,
        "GET /letters/{letter}": JOB_READERS,
        "PUT /letters/{letter}/approval": DECIDERS,
        "POST /lint": ANYBODY,
        "PUT /letters/{letter}/draft": DECIDERS,
        "PUT /letters/{letter}/answer": DECIDERS,
        "GET /jobs/{job}/approvals": DECIDERS,
        "GET /approvals": DECIDERS,
        "PUT /jobs/{job}/approvals": DECIDERS,
        "GET /jobs/{job}/answers": DECIDERS,
        "GET /usefulness": READERS | {"interviewer"},
        "GET /development-points": JOB_READERS,
        "GET /campaigns/preview": READERS,
        "GET /campaigns": READERS,
        "GET /campaigns/{campaign}": READERS,
        "GET /responses": READERS,
        "PUT /campaigns/{campaign}": {"recruiter", "admin"},
        "GET /news": READERS,
        "GET /news/{news}": READERS,
        "PUT /news/{news}": {"recruiter", "admin"},
        "GET /tasks": JOB_READERS,
        "PUT /tasks/{task}/reopening": WRITERS,
        "PUT /tasks/{task}/done": WRITERS,
        "GET /waiting": JOB_READERS,
        "GET /waiting/totals": JOB_READERS,
        "GET /outreach/pause": READERS,
        "PUT /outreach/pause": ADMIN,
        "GET /work": ANYBODY,
        "GET /unsubscribe/{token}": BY_LINK,
        "POST /unsubscribe/{token}": BY_LINK,
        "GET /answer/{token}": BY_LINK,
        "GET /respond/{token}": BY_LINK,
        "POST /respond/{token}": BY_LINK,
        "GET /new-link/{token}": BY_LINK,
        "POST /new-link/{token}": BY_LINK,
        "GET /stay/{token}": BY_LINK,
        "POST /stay/{token}": BY_LINK,
        "GET /survey": JOB_READERS,
        "GET /survey/{token}": BY_LINK,
        "POST /survey/{token}": BY_LINK,
        "POST /answer/{token}": BY_LINK,
    },
    "insights": EVERYWHERE
    | {
        "GET /rounds": SHOWN_FIGURES,
        "GET /rounds/{job}": SHOWN_FIGURES,
        "GET /rounds/{job}/people": SHOWN_FIGURES - {"analyst"},
        "GET /rounds/{job}/report": SHOWN_FIGURES,
        "GET /overview": SHOWN_FIGURES,
        "GET /cycles/{cycle}": SHOWN_FIGURES,
        "GET /families/{family}": SHOWN_FIGURES,
        "GET /measures": {*Role},
        "GET /growth": SHOWN_FIGURES,
        "GET /interviewers/me": {"interviewer", "hiring_manager", "recruiter"},
        "GET /exports/{table}.csv": SHOWN_FIGURES | {"integration"},
    },
    "console": EVERYWHERE,  # its pages are no routes for programs: tests/console
}
OPERATIONS = ("/live", "/ready", "/metrics", "/clock")


@pytest.mark.parametrize("service", [INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS, CONSOLE], ids=lambda s: s.name)
async def test_every_route_refuses_every_role_that_may_not(
    fresh_database, tmp_path, record_property, service: Service[Any]
):
    database = await Database.connect((await fresh_database(service.name)).url, service.name)
    async with browsing(service, Stage(database, service.router, service.schedule), tmp_path) as browser:
        document = (await browser.client.get("/openapi.json")).json()
        routes = [f"{m.upper()} {p}" for p, ops in document["paths"].items() if p not in OPERATIONS for m in ops]
        found = {route: await _allowed(browser, route) for route in routes}
    await database.close()

    assert found == MAY[service.name]
    cells = f"{len(found)} routes x {len(Role)} roles = {len(found) * len(Role)} cells"
    record_property(f"access, {service.name}", cells)


async def _allowed(browser, route: str) -> set[str]:
    """The roles that are not refused for being what they are; nobody for a route without tokens."""
    method, path = route.replace("{", "").replace("}", "").split()
    body = {} if method == "PUT" else None
    if (await browser.client.request(method, path, json=body)).status_code != 401:
        return set()
    answers = {r: await browser.client.request(method, path, json=body, headers=browser.headers(r)) for r in Role}
    assert 401 not in {answer.status_code for answer in answers.values()}
    return {role.value for role, answer in answers.items() if not _is_refused(answer)}


def _is_refused(answer) -> bool:
    return answer.status_code == 403 and answer.json()["code"] == NotYourRole.code
