"""The mail server misbehaves, or we die at the worst moment: what leaves, leaves once, or the same bytes again."""

import asyncio
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import pytest
from asyncpg import SerializationError

from services.notifications.letters import rendering
from services.notifications.post.claiming import LeavingLetter
from services.notifications.post.courier import DeliveryOutcome
from services.notifications.post.running import Post
from services.notifications.post.settling import Settlement, pause
from shared.contracts import CandidateErased
from tests.notifications.conftest import settings_of
from tests.notifications.facts import applied, at, decided, halden, heard, ines, job, profile, reversed_

DECISION = "decision/amara-1/1"


class Server:
    """A mail server that answers as told: one answer to each letter, then 250."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                if not await self._take(reader, writer):
                    break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"354 go on\r\n")
        content = await reader.readuntil(b"\r\n.\r\n")
        answer = self.answers.pop(0) if self.answers else "250 kept"
        if answer == "drop before":
            return False
        if not answer.startswith(("4", "5")):
            self.taken.append(content)
        if answer == "drop after":
            return False
        writer.write(f"{answer}\r\n".encode())
        return True


@asynccontextmanager
async def a_server():
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    server.url = f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()  # waiting for the end would wait for every connection kept open


@pytest.fixture
async def server():
    async with a_server() as one:
        yield one


@pytest.fixture
async def stage(halden_stage, addresses, server):
    """Amara's letter is ready, and the post talks to the server of the test; a lease ends at once."""
    halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, server.url), lease=0)
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden(), ines(), job(), profile("amara"), applied("amara"), decided("amara"))
    await halden_stage.move(at("2026-11-16 08:00"))
    return halden_stage


async def retry_now(stage) -> None:
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE letters SET retry_at = NULL")


@pytest.mark.db
async def test_a_letter_leaves_with_everything_that_belongs_on_it(stage, server):
    await stage.post.run_due()

    mail = message_from_bytes(server.taken[0], policy=default)
    row = await stage.letter("decision", "amara-1")
    assert mail["Message-ID"] == f"<{row['letter']}@mail.halden.example>"
    assert mail["From"] == "Halden People <people@halden.example>"
    assert mail["Reply-To"].startswith("r+")
    assert mail["List-Unsubscribe"] is None
    assert mail["Date"].datetime == at("2026-11-16 08:00")
    assert mail["Content-Language"] == "en"
    assert "Ines Calder" in mail.get_body(("plain",)).get_content()
    assert 'lang="en"' in mail.get_body(("html",)).get_content()
    assert "/me/" in mail.get_body(("plain",)).get_content()
    [said] = await stage.said("outreach-sent")
    assert (said["outreach"], said["message_id"]) == (row["letter"], mail["Message-ID"])


@pytest.mark.db
async def test_a_server_that_asks_for_patience_is_tried_again_later(stage, server):
    server.answers = ["451 later please"]

    await stage.post.run_due()
    await stage.post.run_due()  # too early
    before = (await stage.letters(), list(server.taken))
    [waits] = await stage.fetch("SELECT retry_at - clock_timestamp() > interval '20 seconds' AS long FROM letters")
    await retry_now(stage)
    await stage.post.run_due()

    assert before == ({DECISION: "ready"}, [])
    assert waits["long"]
    assert await stage.letters() == {DECISION: "sent"}
    assert len(server.taken) == 1


def test_each_pause_is_twice_as_long_until_it_is_an_hour():
    assert [pause(attempts) for attempts in range(9)] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pause(10_000) == 3600


@pytest.mark.db
async def test_a_refusal_is_taken_once_and_becomes_a_task(stage, server):
    server.answers = ["550 no such mailbox", "550 no such mailbox"]

    await stage.post.run_due()
    await retry_now(stage)
    await stage.post.run_due()

    assert await stage.letters() == {DECISION: "failed(refused_by_server)"}
    assert await stage.tasks() == ["failed_letter"]
    assert server.answers == ["550 no such mailbox"]
    assert await stage.fetch("SELECT * FROM ledger") == []


@pytest.mark.db
@pytest.mark.parametrize("drop", ["drop before", "drop after"])
async def test_when_the_answer_is_lost_the_same_bytes_leave_again(stage, server, drop):
    server.answers = [drop]

    await stage.post.sending.send_some()
    kept = (await stage.letter("decision", "amara-1"))["content"]
    await stage.post.sending.send_some()

    assert await stage.letters() == {DECISION: "sent"}
    first = message_from_bytes(kept, policy=default)
    assert {message_from_bytes(t, policy=default)["Message-ID"] for t in server.taken} == {first["Message-ID"]}
    assert len(set(server.taken)) == 1
    assert len(await stage.said("outreach-sent")) == 1


async def claimed(stage) -> list[LeavingLetter]:
    """Letters on their way, under a lease that ends at once."""
    claims = stage.post.sending.claims
    return (await claims.claim(await claims.find(lease=0), lease=0))[1]


@pytest.mark.db
async def test_killed_between_250_and_the_second_transaction_the_same_bytes_leave_again(stage, server):
    [(_, envelope)] = await claimed(stage)
    assert (
        await stage.post.courier.hand_in(envelope.sender, envelope.address, envelope.content) is DeliveryOutcome.TAKEN
    )
    await stage.post.close()  # and here it dies

    await stage.post.run_due()

    assert len(server.taken) == 2
    assert server.taken[0] == server.taken[1]
    assert await stage.letters() == {DECISION: "sent"}


