"""What a mail may be, counted byte by byte before anything parses it: parsers take their time, some for ever."""

import re

READ_AT_MOST = 256 * 1024  # of a mail, from its beginning; what stands behind is attached files
MOST_HOPS = 50
MOST_FIELDS = 1000
LONGEST_HEAD = 128 * 1024
LONGEST_FIELD = 4000  # of those that are parsed
LONGEST_CONTENT_FIELD = 2000  # parsed again whenever a part is asked what it is
MOST_BOUNDARIES = 50  # each may nest what follows
MOST_PARTS = 1000
MOST_WORK = 2_000_000  # each line is compared with every boundary around it

_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"(?m)^[!-9;-~]+[ \t]*:")
_HOP = re.compile(rb"(?mi)^received[ \t]*:")
_PARSED = re.compile(
    rb"(?mi)^(?:content-[a-z-]+|from|reply-to|sender|subject|message-id|in-reply-to|auto-submitted|precedence|mime-version)"
    rb"[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*"
)
_BOUNDARY = re.compile(rb"(?i)boundary")
_MESSAGE = re.compile(rb"(?i)message/")
_PART = re.compile(rb"(?m)^--")


def head_of(content: bytes) -> bytes:
    """The header of a mail, or what a reader looks at of one that never ends."""
    ends = _HEAD_ENDS.search(content, 0, READ_AT_MOST)
    return content[: ends.start() if ends else READ_AT_MOST]


def beyond(content: bytes) -> tuple[str, str] | None:
    """Why a mail is not read at all, as (code, what its sender is told); None for one that is."""
    head, seen = head_of(content), content[:READ_AT_MOST]
    if _count(_HOP, head) > MOST_HOPS:
        return "loop", "554 5.4.6 This mail goes round in circles"
    if len(head) > LONGEST_HEAD or _count(_FIELD, head) > MOST_FIELDS:
        return "too_complex", "554 5.6.0 The header of this mail is too long to be read"
    if any(len(field[0]) > _longest(field[0]) for field in _PARSED.finditer(seen)):
        return "too_complex", "554 5.6.0 A header field of this mail is too long to be read"
    boundaries = _count(_BOUNDARY, seen) + _count(_MESSAGE, seen)
    is_deep = boundaries > MOST_BOUNDARIES or (boundaries + 1) * seen.count(b"\n") > MOST_WORK
    if is_deep or _count(_PART, seen) > MOST_PARTS:
        return "too_complex", "554 5.6.0 This mail has too many parts to be read"
    return None


def _longest(field: bytes) -> int:
    return LONGEST_CONTENT_FIELD if field[:8].lower() == b"content-" else LONGEST_FIELD


def _count(pattern: re.Pattern[bytes], content: bytes) -> int:
    return sum(1 for _ in pattern.finditer(content))
