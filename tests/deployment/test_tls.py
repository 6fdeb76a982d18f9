"""docker-compose.tls.yml with a certificate authority made on the spot."""

import asyncio
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.compose import ROOT
from tests.deployment.conftest import make
from tests.deployment.engine import Deployment, docker

pytestmark = pytest.mark.timeout(900)

OUTSIDE = "kafka.example.com"
NAMES = ("kafka", "kafka-2", "kafka-3", "localhost", OUTSIDE)
TELL = """
import asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.helpers import create_ssl_context

async def main():
    async with AIOKafkaProducer(
        bootstrap_servers="kafka.example.com:{port}", security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username="ats", sasl_plain_password="{password}", ssl_context=create_ssl_context(cafile="kafka_ca"),
    ) as producer:
        print(await producer.send_and_wait("job-opened", b"{{}}", key=b"halden/x"))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    for deployment in make("docker-compose.tls.yml"):
        make_certificates(deployment.folder / "secrets")
        yield deployment


def make_certificates(folder: Path) -> None:
    """A certificate authority, and a certificate for the broker."""
    authority_key, broker_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Talentloop test authority")])
    authority = (
        _dated(x509.CertificateBuilder())
        .subject_name(name)
        .issuer_name(name)
        .public_key(authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .add_extension(_usage(signs=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    broker = (
        _dated(x509.CertificateBuilder())
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kafka")]))
        .issuer_name(name)
        .public_key(broker_key.public_key())
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    private = broker_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    (folder / "kafka_tls").write_bytes(private + broker.public_bytes(pem))
    (folder / "kafka_ca").write_bytes(authority.public_bytes(pem))


def _dated(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    dated = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    return dated.serial_number(x509.random_serial_number())


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def test_everything_comes_up_and_plays_the_story(deployment):
    deployment.up()

    deployment.wait_until_ready()
    found = json.loads(deployment.do("--profile", "demo", "run", "--rm", "-T", "demo", "demo", "--deployed", "--json"))
    assert found["waste"]["without_loop"] == {"wasted": 13, "of": 13}


async def test_whoever_does_not_know_the_authority_or_speaks_plainly_stays_out(deployment):
    password = deployment.talentloop("platform", "add", "ats", "--topics", "job-opened").strip()
    signs_in = {
        "bootstrap_servers": f"localhost:{deployment.settings['KAFKA_PORT']}",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ats",
        "sasl_plain_password": password,
    }
    known = create_ssl_context(cafile=str(deployment.folder / "secrets" / "kafka_ca"))

    async with AIOKafkaProducer(**signs_in, security_protocol="SASL_SSL", ssl_context=known):
        pass
    for refused in (
        {"security_protocol": "SASL_SSL", "ssl_context": create_ssl_context()},
        {"security_protocol": "SASL_PLAINTEXT"},
    ):
        with pytest.raises(KafkaError):
            async with AIOKafkaProducer(**signs_in, **refused):
                pass


@pytest.fixture
def elsewhere(deployment: Deployment) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """A program on another machine: a network that shares nothing with the deployment but this machine's address."""
    network = f"{deployment.name}-elsewhere"
    docker("network", "create", network)
    address = docker("network", "inspect", network, "--format", "{{(index .IPAM.Config 0).Gateway}}").stdout.strip()
    deployment.set(KAFKA_NAME=OUTSIDE, KAFKA_ADDRESS=address)
    deployment.do("up", "--detach", "--wait")
    authority = deployment.folder / "secrets" / "kafka_ca"
    authority.chmod(0o644)
    machine = ["--network", network, "--add-host", f"{OUTSIDE}:{address}"]
    given = ["--volume", f"{authority}:/given/kafka_ca:ro", "--workdir", "/given"]
    yield lambda *program, reads="": docker("run", "--rm", "--interactive", *machine, *given, *program, reads=reads)
    docker("network", "rm", network)
    deployment.set(KAFKA_NAME="localhost", KAFKA_ADDRESS="127.0.0.1")


def test_a_platform_on_another_machine_comes_in_as_the_manual_says(deployment, elsewhere, tools):
    port = deployment.settings["KAFKA_PORT"]
    [look] = re.findall(r"`(openssl s_client [^`]+)`", (ROOT / "docs" / "operations.md").read_text())
    password = deployment.talentloop("platform", "add", "ats", "--topics", "job-opened").strip()

    seen = elsewhere(tools, "sh", "-c", look.replace(":9094", f":{port}"))
    told = elsewhere("talentloop:0.1.0", "python", "-", reads=TELL.format(port=port, password=password))

    assert "Verify return code: 0 (ok)" in seen.stdout
    assert "topic='job-opened'" in told.stdout


async def test_a_cluster_speaks_tls_on_every_node(deployment):
    """All four files together, from nothing."""
    deployment.destroy()
    deployment.use("docker-compose.cluster.yml", "docker-compose.tls.yml", "docker-compose.cluster-tls.yml")
    await asyncio.to_thread(deployment.up)
    password = deployment.talentloop("platform", "add", "ats", "--topics", "job-opened").strip()
    signs_in = {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "ats", "sasl_plain_password": password}
    known = create_ssl_context(cafile=str(deployment.folder / "secrets" / "kafka_ca"))

    for port in deployment.kafka_ports:
        node = {"bootstrap_servers": f"localhost:{port}", **signs_in}
        admin = AIOKafkaAdminClient(**node, security_protocol="SASL_SSL", ssl_context=known)
        await admin.start()
        seen = await admin.describe_cluster()
        await admin.close()
        assert len(seen["brokers"]) == 3
        with pytest.raises(KafkaError):
            async with AIOKafkaProducer(**node, security_protocol="SASL_PLAINTEXT"):
                pass
    deployment.wait_until_ready()
