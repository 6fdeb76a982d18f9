"""What a service said comes back to it: it knows that already, so where records come one by one it reads it seldom."""

import asyncio
from collections.abc import Callable, Collection, Iterable

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import ConsumerStoppedError

REST_SECONDS = 0.25


class Echoes:
    """Lets the partitions of own topics rest. `client`: the Kafka client; `topics`: their names on Kafka.

    A batch costs some twenty round trips to the database however little is in it, and what comes back makes every
    second batch: only where it lies is news. Partitions that rest are not fetched either.
    """

    def __init__(self, client: Callable[[], AIOKafkaConsumer], topics: Collection[str]) -> None:
        self._client = client
        self._topics = frozenset(topics)
        self._heard = -REST_SECONDS

    def hear(self, heard: Iterable[str]) -> None:
        """Note the topics of a batch that left nothing waiting: of two that hold an echo, rest after the second."""
        if self._topics.isdisjoint(heard):
            return
        loop = asyncio.get_running_loop()
        before, self._heard = self._heard, loop.time()
        if self._heard < before + REST_SECONDS:
            client = self._client()
            loop.call_later(REST_SECONDS, self._go_on)  # first: whatever fails below, nothing rests for ever
            client.pause(*(tp for tp in client.assignment() if tp.topic in self._topics))

    def _go_on(self) -> None:
        try:
            client = self._client()
        except ConsumerStoppedError:
            return
        client.resume(*client.paused())
