"""A mail laid open: its headers, its words and what its servers say, however broken it is."""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32

LONGEST_TEXT = 20_000
LONGEST_HEADER = 2_000
MOST_PARTS = 50
REPORTS = frozenset(("message/delivery-status", "message/global-delivery-status", "message/feedback-report"))
RECEIPT = "message/disposition-notification"
_COPIES = frozenset(("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"))
_TAGS = re.compile(r"<[^<>]*>")


class _AsItCame(Compat32):
    """Headers are neither parsed nor judged: what their letters mean is asked when they are read."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_AS_IT_CAME = _AsItCame()


class ParsedMail:
    """Nothing it is asked raises, whatever the mail is made of."""

    def __init__(self, content: bytes) -> None:
        self._mail = message_from_bytes(content, policy=_AS_IT_CAME)
        self.parts = list(_parts(self._mail))
        self.kinds = frozenset(part.get_content_type() for part in self.parts)

    def header(self, name: str) -> str:
        """A header in plain letters; empty where there is none."""
        value = self._mail.get(name)
        return _decoded(str(value)).strip() if value is not None else ""

    def words(self) -> str:
        """What a person reads first: plain text before any other."""
        texts = [part for part in self.parts if part.get_content_maintype() in ("text", "multipart")]
        plain = [part for part in texts if part.get_content_type() != "text/html"]
        return next((text for part in plain + texts if (text := _text(part)).strip()), "")

    def statements(self) -> str:
        """Everything servers say in it: its texts and its reports, without the letter that came back."""
        texts = [_fields(part) if part.get_content_type() in REPORTS else _text(part) for part in self._told()]
        return "\n\n".join(texts)[: 2 * LONGEST_TEXT]

    def _told(self) -> Iterator[Message]:
        has_plain = "text/plain" in self.kinds
        for part in self.parts:
            if part.get_content_type() in _COPIES:
                return
            if not (has_plain and part.get_content_type() == "text/html"):
                yield part


def _parts(mail: Message) -> Iterator[Message]:
    """Its parts in order; what is inside a mail that came back is not told here."""
    waiting = [mail]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting = [p for p in part.get_payload() if isinstance(p, Message)] + waiting


def _text(part: Message) -> str:
    """The beginning of the words of one part; of a whole that falls into no parts, everything."""
    if part.is_multipart() or part.get_content_maintype() not in ("text", "multipart"):
        return ""
    payload = part.get_payload(decode=True)
    raw = payload[: 4 * LONGEST_TEXT] if isinstance(payload, bytes) else b""
    try:
        words = raw.decode(str(part.get_content_charset("utf-8")))
    except (LookupError, ValueError):
        words = raw.decode("utf-8", "replace")
    words = words.replace("\r\n", "\n")[:LONGEST_TEXT]
    return html.unescape(_TAGS.sub(" ", words)) if part.get_content_type() == "text/html" else words


def _fields(part: Message) -> str:
    """The lines of a report, whichever way they were packed and taken apart."""
    flat = _flat(part)
    packing = str(part.get("Content-Transfer-Encoding", "")).strip().casefold()
    try:
        match packing:
            case "base64":
                return base64.b64decode(flat).decode("utf-8", "replace")
            case "quoted-printable":
                return quopri.decodestring(flat.encode("utf-8", "replace")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        pass
    return flat


def _flat(part: Message) -> str:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return str(payload)[:LONGEST_TEXT]
    blocks = [p for p in payload[:MOST_PARTS] if isinstance(p, Message)]
    return "\n\n".join(f"{_lines(block)}\n\n{_flat(block)}" for block in blocks)[:LONGEST_TEXT]


def _lines(block: Message) -> str:
    return "\n".join(f"{name}: {_decoded(str(value))}" for name, value in block.items())


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value[:LONGEST_HEADER])))
    except (HeaderParseError, LookupError, ValueError):
        return value
