"""How FastStream's broker signs in to Kafka, from the options that aiokafka's own clients take."""

from typing import Any

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

_MECHANISMS = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def broker_options(kafka: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a KafkaBroker that reaches the same Kafka in the same way."""
    return {"bootstrap_servers": kafka["bootstrap_servers"], "security": _security(kafka)}


def _security(kafka: dict[str, Any]) -> BaseSecurity | None:
    protocol, context = kafka.get("security_protocol", "PLAINTEXT"), kafka.get("ssl_context")
    if protocol.startswith("SASL"):
        signing = _MECHANISMS[kafka["sasl_mechanism"]]
        return signing(
            kafka["sasl_plain_username"],
            kafka["sasl_plain_password"],
            ssl_context=context,
            use_ssl=protocol == "SASL_SSL",
        )
    return BaseSecurity(ssl_context=context, use_ssl=True) if protocol == "SSL" else None
