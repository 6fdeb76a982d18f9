"""One organisation with something behind every route: its facts, the ids that stand in addresses, a body per write."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from local.databases import Addresses
from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.contracts import (
    CampaignStarted,
    CandidateMerged,
    CandidateResponded,
    ErasureRequested,
    Event,
    FeedbackReleased,
    FeedbackSubmitted,
    MentorshipProposed,
    NewsPublished,
    OutreachSent,
    ReferralMade,
    RequestedBy,
    Shareable,
    UserRegistered,
    letter_id,
    match_id,
    membership_id,
)
from shared.kit.db import Database
from shared.kit.dead_letters import ConsumedRecord, DeadLetter, park
from shared.running.start import Service
from tests.access.bodies import BODIES, PROPOSAL, QUERIES
from tests.browser import Browser, browsing
from tests.candidates import sentences as s
from tests.databases import Databases, opened
from tests.heard import Heard, Log
from tests.notifications import facts as n
from tests.stage import Stage

SERVICES = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)
NO_BUSINESS = ("/live", "/ready", "/metrics", "/clock")  # of the process, not of an organisation

VERA = [{"user": "vera", "role": "hiring_manager"}]
# Each author's own words: nobody else's token opens them, whatever the role.
OWN_WORDS = {
    f"{method} {path}"
    for method in ("GET", "PUT")
    for path in ("/interviews/{interview}/note", "/feedback/{feedback}/draft")
}
SCHEDULED = "interview-scheduled"
_DOCUMENTS: dict[str, bytes] = {}
LATER = datetime.fromisoformat("2026-11-02T12:00:00Z")


def facts() -> list[Heard | Event]:
    """Amara and Noor for Tomas's job, Lukas for Vera's. Ada and Cy spoke with Amara, Bert with Lukas."""
    amara = [_with_words(e) for e in s.amara() if e.topic != SCHEDULED]
    return [
        n.halden("approve"),
        UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example"),
        s.opened(),
        s.opened("ops", title="Operations", family="operations", team=VERA),
        s.the_next_job(),
        s.opened("ops2", title="Operations again", opened_at=s.NOW, family="operations", team=VERA),
        *amara,
        s.scheduled("amara", 1, interviewers=[{"user": "ada"}, {"user": "cy"}]),
        s.scheduled("amara", 2, interviewers=[{"user": "ada"}]),
        s.consented("amara"),
        *s.an_interviewed_candidate("noor", "yes"),
        s.registered("lukas"),
        s.applied("lukas", "ops"),
        s.scheduled("lukas", job="ops", interviewers=[{"user": "bert"}]),
        s.completed("lukas", job="ops"),
        s.feedback("lukas", job="ops", interviewer="bert"),
        s.decided("lukas", job="ops"),
        s.consented("lukas"),
        *(CandidateMerged(surviving=p, merged=(f"{p}-2",), merged_at=s.DECIDED) for p in ("amara", "lukas")),
        *(Heard(s.registered(p, email=f"{p}@mail.example"), LATER, id=p) for p in ("amara", "noor", "lukas")),
    ]


def held_facts() -> list[Heard | Event]:
    """Hedda's, for Tomas's job: Ada owes a feedback, Hedda applied again, and somebody must look at what she wrote."""
    spoken = [e for e in s.an_interviewed_candidate("hedda", "yes", "yes", rated=s.AMARA) if e.topic != SCHEDULED]
    reply = {"response": "hedda-r", "candidate": "hedda", "responded_at": s.DECIDED, "kind": "review_requested"}
    return [
        n.halden("approve", legal_hold_months=6)._replace(at=LATER, id="held"),
        s.closed(),
        *map(_with_words, spoken),
        *(s.scheduled("hedda", number, interviewers=[{"user": "ada"}]) for number in (1, 2, 3)),
        s.completed("hedda", 3),
        s.applied("hedda", application="hedda-again"),
        s.consented("hedda"),
        CandidateResponded.model_validate(reply),
        CandidateMerged(surviving="hedda", merged=("hedda-2",), merged_at=s.DECIDED),
        Heard(s.registered("hedda", email="hedda@mail.example"), LATER, id="hedda"),
    ]


def _with_words(event: Event) -> Event:
    """Feedback with something to share, so that the letter is a full one."""
    if not isinstance(event, FeedbackSubmitted):
        return event
    point = {"competency": "sql", "observed": "You wrote a loop.", "suggestion": "Read about joins."}
    words = {
        "language": "en",
        "strengths": [{"competency": "sql", "observed": "You joined three tables."}],
        "development": [point],
    }
    return event.model_copy(update={"shareable": Shareable.model_validate(words)})


def _suggestion(candidate: str, job: str, letter: str) -> FeedbackReleased:
    """A letter that suggests something."""
    point = {"competency": "sql", "observed": "It was slow.", "suggestion": "Read a plan.", "feedback": "f"}
    told = {"letter": letter, "application": f"{candidate}-{job}", "candidate": candidate}
    told |= {"language": "en", "strengths": [], "development": [point], "approved_by": "ines"}
    return FeedbackReleased.model_validate(told | {"released_at": "2026-11-16T08:00:00Z"})


def _campaign() -> list[Event]:
    """Noor's letter left and suggested something; a campaign takes it up, and there is news."""
    letter = letter_id("acme", "decision", "noor-su27", "noor", 1)
    sent = {"outreach": letter, "candidate": "noor", "stream": "duty", "kind": "decision", "template_version": "1"}
    start = BODIES["PUT /campaigns/{campaign}"] | {"campaign": "sql-evening", "by": "ines", "started_at": LATER}
    note = BODIES["PUT /news/{news}"] | {"news": "evening", "by": "ines", "published_at": LATER}
    return [
        NewsPublished.model_validate(note),
        _suggestion("noor", "su27", letter),
        OutreachSent.model_validate(sent | {"language": "en", "message_id": "<noor@mail.example>"}),
        CampaignStarted.model_validate(start),
    ]


