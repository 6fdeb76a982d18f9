"""A recruitment platform in one file: it says a round of interviews, and reads back what became of everybody.

pip install -r requirements.txt
python platform_example.py [../story.json]
"""

import asyncio
import json
import os
import re
import sys
import zlib
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.helpers import create_ssl_context

ORGANIZATION = os.environ.get("ORGANIZATION", "acme")
SOURCE = f"/platform/{ORGANIZATION}"
QUIET_SECONDS = float(os.environ.get("QUIET_SECONDS", "10"))  # nothing new for so long: everything was said


def kafka_settings() -> dict:
    """Where Kafka is and how to sign in, from the environment."""
    protocol = os.environ.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    settings = {
        "bootstrap_servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9094"),
        "security_protocol": protocol,
    }
    if protocol.startswith("SASL"):
        settings |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": os.environ["KAFKA_SASL_USERNAME"],
            "sasl_plain_password": os.environ["KAFKA_SASL_PASSWORD"],
        }
    if protocol.endswith("SSL"):
        settings["ssl_context"] = create_ssl_context(cafile=os.environ.get("KAFKA_SSL_CAFILE"))
    return settings


def load_story(path: Path) -> dict:
    """The facts, and how answers read. `@-60` is minutes from the start: the same start gives the same events again."""
    given = os.environ.get("STORY_START")
    start = datetime.fromisoformat(given) if given else datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    text = path.read_text(encoding="utf-8").replace('"ORG"', json.dumps(ORGANIZATION))

    def instant(found: re.Match) -> str:
        return (start + timedelta(minutes=int(found[1]))).astimezone(UTC).strftime('"%Y-%m-%dT%H:%M:%SZ"')

    return json.loads(re.sub(r'"@(-?\d+)"', instant, text))


def record_of(fact: dict, partitions: int) -> dict:
    """One fact as a CloudEvent in binary mode."""
    subject = f"{ORGANIZATION}/{fact['subject']}"
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{fact['topic']}:{fact['fact']}:{fact['time']}",  # the same event again has the same id
        "ce_source": SOURCE,
        "ce_type": fact["topic"],
        "ce_time": fact["time"],  # when the record last changed, not when it is sent
        "ce_organization": ORGANIZATION,
        "content-type": "application/json",
    }
    return {
        "topic": fact["topic"],
        "key": f"{subject}/{fact['fact']}".encode(),
        # All facts of a person meet in one partition: the key up to its last `/`.
        "partition": zlib.crc32(subject.encode()) % partitions,
        "value": json.dumps(fact["data"]).encode(),
        "headers": [(name, value.encode()) for name, value in headers.items()],
    }


async def publish(story: list[dict]) -> dict[tuple[str, int, int], str]:
    """Say everything; returns the key of each record by topic, partition and offset."""
    # Idempotent: a retry after a lost answer is no second record, and order is kept.
    async with AIOKafkaProducer(**kafka_settings(), enable_idempotence=True, acks="all") as producer:
        sent = []
        for fact in story:
            record = record_of(fact, len(await producer.partitions_for(fact["topic"])))
            sent.append((await producer.send(**record), record["key"].decode()))
        placed = [(await acknowledged, key) for acknowledged, key in sent]
        return {(at.topic, at.partition, at.offset): key for at, key in placed}


async def read_back(story: dict) -> list[tuple[str, dict]]:
    """(topic, body) of everything said about this organisation, the newest of each key."""
    newest = {}
    # No group: these topics are compacted, so whoever reads from the start holds all that still stands.
    async with AIOKafkaConsumer(*story["sentences"], **kafka_settings(), auto_offset_reset="earliest") as consumer:
        while found := await consumer.getmany(timeout_ms=int(QUIET_SECONDS * 1000)):
            for record in (record for records in found.values() for record in records):
                headers = {name: value.decode() for name, value in record.headers}
                if record.value is None or headers.get("ce_organization") != ORGANIZATION:
                    continue  # a tombstone, the daily `~nudge`, or somebody else's
                time = datetime.fromisoformat(headers["ce_time"])
                # Some topics replace one another, such as pooled and left: of each key, the newer holds.
                about = story["replaces"].get(record.topic, record.topic), record.key
                if about not in newest or time >= newest[about][0]:
                    newest[about] = time, record.topic, json.loads(record.value)
    return [(topic, body) for _, topic, body in newest.values()]


async def main() -> None:
    story = load_story(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / "story.json"))
    placed = await publish(story["facts"])
    print(f"said {len(placed)} facts")
    lines = []
    for topic, body in await read_back(story):
        key = placed.get((body.get("topic"), body.get("partition"), body.get("offset")))
        if topic != "event-rejected" or key:  # what others were refused is not ours
            told = defaultdict(lambda: "-", body | {"key": key})  # what is not there is left out
            lines.append(story["sentences"][topic].format_map(told))
    print("\n".join(sorted(lines)))


asyncio.run(main())
