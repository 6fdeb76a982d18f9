"""What joins a service to Kafka: it consumes, publishes, and knows how far it is behind."""

from collections.abc import Awaitable, Callable

from shared.kafka.backlog import Backlog
from shared.kafka.consumer import Consumer
from shared.kafka.relay import Relay
from shared.kafka.unread import UnreadProbe
from shared.kit.inbox import Inbox
from shared.settings.service import ListeningSettings

Run = Callable[[], Awaitable[None]]


class Listening:
    """The parts of a service that speak with Kafka, and when the others may begin."""

    def __init__(self, settings: ListeningSettings, inbox: Inbox) -> None:
        turns, kafka, prefix = inbox.turns, settings.kafka, settings.topic_prefix
        self.backlog = Backlog(turns.database, kafka, prefix)
        self.consumer = Consumer(inbox, self.backlog, kafka, prefix, settings.kafka_group_instance_id)
        self.relay = Relay(turns.database, settings.producer, prefix, turns.written)
        self.reading = UnreadProbe(turns.database, kafka, prefix)

    @property
    def parts(self) -> dict[str, Run]:
        """By name, what runs from the start."""
        return {"consumer": self.consumer.run, "relay": self.relay.run, "reading": self.reading.run}

    def reached(self, part: str) -> Run:
        """What another part waits for: who derives for the facts, whoever acts on what is derived for that, too."""
        return self.backlog.worked_off if part == "derive" else self.backlog.derived