def _relations(candidate: str, job: str, mentor: str) -> list[Event]:
    """A letter that suggests something, a mentor for it, and a referral."""
    proposal = PROPOSAL | {"relation": f"mentorship-{candidate}", "candidate": candidate, "user": mentor}
    return [
        _suggestion(candidate, job, f"letter-{candidate}"),
        MentorshipProposed.model_validate(proposal | {"ends_on": "2027-02-23"}),
        ReferralMade(referral=f"referral-{candidate}", candidate=candidate, user="vera", job=job),
    ]


class World(NamedTuple):
    """A service with that organisation in it, and somebody at its routes."""

    service: Service[Any]
    stage: Stage
    browser: Browser
    document: dict[str, Any]
    mine: dict[str, str]  # what stands in addresses: Tomas's and Ada's
    theirs: dict[str, str]  # Vera's and Bert's

    def routes(self, *methods: str) -> list[str]:
        """`GET /jobs/{job}` and so on, of routes that ask for a token."""
        return [
            f"{method.upper()} {path}"
            for path, operations in self.document["paths"].items()
            for method, operation in operations.items()
            if path not in NO_BUSINESS and operation.get("security") and method.upper() in methods
        ]

    def operation(self, route: str) -> dict[str, Any]:
        """What the document says of a route."""
        method, path = route.split()
        found: dict[str, Any] = self.document["paths"][path][method.lower()]
        return found

    def shape(self, route: str) -> dict[str, Any]:
        """The JSON Schema of what a route answers, references resolved at the top."""
        schema = self.operation(route)["responses"]["200"]["content"].get("application/json", {"schema": {}})["schema"]
        return self.resolved(schema)

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a reference stands for."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def asked(self, route: str, **params: str) -> dict[str, str]:
        """Those of these query parameters that a route knows: others are refused."""
        known = {p["name"] for p in self.operation(route).get("parameters", []) if p["in"] == "query"}
        return {name: value for name, value in params.items() if name in known}

    async def ask(self, route: str, ids: dict[str, str], *roles: str, **who: Any) -> Any:
        """Call a route with a valid body where it takes one."""
        method, path = route.split()
        if route in OWN_WORDS:
            who.setdefault("token", {"user": "ada"})
        headers = {**self.browser.headers(*roles, **who.pop("token", {})), **who.pop("headers", {})}
        body = who.pop("body", BODIES.get(route)) if method in ("PUT", "POST") else None
        who["params"] = {**QUERIES.get(route, {}), **who.get("params", {})}
        return await self.browser.client.request(method, path.format(**ids), json=body, headers=headers, **who)

    async def hold(self) -> dict[str, str]:
        """Hedda, of whom there is everything that there is of Amara, asks to be forgotten; a legal hold keeps it."""
        await self.stage.deliver(*(f for f in held_facts() if self.service.name in _event(f).listens))
        if self.service is CANDIDATES:
            await self.stage.deliver(*_relations("hedda", "su27", "ada"))
        ids = await _ids(self.stage, "hedda", "su27")
        await _write_own_words(self.browser, self.service, ("ada", "hedda", "su27"))
        asked = ErasureRequested(candidate="hedda", requested_at=LATER, by=RequestedBy.CANDIDATE)
        await self.stage.deliver(Heard(asked, LATER))
        return ids

    async def snapshot(self) -> dict[str, list[str]]:
        """Every row of every table of the organisation, but for the read log and what is on its way out."""
        tables = await self.stage.fetch(
            """
            SELECT DISTINCT table_name AS name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE column_name = 'organization' AND table_schema = 'public' AND table_type = 'BASE TABLE'
              AND table_name <> 'reads' ORDER BY 1
            """
        )
        return {t["name"]: await self._rows(t["name"]) for t in tables}

    async def _rows(self, table: str) -> list[str]:
        statement = f"SELECT t::text AS row FROM {table} t WHERE organization = 'acme' ORDER BY 1"  # noqa: S608
        return [row["row"] for row in await self.stage.fetch(statement)]


