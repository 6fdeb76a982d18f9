"""Strangers at the mail listener: each gets an answer, and nobody else waits for it, over real SMTP."""

import asyncio
import ssl

import pytest

from services.notifications.post import listening
from services.notifications.post.listening import Listener, MailBuffer
from services.notifications.post.sandbox import Sandbox
from tests.notifications.conftest import settings_of
from tests.notifications.incoming.mails import addresses_of, bring, counted, words
from tests.notifications.test_courier import certificate, key, pem  # noqa: F401 - fixtures
from tests.notifications.test_running_post import until
from tests.notifications.test_sandbox import CRASHED_THE_POST, nested

pytestmark = pytest.mark.db


async def talk(at_port: int, *said: bytes, quits: bool = True) -> list[bytes]:
    """Say all of it at once, whatever the server answers; its answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at_port)
    writer.write(b"".join(said) + (b"QUIT\r\n" if quits else b""))
    async with asyncio.timeout(60):
        answers = (await reader.read()).split(b"\r\n")[:-1]
    writer.close()
    return answers


def envelope(address: str) -> bytes:
    return f"EHLO b\r\nMAIL FROM:<amara@mail.example>\r\nRCPT TO:<{address}>\r\nDATA\r\n".encode()


def nobody_in(listener: Listener):
    async def is_so() -> bool:
        return not listener._connections

    return is_so


async def contents(stage) -> list[bytes]:
    return [row["content"] for row in await stage.fetch("SELECT content FROM incoming ORDER BY received_at, mail")]


async def test_what_crashed_the_post_is_handed_on_and_so_is_what_comes_after_it(port, halden_stage, letterbox):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)

    answers = [await bring(port, reply_to, CRASHED_THE_POST), await bring(port, reply_to, words())]
    await halden_stage.post.run_due()

    assert [answer[:3] for answer in answers] == ["250", "250"]
    assert sorted(str(mail["Reply-To"]) for mail in letterbox.read()) == ["Amara <amara@mail.example>", "None"]


async def test_a_mail_that_would_take_half_a_minute_is_refused(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)

    answer = await bring(port, reply_to, nested(200, 1_000_000).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    assert answer == "554 5.6.0 This mail has too many parts to be read"
    assert await contents(halden_stage) == []


async def test_a_mail_that_costs_too_much_all_the_same_is_refused_and_the_next_one_taken(
    port,
    halden_stage,
    monkeypatch,
):
    monkeypatch.setattr("services.notifications.post.receiving.beyond", lambda _: None)
    reply_to, _ = await addresses_of(halden_stage)

    costly = await bring(port, reply_to, nested(200, 250_000).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    fine = await bring(port, reply_to, words())

    assert costly == "554 5.6.0 This mail takes too long to be read"
    assert fine.startswith("250")


async def test_when_what_follows_from_a_mail_fails_a_person_reads_it(port, halden_stage, letterbox, monkeypatch):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)

    def fails(*_):
        raise KeyError("a mistake in the program")

    with monkeypatch.context() as patched:
        patched.setattr("services.notifications.post.receiving._event", fails)
        answer = await bring(port, reply_to, words())
    before = await halden_stage.tasks()
    await halden_stage.post.run_due()

    assert answer.startswith("250")
    assert before == ["stuck_mail"]
    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == []


async def test_a_reply_that_cannot_be_handed_on_waits_alone_and_is_a_task(port, halden_stage, letterbox, monkeypatch):
    letterbox.empty()
    reply_to, _ = await addresses_of(halden_stage)
    await bring(port, reply_to, words("The first one"))
    await bring(port, reply_to, words("The second one", Message_ID="<2@mail.example>"))
    tried = halden_stage.post.forwarding._try

    async def fails_on_the_first(forward, brake):
        if forward.mail == first:
            raise KeyError("a mistake in the program")
        return await tried(forward, brake)

    [first, *_] = [r["mail"] for r in await halden_stage.fetch("SELECT mail FROM incoming ORDER BY received_at, mail")]
    with monkeypatch.context() as patched:
        patched.setattr(halden_stage.post.forwarding, "_try", fails_on_the_first)
        await halden_stage.post.run_due()
    alone = (len(letterbox.read()), await halden_stage.tasks())
    async with halden_stage.database.transaction("*") as conn:
        await conn.execute("UPDATE incoming SET retry_at = clock_timestamp()")
    await halden_stage.post.run_due()

    assert alone == (1, ["reply", "reply", "stuck_mail"])
    assert len(letterbox.read()) == 2
    assert await halden_stage.tasks() == ["reply", "reply"]


async def test_dots_and_what_is_said_in_advance_are_told_apart(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    mail = b"From: a@b.example\r\n\r\n..one\r\n...\r\n\n.\n\r.\r two\r\n"

    answers = await talk(port, envelope(reply_to), mail + b".\r\n", b"NOOP\r\n")

    assert [answer[:3] for answer in answers[-4:]] == [b"354", b"250", b"250", b"221"]
    assert await contents(halden_stage) == [b"From: a@b.example\r\n\r\n.one\r\n..\r\n\n.\n\r.\r two\r\n"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b".\x00" * 1000 + b"\r\n",
        bytes(range(256)) * 100 + b"\r\n",
        b"a" * 3_000_000 + b"\r\n",
        b"\r\n" * 500_000,
        b"\r\n.\n.\r.\r\r\n" * 1000,
    ],
    ids=["nothing", "NULs", "every byte", "one line", "blank lines", "nearly an end"],
)
async def test_whatever_bytes_come_the_next_mail_is_taken(port, halden_stage, content):
    reply_to, _ = await addresses_of(halden_stage)

    answers = await talk(port, envelope(reply_to), content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    fine = await bring(port, reply_to, words())

    assert answers[-2][:3] in (b"250", b"554")
    assert fine.startswith("250")


@pytest.mark.parametrize(
    "said",
    [
        b"MAIL FROM:<" + b"a" * 400 + b"@" + b"(" * 90 + b">\r\n",
        b"MAIL FROM:<\xff\xfe\x00@b.example>\r\nRCPT TO:<r+\xf0\x9f\x98\x80@mail.halden.example>\r\n",
        b"RCPT TO:<@a,@b:c@d>\r\nDATA\r\n\xff\r\nHELO\r\n\r\n",
        b"EHLO " + b"x" * 100_000 + b"\r\n",
        b"\xff" * 5000 + b"\r\n",
        b"AUTH PLAIN =\r\nSTARTTLS\r\nVRFY <\xff>\r\nHELP \x00\r\nEXPN x\r\n",
    ],
)
async def test_nonsense_is_answered_and_said_nowhere(port, halden_stage, capsys, said):
    answers = await talk(port, b"EHLO b\r\n", said)
    fine = await bring(port, (await addresses_of(halden_stage))[0], words())

    assert all(answer[:1] in (b"2", b"3", b"4", b"5") for answer in answers)
    assert fine.startswith("250")
    assert "@" not in "".join(capsys.readouterr())


async def test_at_most_ten_recipients_at_once(port, halden_stage):
    reply_to, _ = await addresses_of(halden_stage)
    recipients = f"RCPT TO:<{reply_to}>\r\n".encode() * 12

    answers = await talk(port, b"EHLO b\r\nMAIL FROM:<amara@mail.example>\r\n", recipients)

    assert [answer[:3] for answer in answers[-13:-1]] == [b"250"] * 10 + [b"452"] * 2


async def test_one_address_does_not_keep_the_others_out(port, halden_stage, monkeypatch):
    monkeypatch.setattr(listening, "MAX_FROM_ONE_ADDRESS", 3)
    before = counted("busy")

    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    greetings = [(await reader.readline())[:3] for reader, _ in held]
    for _, writer in held:
        writer.close()
    await until(nobody_in(halden_stage.post.listener))
    fine = await bring(port, (await addresses_of(halden_stage))[0], words())

    assert sorted(greetings) == [b"220"] * 3 + [b"421"] * 2
    assert counted("busy") == before + 2
    assert fine.startswith("250")


async def test_who_says_little_by_little_is_let_go(port, halden_stage, monkeypatch):
    monkeypatch.setattr(listening, "DATA_SECONDS", 0.5)
    monkeypatch.setattr(listening, "SESSION_SECONDS", 1.0)
    reply_to, _ = await addresses_of(halden_stage)

    drips = await talk(port, envelope(reply_to), b"From: a", quits=False)
    idles = await talk(port, b"NOOP\r\n" * 5, quits=False)

    assert drips[-1][:3] == b"354"
    assert idles[-1][:3] == b"250"


async def test_connections_that_became_tls_are_counted_once(
    halden_stage,
    addresses,
    letterbox,
    certificate,  # noqa: F811
):
    settings = settings_of(
        addresses.url, letterbox.mail.url, inbound_port=1, inbound_certfile=certificate, inbound_keyfile=certificate
    )
    listener = Listener(halden_stage.runtime, settings, Sandbox())
    listener.port = 0
    await listener.open()
    trusting = ssl.create_default_context(cafile=certificate)
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        for said in (b"EHLO b\r\n", b"STARTTLS\r\n"):
            writer.write(said)
            while not (await reader.readline()).startswith((b"250 ", b"220 Ready")):
                continue
        await writer.start_tls(trusting, server_hostname="127.0.0.1")
        writer.close()
    await until(nobody_in(listener))
    await listener.close()

    assert not listener._peers


async def taken(held: MailBuffer, *chunks: bytes) -> bytes:
    reader = asyncio.StreamReader()
    task = asyncio.create_task(held.read(reader))
    for chunk in chunks:
        reader.feed_data(chunk)
        await asyncio.sleep(0)
    return await task


@pytest.fixture
def listener(halden_stage):
    """All mails in hand may hold forty megabytes together."""
    return halden_stage.post.listener


async def test_an_end_is_found_wherever_it_is_cut(listener):
    whole = b"one\r\n..two\r\n.\r\nQUIT\r\n"
    for cut in range(1, len(whole)):
        held = MailBuffer(listener, 1000)

        behind = await taken(held, whole[:cut], whole[cut:])

        assert held.content() == b"one\r\n.two\r\n"
        assert b"QUIT\r\n".startswith(behind)


async def test_what_all_hold_together_is_bounded_and_given_back(listener):
    megabyte, most = b"a" * 2**20, 40
    one, other = MailBuffer(listener, most * 2**20), MailBuffer(listener, most * 2**20)

    await taken(one, *[megabyte] * (most - 1), b"\r\n.\r\n")
    await taken(other, megabyte, megabyte, b"\r\n.\r\n")
    one.give_back()
    other.give_back()
    again = MailBuffer(listener, most * 2**20)
    await taken(again, *[megabyte] * (most - 1), b"\r\n.\r\n")

    assert (one.refused, other.refused[:3], again.refused) == ("", "452", "")
    assert len(other._bytes) < 3 * 2**20
