"""A mail that quotes one of ours, as whoever is not that one's reader may have it: its bytes, but what acts as they."""

import re
from base64 import b64decode, encodebytes
from binascii import Error

_ENCODED = re.compile(rb"(?m)^[A-Za-z0-9+/]{40,}+(?:\r?\n[A-Za-z0-9+/]++)*+=*")
_BREAK = rb"=\r?\n"  # quoted-printable parts long words where it likes
_BREAKS = re.compile(_BREAK)
# Each word is tried once, from its beginning: what a stranger writes takes no longer than it is long.
_LONG_WORD = re.compile(rb"(?<![\w.-])(?:[\w.-]|=2E|" + _BREAK + rb"){100,}+")
_TOKEN = b"eyJ"  # an object in JSON, as base64url; two more parts follow
_ANSWERED_AT = re.compile(rb"[rb](?:" + _BREAK + rb")?(?:\+|=2B|%2B)(?:[0-9a-f]|" + _BREAK + rb"){48,}+(?=@|=40|%40)")
_BEGINS = (re.compile(_TOKEN + rb"[\w-]{9}"), re.compile(rb"[+B][0-9a-f]{48}"))
_WITHHELD = b"withheld"


def without_keys(content: bytes) -> bytes:
    """Links end before their token, and answers to the mail that is quoted reach nobody; all else is as it came."""
    return _ENCODED.sub(_decoded_without, _without(content))


def _decoded_without(encoded: re.Match[bytes]) -> bytes:
    try:
        decoded = b64decode(encoded[0])
    except Error:
        return encoded[0]
    kept = _without(decoded)
    if kept == decoded:
        return encoded[0]
    lines = encodebytes(kept).removesuffix(b"\n")
    return lines.replace(b"\n", b"\r\n") if b"\r\n" in encoded[0] else lines


def _without(text: bytes) -> bytes:
    joined = _BREAKS.sub(b"", text)
    if not any(begins.search(joined) for begins in _BEGINS):
        return text  # as nearly all that is attached, which may be much
    return _ANSWERED_AT.sub(_WITHHELD, _LONG_WORD.sub(_without_token, text))


def _without_token(word: re.Match[bytes]) -> bytes:
    joined = _BREAKS.sub(b"", word[0]).replace(b"=2E", b".")
    address, token, signed = joined.partition(_TOKEN)
    return address + _WITHHELD if token and signed.count(b".") >= 2 else word[0]
