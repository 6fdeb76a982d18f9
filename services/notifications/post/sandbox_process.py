"""The process that strangers' mail is opened in: without secrets or files; a mail that costs too much ends it.

Asked on standard input: a line of JSON, then so many bytes of a mail. Answers a line of JSON on standard output.
"""

import json
import os
import resource
import signal
import sys
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, default
from email.utils import getaddresses
from hashlib import sha256
from typing import Any, BinaryIO

from services.notifications.post.bounds import READ_AT_MOST, head_of
from services.notifications.post.reading import Meaning, ReadMail, read

CPU_SECONDS = 1.0
MOST_MEMORY = 512 * 2**20


def read_or_hand_on(content: bytes, *, has_sender: bool, received: date) -> ReadMail:
    """What a mail means. One that no reader understands, whatever it raises, is for a person to read."""
    try:
        return read(content[:READ_AT_MOST], has_sender=has_sender, received=received)
    except Exception:
        return ReadMail(Meaning.REPLY, sha256(content).hexdigest())


def writer_of(content: bytes) -> str | None:
    """Who wrote a mail, as it may stand in a header of ours: with their name where that can be, else without."""
    try:
        head = BytesHeaderParser(policy=default).parsebytes(head_of(content))
        name, address = getaddresses([str(head.get("Reply-To") or head.get("From") or "")])[0]  # of several the first
    except Exception:
        return None
    return _in_a_header(name, address) or _in_a_header("", address)


def _in_a_header(name: str, address: str) -> str | None:
    """An address that comes back from a header as it went in; None for one that does not."""
    try:
        mail = EmailMessage(policy=SMTP)
        mail["Reply-To"] = Address(name, addr_spec=address)
        mail.as_bytes().decode("ascii")
        return str(mail["Reply-To"]) if "@" in address and address.isascii() else None
    except Exception:
        return None


def _answer(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The values of a ReadMail, or of a writer."""
    if asked["wanted"] == "writer":
        return {"writer": writer_of(content)}
    received = date.fromisoformat(asked["received"])
    return read_or_hand_on(content, has_sender=asked["has_sender"], received=received)._asdict()


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Until nobody asks any more. The processor's time of one mail is limited by the kernel, whatever runs then."""
    while line := questions.readline():
        asked = json.loads(line)
        content = questions.read(asked["size"])
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        answer = _answer(asked, content)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(json.dumps(answer, default=str).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _serve(sys.stdin.buffer, sys.stdout.buffer)
