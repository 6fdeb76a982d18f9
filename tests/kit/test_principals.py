"""Sign-ins and access rules on a real broker that denies what no rule allows."""

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
)

from cli.principals import (
    May,
    On,
    Pattern,
    Rule,
    let_in,
    load_rules,
    rules_of_platform,
    rules_of_service,
    shut_out,
)
from shared.kafka import topics
from shared.kafka.topics import administration
from shared.kafka.unfit import TopicsUnfit
from tests.conftest import temporary_home
from tests.secured import SecuredKafka

pytestmark = pytest.mark.kafka

PASSWORD = "a password"


@pytest.fixture(scope="module")
def broker() -> Iterator[SecuredKafka]:
    """A broker with every topic, where nobody but the administrator may anything."""
    with temporary_home() as home:
        server = SecuredKafka(home)
        server.start()
        asyncio.run(_make_topics(server))
        yield server
        server.stop()


async def _make_topics(server: SecuredKafka) -> None:
    async with administration(server.admin) as admin:
        await topics.apply(admin, topics.wanted("", partitions=1))


async def grant(broker: SecuredKafka, name: str, rules: set[Rule], password: str = PASSWORD) -> None:
    async with administration(broker.admin) as admin:
        await let_in(admin, name, password, rules)


async def publish(client: dict, topic: str) -> None:
    async with AIOKafkaProducer(**client, enable_idempotence=True, acks="all") as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")


async def read_one(client: dict, topic: str, group: str) -> bytes:
    async with AIOKafkaConsumer(topic, **client, group_id=group, auto_offset_reset="earliest") as consumer:
        return (await asyncio.wait_for(consumer.getone(), 30)).value


async def test_a_service_does_its_part_and_nothing_else(broker):
    await grant(broker, "candidates", rules_of_service("candidates", ""))
    client = broker.client("candidates", PASSWORD)

    await publish(client, "candidate-pooled")
    assert await read_one(client, "candidate-pooled", "candidates") == b"value"
    async with administration(client) as admin:
        heard = {rule.name for rule in rules_of_service("candidates", "") if rule.on is On.TOPIC}
        await topics.check(admin, "", heard)
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(client, "outreach-sent")
    with pytest.raises(GroupAuthorizationFailedError):
        await read_one(client, "candidate-pooled", "notifications")
    with pytest.raises(TopicsUnfit):
        async with administration(client) as admin:
            await topics.apply(admin, [topics.DesiredTopic("mine", 1, {})])


async def test_a_topic_that_a_service_does_not_hear_is_not_there_for_it(broker):
    await grant(broker, "interviews", rules_of_service("interviews", ""))

    async with administration(broker.client("interviews", PASSWORD)) as admin:
        there = await topics.count_partitions(admin)

    assert "feedback-submitted" in there
    assert "survey-answered" not in there


async def test_nobody_comes_in_with_a_wrong_password_or_none(broker):
    await grant(broker, "wrong", rules_of_service("candidates", ""))

    for client in (broker.client("wrong", "another"), broker.client("nobody", PASSWORD)):
        with pytest.raises(KafkaConnectionError):
            await publish(client, "candidate-pooled")
    with pytest.raises(KafkaError):
        await asyncio.wait_for(publish({"bootstrap_servers": broker.bootstrap}, "candidate-pooled"), 20)


async def test_a_new_password_and_new_rules_take_the_place_of_the_old(broker):
    await grant(broker, "ats", rules_of_platform("ats", ["job-opened"], []), "old password")
    await grant(broker, "ats", rules_of_platform("ats", ["job-closed"], ["event-rejected"]), "new password")

    client = broker.client("ats", "new password")
    await publish(client, "job-closed")
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(client, "job-opened")
    with pytest.raises(KafkaConnectionError):
        await publish(broker.client("ats", "old password"), "job-closed")
    async with administration(broker.admin) as admin:
        assert (await load_rules(admin))["ats"] == {
            Rule(On.TOPIC, "job-closed", May.WRITE),
            Rule(On.TOPIC, "event-rejected", May.READ),
            Rule(On.GROUP, "ats", May.READ),
            Rule(On.GROUP, "ats.", May.READ, Pattern.PREFIXED),
        }


async def test_whoever_is_shut_out_stays_out(broker):
    await grant(broker, "former", rules_of_platform("former", ["job-opened"], []))
    async with administration(broker.admin) as admin:
        await shut_out(admin, "former")
        await shut_out(admin, "never was")

        assert "former" not in await load_rules(admin)
    with pytest.raises(KafkaConnectionError):
        await publish(broker.client("former", PASSWORD), "job-opened")


async def test_a_platform_reads_in_groups_of_its_own_and_in_nobody_elses(broker):
    rules = rules_of_platform("candidate", [], ["job-opened"])
    await grant(broker, "candidate", rules)
    await grant(broker, "writer", rules_of_platform("writer", ["job-opened"], []))
    client = broker.client("candidate", PASSWORD)
    await publish(broker.client("writer", PASSWORD), "job-opened")

    assert await read_one(client, "job-opened", "candidate") == b"value"
    assert await read_one(client, "job-opened", "candidate.nightly") == b"value"
    for group in ("candidates", "candidate-2"):
        with pytest.raises(GroupAuthorizationFailedError):
            await read_one(client, "job-opened", group)
