"""Signing in to Kafka: FastStream's broker as aiokafka's own clients."""

import pytest
from aiokafka.helpers import create_ssl_context
from faststream.kafka.security import parse_security

from shared.kafka.authentication import broker_options

SERVERS = {"bootstrap_servers": "kafka:9092"}
CONTEXT = create_ssl_context()


def test_without_a_protocol_nobody_signs_in():
    assert broker_options(SERVERS) == {**SERVERS, "security": None}


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_the_broker_signs_in_as_the_clients_do(protocol, mechanism):
    signing = {
        "security_protocol": protocol,
        "sasl_mechanism": mechanism,
        "sasl_plain_username": "candidates",
        "sasl_plain_password": "hunter2",
        **({"ssl_context": CONTEXT} if protocol == "SASL_SSL" else {}),
    }

    told = parse_security(broker_options({**SERVERS, **signing})["security"])

    assert signing.items() <= told.items()


def test_encryption_alone_needs_no_password():
    told = parse_security(broker_options({**SERVERS, "security_protocol": "SSL", "ssl_context": CONTEXT})["security"])

    assert told["security_protocol"] == "SSL"
    assert told["ssl_context"] is CONTEXT
