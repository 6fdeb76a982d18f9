"""A mail server that keeps every letter in a maildir: `python -m local.mail --port 2525 --maildir mail`."""

import argparse
import asyncio
import mailbox
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Accepts every letter; the answer 250 comes after the letter is on disk."""

    def __init__(self, folder: Path) -> None:
        self.maildir = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd with a whole letter; the letter's own bytes stay as they are."""
        await asyncio.to_thread(self.maildir.add, _delivered(envelope))
        return "250 Kept"


def _delivered(envelope: Envelope) -> bytes:
    """The letter under the two headers every mail server puts on top."""
    content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
    recipients = "".join(f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos)
    return f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>\r\n{recipients}".encode() + content


async def serve(port: int, folder: Path) -> None:
    """Take mail on 127.0.0.1 until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    keeper = Keeper(folder)
    server = await loop.create_server(lambda: _session(keeper), "127.0.0.1", port)
    await stopped.wait()
    server.close()  # a connection kept open by a sender is no reason to stay


def _session(keeper: Keeper) -> SMTP:
    return SMTP(keeper, hostname="localhost", ident="Talentloop local mail", enable_SMTPUTF8=True)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m local.mail", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--maildir", type=Path, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.maildir))


if __name__ == "__main__":
    main()