@pytest.mark.db
async def test_a_reversal_while_it_is_on_its_way_is_a_task(stage, server):
    [(letter, envelope)] = await claimed(stage)

    await stage.deliver(reversed_("amara", at("2026-11-16 08:00")))
    await stage.post.sending.settling.settle([Settlement(letter, envelope, DeliveryOutcome.TAKEN)])

    assert await stage.letters() == {DECISION: "sent"}
    assert await stage.tasks() == ["decision_changed"]


@pytest.mark.db
async def test_a_server_that_is_away_loses_nothing(halden_stage, addresses, stage, server):
    stage.post = Post(stage.runtime, settings_of(addresses.url, "smtp://127.0.0.1:1"), lease=0)

    await stage.post.run_due()
    before = await stage.letters()
    stage.post = Post(stage.runtime, settings_of(addresses.url, server.url), lease=0)
    await retry_now(stage)
    await stage.post.run_due()

    assert before == {DECISION: "ready"}
    assert len(server.taken) == 1


@pytest.mark.db
async def test_two_posts_send_a_letter_once(stage, addresses, server):
    one, other = (Post(stage.runtime, settings_of(addresses.url, server.url)) for _ in range(2))

    await asyncio.gather(one.run_due(), other.run_due())

    assert len(server.taken) == 1


@pytest.mark.db
async def test_a_few_connections_carry_many_letters(stage, server):
    people = [f"p{n}" for n in range(30)]
    facts = [f for p in people for f in (profile(p), applied(p), decided(p))]
    await stage.deliver(*facts)

    await stage.post.run_due()

    assert len(server.taken) == 31
    assert server.connections <= 8


@pytest.mark.db
async def test_a_pause_holds_everything_back(stage, server):
    async with stage.database.transaction("*") as conn:
        await conn.execute("INSERT INTO pauses VALUES ('acme', 'root', now())")

    await stage.post.run_due()
    before = list(server.taken)
    async with stage.database.transaction("*") as conn:
        await conn.execute("DELETE FROM pauses")
    await stage.post.run_due()

    assert before == []
    assert len(server.taken) == 1


@pytest.mark.db
async def test_a_mailbox_with_dots_where_servers_want_quotes_gets_its_letter(stage, server):
    await stage.deliver(profile("tom", email="tom..fischer.@mail.example"), applied("tom"), decided("tom"))

    await stage.post.run_due()

    assert await stage.letters(about="tom-1") == {"decision/tom-1/1": "sent"}
    assert len(server.taken) == 2


@pytest.mark.db
async def test_an_address_no_mail_can_be_made_for_becomes_a_task(stage, server):
    await stage.deliver(profile("tom"), applied("tom"), decided("tom"))
    async with stage.database.transaction("*") as conn:  # as the border took it once
        await conn.execute(
            """
            UPDATE facts SET body = body || '{"email": "tom"}' WHERE topic = 'candidate-registered' AND fact = 'tom'
            """
        )

    await stage.post.run_due()

    assert await stage.letters(about="tom-1") == {"decision/tom-1/1": "failed(address)"}
    assert len(server.taken) == 1


@pytest.mark.db
async def test_a_letter_nobody_can_write_becomes_a_task_and_the_others_leave(stage, server, monkeypatch, capsys):
    broken = rendering._environment("de")
    broken.install_gettext_callables(lambda _: "%(nobody)s", lambda _, __, ___: "%(nobody)s", newstyle=True)
    monkeypatch.setitem(rendering.mails, "de", broken)
    await stage.deliver(profile("lukas", language="de"), applied("lukas"), decided("lukas"))

    await stage.post.run_due()

    assert await stage.letters() == {DECISION: "sent", "decision/lukas-1/1": "failed(unwritable)"}
    assert await stage.tasks() == ["failed_letter"]
    assert "lukas" not in "".join(capsys.readouterr()).lower()


@pytest.mark.db
async def test_a_database_that_fails_while_letters_are_written_fails_no_letter(stage, server, monkeypatch):
    write = stage.post.sending.claims.office.write

    async def fails_once(*given):
        monkeypatch.setattr(stage.post.sending.claims.office, "write", write)
        raise SerializationError

    monkeypatch.setattr(stage.post.sending.claims.office, "write", fails_once)
    with pytest.raises(SerializationError):
        await stage.post.run_due()
    await stage.post.run_due()

    assert await stage.letters() == {DECISION: "sent"}
    assert len(server.taken) == 1


@pytest.mark.db
async def test_contact_data_is_never_logged(stage, server, capsys):
    server.answers = ["451 amara@mail.example is busy", "550 no mailbox amara@mail.example"]

    await stage.post.run_due()
    await retry_now(stage)
    await stage.post.run_due()

    logged = capsys.readouterr()
    assert "letter handed in" in logged.out + logged.err
    assert "amara" not in (logged.out + logged.err).lower()


@pytest.mark.db
async def test_erasure_takes_letters_and_bytes_with_it(stage, server):

    await stage.post.run_due()

    await stage.deliver(heard(CandidateErased(candidate="amara", erased_at=at("2026-11-16 08:05"))))

    assert await stage.letters() == {}
    rows = await stage.fetch("SELECT mailbox FROM ledger")
    assert [len(row["mailbox"]) for row in rows] == [64]
