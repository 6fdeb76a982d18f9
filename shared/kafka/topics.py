"""Topics: what Kafka must hold, compared with what it holds."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError

from shared.contracts import EVENTS, Event
from shared.kafka.unfit import TopicsUnfit

DAY_MS = 86_400_000
LOOKS, LOOK_SECONDS = 5, 0.5  # how often, and how far apart, before a topic counts as missing


class DesiredTopic(NamedTuple):
    """One topic as it must be."""

    name: str
    partitions: int
    config: dict[str, str]


class TopicChange(NamedTuple):
    """What must be done to one topic: `create`, `configure`, or `grow` (more partitions)."""

    topic: str
    action: str
    detail: str


def wanted(prefix: str, *, partitions: int | None = None) -> list[DesiredTopic]:
    """Every topic; `partitions` overrides the contracts' number for those that have more than one."""
    return [DesiredTopic(prefix + e.topic, _partitions(e, partitions), _config(e)) for e in EVENTS]


def _partitions(event: type[Event], partitions: int | None) -> int:
    return event.partitions if partitions is None or event.partitions == 1 else partitions


def _config(event: type[Event]) -> dict[str, str]:
    common = {"message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152"}
    if not event.compacted:
        return {**common, "cleanup.policy": "delete", "retention.ms": str(30 * DAY_MS)}
    return {
        **common,
        "cleanup.policy": "compact",
        "max.compaction.lag.ms": str(DAY_MS),
        "min.compaction.lag.ms": str(DAY_MS // 2),
        "retention.ms": "-1",
    }


@asynccontextmanager
async def administration(kafka: dict[str, Any]) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for administration. Raises KafkaConnectionError when no broker answers."""
    admin = AIOKafkaAdminClient(**kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def plan(admin: AIOKafkaAdminClient, topics: Iterable[DesiredTopic]) -> list[TopicChange]:
    """What `apply` would do."""
    topics = list(topics)
    there = await count_partitions(admin)
    held = await _configs(admin, [t.name for t in topics if t.name in there])
    changes = []
    for topic in topics:
        if topic.name not in there:
            changes.append(TopicChange(topic.name, "create", f"{topic.partitions} partitions"))
            continue
        if there[topic.name] < topic.partitions:
            changes.append(TopicChange(topic.name, "grow", f"{there[topic.name]} to {topic.partitions} partitions"))
        wrong = {k: v for k, v in topic.config.items() if held[topic.name].get(k) != v}
        if wrong:
            changes.append(TopicChange(topic.name, "configure", ", ".join(f"{k}={v}" for k, v in wrong.items())))
    return changes


async def apply(
    admin: AIOKafkaAdminClient, topics: Iterable[DesiredTopic], *, replication: int | None = None
) -> list[TopicChange]:
    """Create what is missing and mend what differs; never shrink. Returns what was done.

    `replication`: copies of a new topic; by default three, or as many as there are brokers.

    Raises TopicsUnfit when Kafka refuses.
    """
    by_name = {t.name: t for t in topics}
    changes = await plan(admin, by_name.values())
    missing = [by_name[c.topic] for c in changes if c.action == "create"]
    if missing:
        replication = replication or min(3, len((await admin.describe_cluster())["brokers"]))
        _check(await admin.create_topics([_new(t, replication) for t in missing]))
    growing = {c.topic: NewPartitions(by_name[c.topic].partitions) for c in changes if c.action == "grow"}
    if growing:
        await admin.create_partitions(growing)
    differing = [c.topic for c in changes if c.action == "configure"]
    if differing:
        # Kafka replaces the whole configuration, so what is set beside ours is read and sent again.
        held = await _configs(admin, differing, only_set=True)
        resources = [
            ConfigResource(ConfigResourceType.TOPIC, n, configs={**held[n], **by_name[n].config}) for n in differing
        ]
        await admin.alter_configs(resources)
    await _wait_until_visible(admin, set(by_name))
    return changes


async def _wait_until_visible(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Brokers learn of new topics a moment after the controller has made them."""
    for _ in range(100):
        if names <= set(await count_partitions(admin)):
            return
        await asyncio.sleep(0.1)
    raise TopicsUnfit("new topics do not appear in the brokers' metadata")


async def check(admin: AIOKafkaAdminClient, prefix: str, needed: Iterable[str]) -> None:
    """Raises TopicsUnfit, naming the command, when a needed topic is missing or not set up as it must be.

    Not at once: the broker that is asked may learn of what was just made a moment later than the one that made it.
    """
    names = {prefix + topic for topic in needed}
    needs = [topic for topic in wanted(prefix, partitions=1) if topic.name in names]
    for _ in range(LOOKS):
        if not (unfit := await plan(admin, needs)):
            return
        await asyncio.sleep(LOOK_SECONDS)
    first = unfit[0]
    raise TopicsUnfit(
        f"{len(unfit)} topics are not as they must be (first: {first.topic}: {first.action} {first.detail}): "
        "run `talentloop topics apply`"
    )


def _new(topic: DesiredTopic, replication: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.config)


def _check(response: Any) -> None:
    for name, code, message in response.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise TopicsUnfit(f"{name}: {message or f'error {code}'}")


async def cluster_of(admin: AIOKafkaAdminClient) -> str:
    """The id of the cluster."""
    return str((await admin.describe_cluster())["cluster_id"])


async def count_partitions(admin: AIOKafkaAdminClient) -> dict[str, int]:
    """Topic -> how many partitions it has."""
    described = await admin.describe_topics()
    return {t["topic"]: len(t["partitions"]) for t in described if t["partitions"]}


async def _configs(
    admin: AIOKafkaAdminClient, names: list[str], *, only_set: bool = False
) -> dict[str, dict[str, str]]:
    """Topic -> its settings; with `only_set` those that were set on the topic itself."""
    if not names:
        return {}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, n) for n in names])
    return {r[3]: _settings(r[4], only_set=only_set) for answer in answers for r in answer.resources}


def _settings(entries: Iterable[Any], *, only_set: bool) -> dict[str, str]:
    set_on_topic = 1  # the protocol's source of a dynamic topic configuration
    return {e[0]: e[1] for e in entries if not only_set or e[3] == set_on_topic}
