"""What Prometheus may know: counts and durations, by topic and code; never a person's, job's or organisation's id."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from shared.kit.db import Connection

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

CONSUMED = Counter("talentloop_events_consumed", "Records read from Kafka and settled.")
FACTS_NEW = Counter("talentloop_facts_new", "Facts that were new or newer than what was held.")
PARKED = Counter("talentloop_events_parked", "Records put aside as dead letters.", ["code"])
DROPPED = Counter("talentloop_facts_dropped", "Facts that came again of people who were erased, and were dropped.")
BATCH_SECONDS = Histogram("talentloop_batch_seconds", "Time from a decoded batch to its commit.", buckets=_SECONDS)
BATCH_RETRIES = Counter("talentloop_batch_retries", "Batches tried again after a transient failure.")
LAG = Gauge("talentloop_lag_records", "Records in Kafka that are not yet worked off.")
LAG_SECONDS = Gauge("talentloop_lag_seconds", "How old the newest record worked off is while others wait; else 0.")
BACKLOG = Gauge("talentloop_backlog_left", "What parts wait for since the start: records unread, people not derived.")
SAID = Counter("talentloop_events_said", "Events put into the outbox.", ["topic"])
RELAYED = Counter("talentloop_events_relayed", "Events published from the outbox and acknowledged.")
OUTBOX_ROWS = Gauge("talentloop_outbox_rows", "Events waiting in the outbox.")
OUTBOX_AGE = Gauge("talentloop_outbox_oldest_seconds", "Age of the oldest event waiting in the outbox.")
MAILS = Counter("talentloop_mails", "Letters handed to the mail server, by what became of them.", ["outcome"])
MAIL_OUTCOMES = ("taken", "refused", "postponed", "unknown", "kept")
MAILS_IN = Counter(
    "talentloop_mails_in", "Mails that came in, by what they were or why they were refused.", ["outcome"]
)
MAILS_BLOCKED = Counter(
    "talentloop_mails_blocked", "Letters that came back because of the sender: policy, a block, authentication."
)
CLOCK_RUNS = Counter("talentloop_clock_runs", "Times that due work was looked for.", ["work"])
REQUESTS = Counter("talentloop_http_requests", "HTTP requests answered.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("talentloop_http_request_seconds", "Time to answer.", ["method", "route"], buckets=_SECONDS)


def announce(said: Iterable[str]) -> None:
    """Show counters of rare things at nought, so that their first time is seen as an increase."""
    for topic in said:
        SAID.labels(topic)
    for outcome in MAIL_OUTCOMES:
        MAILS.labels(outcome)


async def measure_outbox(conn: Connection) -> None:
    """Set the outbox's gauges from the database: any replica tells the same."""
    row = await conn.fetchrow(
        """
        SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(saved_at)), 0)::float8 AS age FROM outbox
        """
    )
    OUTBOX_ROWS.set(row["waiting"])
    OUTBOX_AGE.set(row["age"])


def exposition() -> tuple[bytes, str]:
    """This process's figures and their media type."""
    return generate_latest(), CONTENT_TYPE_LATEST
