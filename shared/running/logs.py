"""Logs: one JSON line per event on stderr, without contact data, and quiet libraries."""

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

CONTACT = frozenset(
    {"email", "e_mail", "mail", "phone", "name", "preferred_name", "address"}
    | {"body", "text", "value", "token", "authorization"}
)
NOISY = ("aiokafka", "faststream", "kafka", "asyncio")
SILENT = ("uvicorn.access", "mail.log")  # they name addresses: of browsers, and of every mail that comes in
_VALUES = re.compile(r"(?m)(?<=input_value=).*?(?=, input_type)|^DETAIL:.*$|(?<=Failing row contains ).*$")


def configure(service: str, level: str = "INFO") -> None:
    """Send everything this process logs, ours and the libraries', through the same lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        without_contact_data,
        with_traceback,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(default=str)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _configure_libraries(level, shared, renderer)


def _configure_libraries(level: str, shared: list[Processor], renderer: Processor) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _logger_as_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            keep_exc_info=True,
        )
    )
    handler.addFilter(Sparse(NOISY))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in (*NOISY, "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).disabled = True


def without_contact_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Leave out what could hold a person's name, address or words, whoever logged it."""
    return {key: value for key, value in event.items() if key.lower() not in CONTACT}


def with_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Write an exception as text, without the values that libraries repeat in their messages."""
    error = event.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = sys.exc_info()[1] if error is True else error[1]
    if isinstance(error, BaseException):
        event["exception"] = _VALUES.sub("(left out)", "".join(traceback.format_exception(error)))
    return event


def _named(service: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return add


def _logger_as_library(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["library"] = event.pop("logger")
    return event


class Sparse(logging.Filter):
    """Lets each message of some libraries through once in a while: a broker that is away is 25 lines a second."""

    def __init__(
        self, libraries: tuple[str, ...], *, seconds: float = 10, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._libraries = libraries
        self._seconds = seconds
        self._clock = clock
        self._seen: dict[tuple[str, Any], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """False for what was said by the same logger a moment ago."""
        if record.name.partition(".")[0] not in self._libraries:
            return True
        now = self._clock()
        message = (record.name, _without_numbers(str(record.msg)))
        if now - self._seen.get(message, -self._seconds) < self._seconds:
            return False
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[message] = now
        return True


def _without_numbers(message: str) -> str:
    return re.sub(r"\d+", "#", message)
