"""New ids: UUID version 7, which sort by the time they were made; and Kafka's."""

import base64
import secrets
import threading
import time
import uuid

_RANDOM_BITS = 62
_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """A new id (RFC 9562, with the fraction of the millisecond in `rand_a`). Within a process each is greater."""
    stamp = _next_stamp()
    milliseconds, fraction = stamp >> 12, stamp & 0xFFF
    text = f"{milliseconds:012x}7{fraction:03x}{0b10 << 62 | secrets.randbits(_RANDOM_BITS):016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _next_stamp() -> int:
    """Milliseconds and a 4096th of one, as 60 bits, later than any before."""
    global _last  # noqa: PLW0603 - the order of ids within a process is the process's own
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    with _lock:
        _last = max(_last + 1, milliseconds << 12 | nanoseconds * 4096 // 1_000_000)
        return _last


def new_cluster_id() -> str:
    """Kafka's spelling of a random UUID; its tools take one that begins with a dash for an option."""
    while (spelled := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return spelled
