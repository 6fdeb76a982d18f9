"""Health."""

from shared.kit.health import Health


def test_a_service_is_ready_when_every_part_is():
    assert Health({"database": "ok", "relay": "ok"}).ready
    assert Health().ready


def test_one_part_without_progress_makes_it_unready():
    assert not Health({"database": "ok", "relay": "failed: KafkaConnectionError"}).ready
