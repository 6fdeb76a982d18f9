"""`talentloop platform` and `topics apply --principals` on a broker that lets nobody in without a password."""

import json
from collections.abc import Callable, Iterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from local.databases import LISTENING
from tests.conftest import temporary_home
from tests.programs import talentloop
from tests.secured import SecuredKafka

pytestmark = [pytest.mark.e2e, pytest.mark.kafka]


@pytest.fixture(scope="module")
def broker() -> Iterator[SecuredKafka]:
    with temporary_home() as home:
        server = SecuredKafka(home)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def command(broker, tmp_path) -> Callable:
    """The command line as Kafka's administrator."""

    def call(*arguments, **environment):
        signs_in = {
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
            "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "KAFKA_SASL_MECHANISM": "PLAIN",
            "KAFKA_SASL_USERNAME": "admin",
            "KAFKA_SASL_PASSWORD": "administrator",
            **{f"{service.upper()}_KAFKA_PASSWORD": "of a service" for service in LISTENING},
        }
        return talentloop(*arguments, home=tmp_path, **signs_in | environment)

    return call


async def publish(broker: SecuredKafka, name: str, password: str, topic: str) -> None:
    async with AIOKafkaProducer(**broker.client(name, password)) as producer:
        await producer.send_and_wait(topic, b"value", key=b"key")


async def test_a_platform_publishes_to_its_topics_until_it_is_removed(broker, command):
    command("topics", "apply", "--partitions", "1", "--principals")
    added = command("platform", "add", "ats", "--topics", "job-opened,job-closed")
    password = added.stdout.strip()

    await publish(broker, "ats", password, "job-opened")
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(broker, "ats", password, "consent-changed")
    listed = json.loads(command("platform", "list", "--json").stdout)
    assert listed == {"ats": {"publishes": ["job-closed", "job-opened"], "reads": ["event-rejected"]}}
    assert command("platform", "remove", "ats").returncode == 0
    with pytest.raises(KafkaConnectionError):
        await publish(broker, "ats", password, "job-opened")


async def test_services_sign_in_with_the_passwords_they_were_given(broker, command):
    applied = command("topics", "apply", "--partitions", "1", "--principals")

    assert applied.returncode == 0, applied.stderr
    await publish(broker, "interviews", "of a service", "job-opened")
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(broker, "candidates", "of a service", "job-opened")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "candidates", "--topics", "job-opened"), "cannot be called 'candidates'"),
        (("add", "ats", "--topics", "jobs-opened"), "no topic jobs-opened"),
        (("add", "ats", "--topics", "job-opened", "--password-file", "/nowhere"), "no password in /nowhere"),
    ],
)
def test_what_cannot_be_is_said(command, arguments, says):
    refused = command("platform", *arguments)

    assert refused.returncode == 2
    assert says in refused.stderr


def test_a_wrong_password_is_told_from_a_server_that_is_away(command):
    refused = command("platform", "list", KAFKA_SASL_PASSWORD="wrong")

    assert refused.returncode == 3
    assert "talentloop" not in refused.stdout
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(("name", "prefix"), [("candidates", ""), ("talent", "talent."), ("admin", "")])
def test_a_platform_that_would_share_a_group_with_a_service_is_refused(command, name, prefix):
    answer = command("platform", "add", name, "--topics", "job-opened", TOPIC_PREFIX=prefix)

    assert answer.returncode == 2
    assert f"cannot be called '{name}'" in answer.stderr
