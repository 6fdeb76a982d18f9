"""Signing in, TLS and signatures: what a mail server must show before it gets a letter."""

import asyncio
import base64
import ipaddress
import re
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import dkim
import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from services.notifications.post.courier import Courier, DeliveryOutcome, Unreachable
from services.notifications.post.running import Post
from services.notifications.post.signing import Signer
from services.notifications.settings import MailServer, StartTls
from shared.settings.environment import SettingsError
from tests.notifications.conftest import settings_of
from tests.notifications.facts import accepted, at, consent, halden, ines, job, matched, profile

LETTER = b"From: people@halden.example\r\nSubject: Hello\r\n\r\nWords.\r\n"
DATABASE = "postgresql://x@localhost/x"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def certificate(key, pem, tmp_path_factory):
    """A file with a key and a certificate for 127.0.0.1 that signs itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_text(pem + made.public_bytes(Encoding.PEM).decode())
    return str(file)


class Keeper:
    """Keeps letters, and whether each came over TLS and from whom."""

    def __init__(self) -> None:
        self.kept: list[tuple[bool, object]] = []
        self.letters: list[bytes] = []

    async def handle_DATA(self, _, session, envelope):  # noqa: N802
        self.letters.append(envelope.content)
        self.kept.append((session.ssl is not None, session.auth_data))
        return "250 Kept"


@asynccontextmanager
async def serving(keeper, certificate=None, *, signs_in=False):
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

    def authenticate(_, __, ___, ____, data):
        fits = (data.login, data.password) == (b"halden", b"secret")
        return AuthResult(success=fits, auth_data="halden" if fits else None, handled=False)

    def session() -> SMTP:
        return SMTP(
            keeper, hostname="localhost", tls_context=context, authenticator=authenticate, auth_required=signs_in
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def hand_in(url: str, **more) -> DeliveryOutcome:
    courier = Courier(MailServer(url, **more))
    try:
        return await courier.hand_in("b@halden.example", "amara@mail.example", LETTER)
    finally:
        await courier.close()


async def test_a_letter_leaves_over_tls_and_signed_in(certificate):
    keeper = Keeper()

    async with serving(keeper, certificate, signs_in=True) as where:
        outcome = await hand_in(f"smtp://halden:secret@{where}?starttls=required", cafile=certificate)

    assert outcome is DeliveryOutcome.TAKEN
    assert keeper.kept == [(True, "halden")]


async def test_nothing_leaves_in_the_clear_where_tls_is_required():
    keeper = Keeper()

    async with serving(keeper) as where:
        with pytest.raises(Unreachable):
            await hand_in(f"smtp://{where}?starttls=required")

    assert keeper.kept == []


async def test_a_server_nobody_vouches_for_gets_nothing(certificate):
    keeper = Keeper()

    async with serving(keeper, certificate) as where:
        with pytest.raises(Unreachable):
            await hand_in(f"smtp://{where}?starttls=required")

    assert keeper.kept == []


async def test_on_this_machine_tls_is_taken_where_it_is_offered(certificate):
    keeper = Keeper()

    async with serving(keeper, certificate) as where:
        await hand_in(f"smtp://{where}")
        await hand_in(f"smtp://{where}?starttls=never")
    async with serving(keeper) as where:
        await hand_in(f"smtp://{where}")

    assert [over_tls for over_tls, _ in keeper.kept] == [True, False, False]


async def test_a_wrong_password_is_no_reason_to_give_a_letter_up(certificate):
    keeper = Keeper()

    async with serving(keeper, certificate, signs_in=True) as where:
        with pytest.raises(Unreachable):
            await hand_in(f"smtp://halden:wrong@{where}?starttls=required", cafile=certificate)

    assert keeper.kept == []


async def test_an_address_that_cannot_stand_in_a_command_is_refused_and_the_next_letter_leaves():
    keeper = Keeper()

    async with serving(keeper) as where:
        courier = Courier(MailServer(f"smtp://{where}"))
        wrong = await courier.hand_in("b@halden.example", "amara@mail.example>\r\nRCPT TO:<eve@evil.example", LETTER)
        right = await courier.hand_in("b@halden.example", "amara@mail.example", LETTER)
        await courier.close()

    assert (wrong, right) == (DeliveryOutcome.REFUSED, DeliveryOutcome.TAKEN)


async def test_a_connection_the_server_closed_meanwhile_is_opened_again():
    keeper = Keeper()
    sessions: list[SMTP] = []

    def session() -> SMTP:
        sessions.append(SMTP(keeper, hostname="localhost"))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    courier = Courier(MailServer(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    for _ in range(3):
        assert await courier.hand_in("b@halden.example", "amara@mail.example", LETTER) is DeliveryOutcome.TAKEN
        sessions[-1].transport.abort()
        await asyncio.sleep(0)
    await courier.close()
    server.close()

    assert len(keeper.kept) == len(sessions) == 3


@pytest.mark.parametrize(
    ("url", "starttls"),
    [
        ("smtp://mx.halden.example", StartTls.REQUIRED),
        ("smtp://maildev:1025", StartTls.REQUIRED),
        ("smtp://maildev:1025?starttls=never", StartTls.NEVER),
        ("smtp://localhost:25", StartTls.OPTIONAL),
        ("smtp://127.0.0.1:25?starttls=required", StartTls.REQUIRED),
        ("smtp://[::1]:25", StartTls.OPTIONAL),
    ],
)
def test_tls_is_required_unless_the_url_says_otherwise(url, starttls):
    assert MailServer(url).starttls is starttls


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"smtp_url": "smtp://a:b@mx.example?starttls=optional"}, "SMTP_URL: a password would travel in the clear"),
        ({"smtp_url": "smtp://mx.example?starttls=perhaps"}, "SMTP_URL"),
        ({"smtp_url": "smtp://mx.example?tls=never"}, "SMTP_URL"),
        ({"dkim_key": "nonsense"}, "DKIM_KEY"),
        ({"dkim_selector": "s1"}, "DKIM_KEY, DKIM_SELECTOR: set both or none"),
        ({"inbound_certfile": "/dev/null"}, "INBOUND_CERTFILE, INBOUND_KEYFILE: set both or none"),
        ({"smtp_cafile": "/nowhere.pem"}, "SMTP_CAFILE: cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_never(given, says):
    with pytest.raises(SettingsError) as refused:
        settings_of(DATABASE, **{"smtp_url": "smtp://localhost", **given})

    assert says in str(refused.value)
    assert not any(value in str(refused.value) for value in given.values())


class Dns:
    """Answers with the public half of the key, and remembers for which names."""

    def __init__(self, key) -> None:
        self._public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        self.asked: set[bytes] = set()

    def __call__(self, name: bytes, timeout: int = 5) -> bytes:
        self.asked.add(name)
        return b"v=DKIM1; k=rsa; p=" + self._public


def test_a_signature_holds_until_somebody_changes_a_word(key, pem):
    settings = settings_of(DATABASE, "smtp://localhost", dkim_key=pem, dkim_selector="s1")
    signed = Signer(settings.dkim_key.get_secret_value(), "s1", settings.mail_domain).sign(LETTER)
    dns = Dns(key)

    assert dkim.verify(signed, dnsfunc=dns)
    assert not dkim.verify(signed.replace(b"Words", b"Other"), dnsfunc=dns)
    assert not dkim.verify(b"Subject: Another\r\n" + signed, dnsfunc=dns)
    assert dns.asked == {b"s1._domainkey.mail.halden.example."}


@pytest.mark.db
async def test_a_letter_leaves_signed_with_what_unsubscribes_from_it(halden_stage, addresses, key, pem):
    """RFC 8058: both headers of the one click are under the signature; a second one cannot be added."""
    keeper, dns = Keeper(), Dns(key)
    async with serving(keeper) as where:
        settings = settings_of(addresses.url, f"smtp://{where}", dkim_key=pem, dkim_selector="s1")
        halden_stage.post = Post(halden_stage.runtime, settings)
        await halden_stage.move_to("2026-11-23 10:05")
        known = (profile("zoe", name="Zoë 山田"), consent("zoe", at("2026-11-17 10:00")))
        await halden_stage.deliver(halden(), ines(), job("ws27-ae"), *known, matched("zoe"), accepted("zoe"))
        await halden_stage.move_to("2026-11-23 10:06")
        await halden_stage.post.close()

    [content] = keeper.letters
    signed_names = re.sub(rb"\s", b"", re.search(rb"(?s)\bh=([^;]*);", content)[1]).lower().split(b":")
    assert dkim.verify(content, dnsfunc=dns)
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"to", b"subject", b"message-id"} <= {*signed_names}
    for name in (b"List-Unsubscribe", b"List-Unsubscribe-Post"):
        line = re.search(rb"(?m)^" + name + rb":", content)[0]
        assert not dkim.verify(content.replace(line, b"X-" + line), dnsfunc=dns)
        assert not dkim.verify(line + b" <https://evil.example/>\r\n" + content, dnsfunc=dns)
