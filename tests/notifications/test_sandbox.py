"""Mail that nobody sane would send: ten thousand of them harm nobody, and one that costs too much ends alone."""

import os
import random
import time
from datetime import date
from pathlib import Path

import pytest

from services.notifications.post.bounds import READ_AT_MOST, beyond
from services.notifications.post.reading import Meaning, ReadMail
from services.notifications.post.sandbox import NotOpened, Sandbox, TooCostly
from services.notifications.post.sandbox_process import read_or_hand_on, writer_of

MAILS, CHUNKS = 10_000, 10
RECEIVED = date(2026, 11, 16)
CRASHED_THE_POST = b'From: "boundary=auto-replied@?=. ,/%\r\nSubject: Re: Halden\r\n\r\nThank you!'
FIELDS = (
    b"From", b"Reply-To", b"Subject", b"Message-ID", b"Content-Type", b"Content-Transfer-Encoding", b"Date",
    b"Content-Disposition", b"Auto-Submitted", b"Precedence", b"List-Id", b"MIME-Version", b"In-Reply-To",
    b"X-Failed-Recipients",
)  # fmt: skip
VALUES = (
    b"Amara <amara@mail.example>", b"<1@mail.example>", b"auto-replied (vacation)", b"bulk", b"base64",
    b"quoted-printable",
    b"multipart/report; report-type=delivery-status; boundary=b", b"multipart/mixed; boundary=b", b"message/rfc822",
    b"message/delivery-status", b"text/plain; charset=utf-8", b"text/html; charset=nonsense", b"multipart/alternative",
    b"message/feedback-report", b"message/global-delivery-status", b"x-uuencode", b"text/plain; charset*=''%FF",
    b"Undelivered Mail Returned to Sender", b"Automatic reply: Halden", b"=?utf-8?q?=ZZ?=", b"=?utf-7?b?+AGE-?=",
)  # fmt: skip
PIECES = (
    b'"', b"<", b">", b"@", b"(", b")", b"\\", b",", b";", b":", b"=?", b"?=", b"=?utf-8?b?", b"%", b"\x00", b"\xff",
    b"\r\n ", b"\r\n\t", b"\n", b"\r", b"[", b"]", b"*0*=", b"''", b"boundary=", b"--b", b"--b--", b"auto-replied",
    b".", b"&#0;", b"\xc3",
)  # fmt: skip
BODIES = (
    b"Out of office until 31.02.2027", b"550 5.1.1 no such user", b"Action: failed\r\nStatus: 5.1.1\r\n\r\n",
    b"Final-Recipient: rfc822; a@b\r\nAction: failed\r\nStatus: 9.9.9\r\n\r\n", b"<p>" * 20, b"<" * 50, b"> " * 50,
    b"Feedback-Type: abuse\r\n\r\n", b"--b\r\n", b"\r\n--b--\r\n", b"=E2=82", b"QUJD\xff", b"begin 644 x\r\n",
    b"\r\n" * 20,
)  # fmt: skip


def junk(chance: random.Random, most: int) -> bytes:
    return b"".join(chance.choice(PIECES) * chance.randint(1, 3) for _ in range(chance.randint(0, most)))


def field(chance: random.Random) -> bytes:
    value = chance.choice((junk(chance, 30), chance.choice(VALUES), chance.choice(VALUES) + junk(chance, 6)))
    return chance.choice(FIELDS) + chance.choice((b": ", b":", b" : ")) + value + chance.choice((b"\r\n", b"\n"))


def a_mail(seed: int) -> bytes:
    """Headers and parts, honest ones and broken ones; sometimes cut off, or repeated until it is large."""
    chance = random.Random(seed)
    parts = []
    for _ in range(chance.randint(1, 4)):
        parts += [field(chance) for _ in range(chance.randint(0, 6))]
        parts += [
            b"\r\n",
            chance.choice(BODIES),
            junk(chance, 10),
            b"\r\n",
            chance.choice((b"--b\r\n", b"", b"--b--\r\n")),
        ]
    mail = b"".join(parts)
    if chance.random() < 0.1:
        mail = mail[: chance.randrange(len(mail))]
    return mail * chance.randint(2, 200) if chance.random() < 0.01 else mail


def spent(mail: bytes) -> tuple[ReadMail | None, float]:
    """What it means, if it is opened at all, and the processor's seconds it took."""
    before = time.process_time()
    if beyond(mail):
        return None, time.process_time() - before
    found = read_or_hand_on(mail, has_sender=len(mail) % 2 == 0, received=RECEIVED)
    writer_of(mail)
    return found, time.process_time() - before


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_ten_thousand_hostile_mails_raise_nothing_and_none_takes_a_second(chunk, record_property):
    opened, longest = 0, 0.0
    for seed in range(chunk, MAILS, CHUNKS):
        found, seconds = spent(a_mail(seed))
        opened, longest = opened + (found is not None), max(longest, seconds)

    assert longest < 1
    assert opened > MAILS / CHUNKS / 2
    if chunk == 0:
        record_property("longest of 1,000 hostile mails, CPU ms", round(longest * 1000))


