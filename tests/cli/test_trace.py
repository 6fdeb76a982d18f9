"""`talentloop trace`: three real databases, joined by what each service publishes for the others."""

import json
from collections.abc import AsyncIterator
from string import Formatter
from typing import NamedTuple

import pytest

from cli.trace.words import SENTENCES, sentence
from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.contracts import BY_TOPIC, EVENTS, LEARNING
from shared.kit import outbox
from shared.kit.db import Database
from tests.candidates import sentences as s
from tests.heard import Heard, Log
from tests.notifications.facts import halden
from tests.programs import talentloop
from tests.stage import Stage

SERVICES = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)


class Joined(NamedTuple):
    """Three services on one log, and the command on their databases."""

    stages: list[Stage]
    log: Log
    variables: dict[str, str]

    async def deliver(self, *heard) -> None:
        """Everyone hears what is said, and what is said because of it, until nobody says any more."""
        records = [self.log.append(one) for one in heard]
        while records:
            for stage in self.stages:
                mine = [r for r in records if stage.database.service in BY_TOPIC[r.topic].listens]
                await stage.take(mine) if mine else None
            records = [record for stage in self.stages for record in await self._relayed(stage)]

    async def move(self, instant) -> None:
        for stage in self.stages:
            await stage.move(instant)
        await self.deliver()

    async def _relayed(self, stage: Stage) -> list:
        async with stage.database.transaction("*") as conn:
            rows = await outbox.read(conn, 10_000)
            await outbox.delete(conn, [row.id for row in rows])
        return [self.log.place(row.topic, row.key, row.value, row.headers) for row in rows]

    async def caused(self) -> set[tuple[str, str]]:
        """(cause, effect) of every fact any service holds."""
        rows = [
            row
            for stage in self.stages
            for row in await stage.fetch("SELECT causation, event FROM facts WHERE causation IS NOT NULL")
        ]
        return {(row["causation"], row["event"]) for row in rows}


@pytest.fixture
async def joined(fresh_database) -> AsyncIterator[Joined]:
    stages, variables = [], {}
    for service in SERVICES:
        addresses = await fresh_database(service.name)
        database = await Database.connect(addresses.url, service.name)
        async with database.transaction("*") as conn:
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
        stages.append(Stage(database, service.router, service.schedule))
        variables[f"{service.name.upper()}_DATABASE_URL"] = addresses.url
    yield Joined(stages, Log(), variables)
    for stage in stages:
        await stage.database.close()


def edges(tree: dict) -> set[tuple[str, str]]:
    return {(tree["event"], c["event"]) for c in tree["caused"]}.union(*(edges(c) for c in tree["caused"]))


def every(tree: dict) -> list[dict]:
    return [tree, *(one for c in tree["caused"] for one in every(c))]


@pytest.mark.db
async def test_a_trace_is_complete_across_the_services(joined, tmp_path):
    decision = s.decided("amara")
    await joined.move(s.NOW)
    await joined.deliver(halden("live"), s.opened(), *(e for e in s.amara() if e != decision))
    await joined.deliver(Heard(decision, s.NOW, id="the-decision"))
    await joined.deliver(Heard(s.consented("amara"), s.NOW, id="the-consent"))
    await joined.deliver(Heard(s.the_next_job(), s.NOW, id="the-job"))
    await joined.deliver(Heard(s.closed("ws27", closed_at=s.NOW), s.NOW, id="the-closing"))

    def trace(event: str) -> dict:
        answer = talentloop("trace", event, "--json", home=tmp_path, **joined.variables)
        assert answer.returncode == 0, answer.stderr
        [tree] = json.loads(answer.stdout)
        return tree

    trees = {name: trace(name) for name in ("the-decision", "the-consent", "the-job")}
    told = set().union(*map(edges, trees.values()))
    roots = {cause for cause, _ in await joined.caused() if cause in trees}
    assert {
        edge for edge in await joined.caused() if edge[0] in {one["event"] for t in trees.values() for one in every(t)}
    } <= told
    assert roots == set(trees)
    decided = {one["topic"]: one for one in every(trees["the-decision"])}
    assert decided["candidate-pooled"]["known"] == dict.fromkeys(LEARNING, "superseded")
    consented = {one["topic"]: one for one in every(trees["the-consent"])}
    assert consented["candidate-pooled"]["words"] == "amara is in the pool of data: silver_medalist, active"
    assert consented["candidate-pooled"]["known"] == dict.fromkeys(LEARNING, "stored")
    assert trees["the-job"]["known"] == {service.name: "stored" for service in SERVICES}


@pytest.mark.db
async def test_in_words_it_is_a_tree_with_times_and_a_parked_event_says_why(joined, tmp_path):
    await joined.deliver(s.opened(), *s.amara(s.consented("amara")), Heard(s.the_next_job(), id="the-job"))
    bad = joined.log.append(Heard(s.feedback("amara", number=3), id="broken"))
    await joined.stages[1].take([bad._replace(value=bad.value.replace(b'"yes"', b'"perhaps"'))])

    tree = talentloop("trace", "the-job", home=tmp_path, **joined.variables)
    broken = talentloop("trace", "broken", home=tmp_path, **joined.variables)
    unknown = talentloop("trace", "nothing", home=tmp_path, **joined.variables)

    assert "2026-11-02 08:00:00  Job ws27 is open: Working Student Analytics" in tree.stdout
    assert (
        "amara is proposed for ws27: meets 3 of 3, score 86.7 (stored in candidates, notifications, insights)\n"
        in tree.stdout
    )
    assert "1 event followed." in tree.stdout
    assert "parked in candidates: invalid-field (overall)" in broken.stdout
    assert "Nothing followed. What several facts lead to names one" in broken.stdout
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "No service knows an event nothing" in unknown.stderr


def test_every_topic_has_a_sentence_and_every_field_in_it_is_the_contracts():
    assert set(SENTENCES) == {event.topic for event in EVENTS}
    for event in EVENTS:
        named = {field for _, field, _, _ in Formatter().parse(SENTENCES[event.topic]) if field}
        assert named <= {info.alias or name for name, info in event.model_fields.items()}, event.topic


def test_what_is_no_longer_kept_is_named_by_its_fact():
    assert sentence("candidate-pooled", "m1", None) == "candidate-pooled of m1"
    assert sentence("consent-changed", "x", '{"candidate": "ana", "purpose": "survey", "granted": false}') == (
        "ana answered to survey: granted no, -"
    )
