"""The code in the integration guide runs as it stands there, against a real broker."""

import re
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import EVENTS, CandidateLeftPool, CandidatePooled, membership_id
from tests.heard import MONDAY, Heard, Log
from tests.running import make_topics, publish

GUIDE = Path(__file__).parents[1] / "docs" / "integration.md"
PYTHON = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def sample(word: str) -> dict[str, Any]:
    """What the one sample that holds this word defines."""
    [code] = [code for code in PYTHON if word in code]
    defined: dict[str, Any] = {"__name__": "sample"}
    exec(compile(code, str(GUIDE), "exec"), defined)  # noqa: S102 - our own documentation
    return defined


def pooled(candidate: str) -> CandidatePooled:
    return CandidatePooled(
        membership=membership_id(candidate, "data"), candidate=candidate, family="data", tier="promising",
        status="active", application="a1", why=("One verdict.",), evidence=(), rules_version="pool-1",
    )  # fmt: skip


def left(candidate: str) -> CandidateLeftPool:
    return CandidateLeftPool(
        membership=membership_id(candidate, "data"), candidate=candidate, family="data", reason="hired"
    )


def test_the_reader_knows_all_topics_that_replace_one_another():
    replacing = sample("AIOKafkaConsumer")["REPLACING"]
    pairs = {frozenset(event.replaces) for event in EVENTS if event.replaces}

    assert {frozenset(pair) for pair in replacing.items()} == pairs
    assert all(f"`{topic}`" in GUIDE.read_text() for pair in pairs for topic in pair)


@pytest.mark.kafka
async def test_the_reader_holds_what_stands(kafka):
    log, prefix = Log(), await make_topics(kafka)
    older, newer = MONDAY, MONDAY.replace(hour=9)
    said = [
        Heard(pooled("ana"), newer),
        Heard(left("ana"), older),
        Heard(pooled("bo"), older),
        Heard(left("bo"), newer),
    ]
    gone = log.append(Heard(pooled("cy"), older))
    nudge = log.place("candidate-pooled", b"~nudge/~/~", None, [])
    await publish(kafka, prefix, [*map(log.append, said), gone, gone._replace(value=None, headers=[]), nudge])

    topics = ["candidate-pooled", "candidate-left-pool"]
    held = await sample("AIOKafkaConsumer")["read"](topics, prefix, bootstrap_servers=kafka.bootstrap)

    assert {(topic, body["candidate"]) for _, _, topic, body in held.values()} == {
        ("candidate-pooled", "ana"),
        ("candidate-left-pool", "bo"),
    }