class _Played(NamedTuple):
    """What came of the facts, for every test: a template, and how far Kafka was read."""

    database: Addresses
    log: Log
    mine: dict[str, str]
    theirs: dict[str, str]


_PLAYED: dict[tuple[int, str], _Played] = {}


@asynccontextmanager
async def a_world(service: Service[Any], databases: Databases, home: Path) -> AsyncIterator[World]:
    """That organisation in one service, on 23 November 2026."""
    known = id(databases), service.name
    if known not in _PLAYED:
        _PLAYED[known] = await _play(service, databases, home)
    played = _PLAYED[known]
    lent = await databases.lend(service.name, played.database)
    async with opened(lent.url, service.name) as database:
        stage = Stage(database, service.router, service.schedule)
        stage.log = played.log
        async with browsing(service, stage, home) as browser:
            document = await _document(browser, service)
            yield World(service, stage, browser, document, dict(played.mine), dict(played.theirs))
    await databases.take_back(service.name, lent, played.database)


async def _play(service: Service[Any], databases: Databases, home: Path) -> _Played:
    lent = await databases.lend(service.name)
    async with opened(lent.url, service.name) as database:
        stage = Stage(database, service.router, service.schedule)
        await _happen(service, stage)
        async with browsing(service, stage, home) as browser:
            mine, theirs = await _ids(stage, "amara", "su27"), await _ids(stage, "lukas", "ops")
            await _write_own_words(browser, service, ("ada", "amara", "su27"), ("bert", "lukas", "ops"))
    await databases.keep(lent)
    return _Played(lent, stage.log, mine, theirs)