def nested(depth: int, size: int) -> bytes:
    heads = (b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(depth))
    return b"".join(heads).ljust(size, b"\n")


COSTLY = {
    "200 nested parts with blank lines": nested(200, 1_000_000),
    "a folded content type": b"Content-Type: text/plain;\r\n" + b" a=b;\r\n" * 8500 + b"\r\nhi",
    "words that begin and never end": b"Content-Type: text/plain; x=" + b"\r\n =?" * 15_000 + b"\r\n\r\nhi",
    "a part with such a header": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
    + b"a" * 9000,
    "100,000 fields": b"a: b\r\n" * 100_000 + b"\r\n",
    "a header that never ends": b"X-A: " + b"a" * 300_000,
    "50,000 parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 50_000,
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 5000,
}


@pytest.mark.parametrize("costly", COSTLY)
def test_what_would_cost_much_is_refused_before_anything_parses_it(costly):
    before = time.process_time()
    refusal = beyond(COSTLY[costly])

    assert refusal is not None
    assert refusal[1].startswith("554 5.6.0")
    assert time.process_time() - before < 1


HONEST = {
    "a large attachment": (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nMy CV.\r\n--b\r\n\r\n"
        + (b"A" * 76 + b"\r\n") * 120_000
    ),
    "one long line": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>" + b"Thank you! " * 100_000,
    "many recipients and servers": (
        b"Received: by b\r\n" * 40 + b"To: " + b"somebody@mail.example,\r\n " * 2000 + b"x@y.example\r\n\r\nThank you!"
    ),
    "a long thread": b"From: a@b.example\r\n\r\nYes!\r\n" + b"-----Original Message-----\r\n> quoted\r\n" * 400,
}


@pytest.mark.parametrize("honest", HONEST)
def test_a_mail_that_is_only_large_is_read(honest):
    assert beyond(HONEST[honest]) is None
    assert read_or_hand_on(HONEST[honest], has_sender=True, received=RECEIVED).meaning is Meaning.REPLY


@pytest.mark.parametrize(
    ("sender", "writer"),
    [
        (b"Amara <amara@mail.example>", "Amara <amara@mail.example>"),
        (b"=?utf-8?q?Zo=C3=AB?= <zoe@mail.example>", "Zoë <zoe@mail.example>"),
        (b'"boundary=auto-replied@?=. ,/%', None),
        (b"(" * 1900 + b"amara@mail.example", None),
        (b"amara@mail.example, ben@mail.example", "amara@mail.example"),
        (b'"Nwosu, Amara" <amara@mail.example>, ben@mail.example', '"Nwosu, Amara" <amara@mail.example>'),
        (b"amara@mail.example,", "amara@mail.example"),
        (b"nobody", None),
        (b"<@>", None),
        (b"", None),
    ],
)
def test_an_answer_goes_to_the_writer_or_to_nobody(sender, writer):
    assert writer_of(b"From: " + sender + b"\r\n\r\nhi") == writer


@pytest.fixture
async def sandbox():
    sandbox = Sandbox()
    yield sandbox
    await sandbox.close()


async def test_a_mail_that_costs_too_much_ends_its_process_and_the_next_one_is_read(sandbox):
    with pytest.raises(TooCostly):
        await sandbox.read(nested(200, READ_AT_MOST), has_sender=True, received=RECEIVED)
    found = await sandbox.read(CRASHED_THE_POST, has_sender=True, received=RECEIVED)

    assert found == read_or_hand_on(CRASHED_THE_POST, has_sender=True, received=RECEIVED)
    assert await sandbox.writer(nested(200, READ_AT_MOST)) is None


async def test_the_process_that_opens_mail_knows_no_secret(sandbox, monkeypatch):
    monkeypatch.setenv("LINK_KEY", "never to be found")
    await sandbox.writer(CRASHED_THE_POST)
    [process] = sandboxes()

    assert b"never to be found" not in (process / "environ").read_bytes()


async def test_a_process_that_somebody_killed_is_no_fault_of_the_mail(sandbox):
    await sandbox.writer(CRASHED_THE_POST)
    [process] = sandboxes()
    os.kill(int(process.name), 9)

    with pytest.raises(NotOpened):
        await sandbox.read(CRASHED_THE_POST, has_sender=True, received=RECEIVED)
    assert (await sandbox.read(CRASHED_THE_POST, has_sender=True, received=RECEIVED)).meaning is Meaning.REPLY


def sandboxes() -> list[Path]:
    """What /proc knows of our children that open mail."""
    us = str(os.getpid())
    return [one.parent for one in Path("/proc").glob("[0-9]*/stat") if _parent(one) == us and _opens(one.parent)]


def _parent(stat: Path) -> str:
    try:
        return stat.read_text().rpartition(")")[2].split()[1]
    except OSError:  # it ended meanwhile
        return ""


def _opens(process: Path) -> bool:
    return b"post.sandbox_process" in (process / "cmdline").read_bytes()
