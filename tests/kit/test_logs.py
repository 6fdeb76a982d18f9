"""Logs: events as lines of JSON, without contact data, and without floods."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.running import logs
from shared.running.logs import Sparse


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process wrote to stderr since it was configured."""
    written = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    monkeypatch.setattr("sys.stderr", written)
    logs.configure("candidates", "INFO")
    yield written
    structlog.reset_defaults()
    root.handlers[:], level = before
    root.setLevel(level)


def _read(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_event_is_one_line_of_json(lines):
    structlog.get_logger().warning("event parked", topic="job-opened", code="unknown-version")

    [line] = _read(lines)
    line.pop("timestamp")
    assert line == {
        "event": "event parked",
        "level": "warning",
        "service": "candidates",
        "topic": "job-opened",
        "code": "unknown-version",
    }


def test_contact_data_is_left_out_whoever_logs_it(lines):
    contact = {"email": "ana@example.org", "Phone": "1", "name": "Ana", "body": "b", "text": "t", "value": "v"}

    structlog.get_logger().info("x", candidate="c1", **contact)

    [line] = _read(lines)
    assert set(line) == {"event", "level", "service", "timestamp", "candidate"}


def test_the_level_is_kept(lines):
    structlog.get_logger().debug("too much")

    assert not _read(lines)


def test_a_library_speaks_in_the_same_lines(lines):
    logging.getLogger("uvicorn.error").info("started on %s", "port")

    [line] = _read(lines)
    assert (line["event"], line["library"], line["service"]) == ("started on port", "uvicorn.error", "candidates")


def test_the_mail_listener_s_library_says_nothing(lines):
    mail = logging.getLogger("mail.log")
    mail.info("%r sender: %s", ("127.0.0.1", 1), "ana@example.org")
    mail.warning("%r unrecognised: %s", ("127.0.0.1", 1), "ana@example.org")

    assert not _read(lines)


def test_an_exception_is_told_without_the_values_that_libraries_repeat(lines):
    try:
        raise ValueError(
            "bad\nDETAIL:  Failing row contains (Ana, ana@example.org)\n[input_value='Ana', input_type=str]"
        )
    except ValueError:
        structlog.get_logger().exception("request failed")

    [line] = _read(lines)
    assert "ValueError: bad" in str(line["exception"])
    assert "Ana" not in str(line["exception"])


def test_a_library_that_repeats_itself_is_heard_once_in_ten_seconds():
    now = [0.0]
    sparse = Sparse(("aiokafka",), clock=lambda: now[0])

    def heard(name: str, message: str) -> bool:
        return sparse.filter(logging.LogRecord(name, logging.ERROR, "f", 1, message, None, None))

    assert heard("aiokafka.conn", "node 1 is away")
    assert not heard("aiokafka.conn", "node 2 is away")
    assert heard("aiokafka.conn", "another message")
    assert heard("shared.kit", "x")
    assert heard("shared.kit", "x")
    now[0] = 10.0
    assert heard("aiokafka.conn", "node 1 is away")


def test_what_sparse_remembers_is_bounded():
    sparse = Sparse(("aiokafka",), clock=lambda: 0.0)

    for letter in range(1200):
        sparse.filter(logging.LogRecord("aiokafka", logging.ERROR, "f", 1, "x" * letter, None, None))

    assert len(sparse._seen) <= 1001
