"""Where Kafka is, and how its clients sign in."""

import ssl
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr

from shared.settings.environment import Configuration


class Brokers(Configuration):
    """`KAFKA_*`: the same for services and commands."""

    kafka_bootstrap_servers: str = Field(
        pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$", description="Kafka brokers as host:port, separated by commas"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: Path | None = Field(default=None, description="a file with the brokers' certificate authority")
    kafka_compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = Field(
        default="gzip",
        description="how records are compressed; gzip is what every client reads without an extra package",
    )

    @property
    def kafka(self) -> dict[str, Any]:
        """What every client of aiokafka is given: where the brokers are and how to sign in."""
        options: dict[str, Any] = {"bootstrap_servers": self.kafka_bootstrap_servers.split(",")}
        if self.kafka_security_protocol != "PLAINTEXT":
            options["security_protocol"] = self.kafka_security_protocol
        if "SASL" in self.kafka_security_protocol and self.kafka_sasl_password:
            options["sasl_mechanism"] = self.kafka_sasl_mechanism or "PLAIN"
            options["sasl_plain_username"] = self.kafka_sasl_username
            options["sasl_plain_password"] = self.kafka_sasl_password.get_secret_value()
        if self.kafka_security_protocol.endswith("SSL"):
            cafile = str(self.kafka_ssl_cafile) if self.kafka_ssl_cafile else None
            options["ssl_context"] = ssl.create_default_context(cafile=cafile)
        return options

    @property
    def producer(self) -> dict[str, Any]:
        """What every producer is given: nothing twice and nothing out of order, in records of up to 2 MiB."""
        compression = None if self.kafka_compression == "none" else self.kafka_compression
        return self.kafka | {
            "enable_idempotence": True,
            "acks": "all",
            "max_batch_size": 262_144,
            "max_request_size": 2_097_152,
            "compression_type": compression,
        }

    def contradictions(self) -> list[str]:
        """A sign-in without a name or password, a certificate authority that is nowhere."""
        found = super().contradictions()
        if "SASL" in self.kafka_security_protocol and not (self.kafka_sasl_username and self.kafka_sasl_password):
            found.append("KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: needed with this KAFKA_SECURITY_PROTOCOL, set both")
        if self.kafka_ssl_cafile and not self.kafka_ssl_cafile.is_file():
            found.append("KAFKA_SSL_CAFILE: there is no such file, name a file with certificates")
        return found
