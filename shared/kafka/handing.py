"""How a batch passes through FastStream: as it came, and as the inbox knows records."""

from aiokafka import ConsumerRecord
from faststream.kafka.message import KafkaMessage

from shared.kit.dead_letters import ConsumedRecord


async def parse(records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """FastStream's own parser decodes every header as UTF-8, and one bad header would lose the batch."""
    return KafkaMessage(body=b"", raw_message=records, consumer=None)  # type: ignore[arg-type]


async def decode(message: KafkaMessage) -> tuple[ConsumerRecord, ...]:
    """The records, which the message keeps no more: finished batches would keep them alive."""
    records: tuple[ConsumerRecord, ...] = message.raw_message
    message.raw_message = ()
    return records


def as_consumed(r: ConsumerRecord, prefix: int) -> ConsumedRecord:
    """One record, its topic without so many letters."""
    return ConsumedRecord(r.topic[prefix:], r.partition, r.offset, r.timestamp, r.key, r.value, r.headers)
