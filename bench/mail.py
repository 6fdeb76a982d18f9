"""Handing mail in: our courier beside `aiosmtplib.send`, one connection for each mail; the same server, over TLS.

The server takes everything and keeps nothing, in a process of its own: `python -m bench.mail PORT CERTIFICATE`.
"""

import asyncio
import ipaddress
import ssl
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from local.ports import claim_port
from services.notifications.post.courier import Courier, DeliveryOutcome
from services.notifications.settings import MailServer

SIDES = ("ours", "peer")
LETTER = (
    b"From: Halden <people@halden.example>\r\nTo: amara@mail.example\r\nSubject: Your application\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"Thank you for the time you took to talk to us.\r\n" * 60
)
SENDER, READER = "b@mail.halden.example", "amara@mail.example"


class MailRun(NamedTuple):
    """One run of one side: mails per second, and how many the server took."""

    rate: float
    taken: int

    def __str__(self) -> str:
        return f"{self.rate:,.0f} mails/s"


class Sink:
    """Takes everything."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd with a whole letter."""
        return "250 Taken"


class ServerAddress(NamedTuple):
    """Where the server listens, and who vouches for it."""

    port: int
    certificate: str

    @property
    def url(self) -> str:
        """For a service."""
        return f"smtp://127.0.0.1:{self.port}?starttls=required"


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[ServerAddress]:
    """The server while the block runs."""
    place = ServerAddress(claim_port(home, "sink"), _certificate(home))
    command = [sys.executable, "-m", "bench.mail", str(place.port), place.certificate]
    process = await asyncio.create_subprocess_exec(*command)
    try:
        while not await _answers(place.port):
            await asyncio.sleep(0.05)
        yield place
    finally:
        process.kill()
        await process.wait()


async def run(place: ServerAddress, side: str, mails: int) -> MailRun:
    """Hand so many mails in; until the last one is taken."""
    started = time.perf_counter()
    taken = await (_ours(place, mails) if side == "ours" else _peer(place, mails))
    return MailRun(mails / (time.perf_counter() - started), taken)


async def _ours(place: ServerAddress, mails: int) -> int:
    courier = Courier(MailServer(place.url, cafile=place.certificate))
    outcomes = await asyncio.gather(*(courier.hand_in(SENDER, READER, LETTER) for _ in range(mails)))
    await courier.close()
    return outcomes.count(DeliveryOutcome.TAKEN)


async def _peer(place: ServerAddress, mails: int) -> int:
    context = ssl.create_default_context(cafile=place.certificate)
    for _ in range(mails):
        await aiosmtplib.send(
            LETTER,
            sender=SENDER,
            recipients=[READER],
            hostname="127.0.0.1",
            port=place.port,
            start_tls=True,
            tls_context=context,
        )
    return mails


async def _answers(port: int) -> bool:
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        return True
    return False


def _certificate(home: Path) -> str:
    """A key and a certificate of this machine that signs itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bench")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    file = home / "mail.pem"
    file.write_bytes(pem)
    return str(file)


async def serve(port: int, certificate: str) -> None:
    """Take mail until killed."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(Sink(), hostname="localhost", tls_context=context), "127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
