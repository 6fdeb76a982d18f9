"""Health."""

from shared.web.serving import Health


def test_a_service_is_ready_when_every_part_is():
    assert Health({"database": "ok", "relay": "ok"}).ready
    assert Health().ready


def test_one_part_without_progress_makes_it_unready():
    assert not Health({"database": "ok", "relay": "failed: KafkaConnectionError"}).ready


def test_a_part_that_waits_says_so_and_a_failure_is_not_hidden_by_it():
    waiting = Health({"clock": "ok"}, {"clock": "waits for the backlog: 3 records"})
    failing = Health({"clock": "failed: KafkaConnectionError"}, {"clock": "waits for the backlog: 3 records"})

    assert (waiting.ready, waiting.told) == (True, {"clock": "waits for the backlog: 3 records"})
    assert (failing.ready, failing.told) == (False, {"clock": "failed: KafkaConnectionError"})
