"""New ids."""

import threading
import time
from uuid import UUID

from shared.kit import ids
from shared.kit.ids import uuid7


def test_an_id_is_a_uuid_of_version_seven_made_now():
    made = UUID(uuid7())

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert abs((made.int >> 80) - time.time() * 1000) < 5000


def test_each_id_is_greater_than_the_one_before():
    made = [uuid7() for _ in range(20_000)]

    assert made == sorted(set(made))


def test_ids_stay_in_order_when_the_machines_clock_goes_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)

    assert uuid7() > first


def test_threads_never_make_the_same_id():
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.extend(uuid7() for _ in range(2000))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 8000
