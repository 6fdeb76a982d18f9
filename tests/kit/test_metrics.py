"""Metrics: figures without anybody's id."""

from datetime import timedelta

import pytest

from shared.kit import metrics
from shared.kit.db import EVERYONE, Database

ALLOWED_LABELS = {"code", "topic", "outcome", "work", "method", "route", "status", "le"}


def test_no_figure_is_labelled_by_an_id():
    families = [value for name, value in vars(metrics).items() if name.isupper() and hasattr(value, "_labelnames")]

    assert len(families) >= 10
    assert {label for family in families for label in family._labelnames} <= ALLOWED_LABELS


def test_the_exposition_is_what_prometheus_reads():
    metrics.PARKED.labels("unknown-version").inc()

    body, media_type = metrics.exposition()

    assert b'talentloop_events_parked_total{code="unknown-version"} ' in body
    assert media_type.startswith("text/plain")


@pytest.mark.db
async def test_the_outbox_is_measured_in_the_database(fresh_database):
    database = await Database.connect((await fresh_database("interviews")).url, "interviews")

    async with database.transaction(EVERYONE) as conn:
        await conn.execute(
            "INSERT INTO outbox (topic, key, headers, saved_at) VALUES ('job-opened', '', '', now() - $1::interval)",
            timedelta(seconds=90),
        )
        await metrics.measure_outbox(conn)
    await database.close()

    assert metrics.OUTBOX_ROWS._value.get() == 1
    assert metrics.OUTBOX_AGE._value.get() == pytest.approx(90, abs=1)