async def _happen(service: Service[Any], stage: Stage) -> None:
    async with stage.database.transaction("*") as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
    await stage.move(s.NOW)
    await stage.deliver(*(f for f in facts() if service.name in _event(f).listens))
    if service is CANDIDATES:
        await stage.deliver(*_relations("amara", "su27", "ines"), *_relations("lukas", "ops", "bert"))
    if service is NOTIFICATIONS:
        await stage.deliver(*_campaign())
    await stage.move(s.NOW)
    await _park(stage.database)


async def _document(browser: Browser, service: Service[Any]) -> dict[str, Any]:
    """What the service says of itself, asked for once in a run; every test has a copy of its own."""
    if service.name not in _DOCUMENTS:
        _DOCUMENTS[service.name] = (await browser.client.get("/openapi.json")).content
    document: dict[str, Any] = json.loads(_DOCUMENTS[service.name])
    return document


async def _park(database: Database) -> None:
    """A record of the organisation that could not be accepted: number 1."""
    record = ConsumedRecord("feedback-submitted", 0, 7, 0, None, b"{}", [])
    async with database.transaction("*") as conn:
        await park(conn, [DeadLetter(record, "acme", "invalid-field", "level", "is not between 0 and 1")], s.NOW)


async def _write_own_words(browser: Browser, service: Service[Any], *about: tuple[str, str, str]) -> None:
    """These colleagues note something about somebody and begin to write a feedback each."""
    if service is INTERVIEWS:
        for user, candidate, job in about:
            note = {"noted_at": "2026-11-04T14:20:00Z", "text": f"{candidate} asked first."}
            draft = {"application": f"{candidate}-{job}", "candidate": candidate, "drafted_at": "2026-11-07T09:00:00Z"}
            noted = await browser.put(f"/interviews/{candidate}-{job}-i1/note", note, "interviewer", user=user)
            drafted = await browser.put(f"/feedback/{candidate}-{job}-f1/draft", draft, "interviewer", user=user)
            assert (noted.status_code, drafted.status_code) == (201, 201), (noted.text, drafted.text)


def _event(fact: Heard | Event) -> Event:
    return fact.event if isinstance(fact, Heard) else fact


async def _ids(stage: Stage, candidate: str, job: str) -> dict[str, str]:
    family = "data" if job == "su27" else "operations"
    found = {
        "user": "ada" if job == "su27" else "bert",
        "job": job,
        "family": family,
        "cycle": "Summer 2027",
        "table": "rounds",
        "candidate": candidate,
        "purpose": "talent_pool",
        "version": "pool-2026-11",
        "application": f"{candidate}-{job}",
        "interview": f"{candidate}-{job}-i1",
        "feedback": f"{candidate}-{job}-f1",
        "membership": membership_id(candidate, family),
        "match": match_id(candidate, "ws27" if job == "su27" else "ops2"),
        "relation": f"mentorship-{candidate}",
        "referral": f"referral-{candidate}",
        "record": "1",
        "source": "platform",
        "event": f"application-submitted:{candidate}-{job}",
    }
    return found | await _derived(stage, found)


async def _derived(stage: Stage, known: dict[str, str]) -> dict[str, str]:
    """Ids that only the service knows."""
    if stage.database.service == "candidates":
        rows = await stage.fetch("SELECT run FROM runs WHERE match = $1", known["match"])
        return {"run": rows[0]["run"]}
    if stage.database.service == "notifications":
        about = known["application"]
        letters = await stage.fetch("SELECT letter FROM letters WHERE kind = 'decision' AND about = $1", about)
        tasks = await stage.fetch("SELECT kind, about FROM tasks WHERE candidate = $1", known["candidate"])
        task = {"task": f"{tasks[0]['kind']}:{tasks[0]['about']}"} if tasks else {}
        return {"letter": letters[0]["letter"], "campaign": "sql-evening", "news": "evening", **task}
    return {}
