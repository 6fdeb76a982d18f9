"""A real Kafka that lets nobody in without a password, as docker-compose.yml sets it up: SCRAM for clients, deny by
default, an administrator who signs in with PLAIN."""

from typing import Any

from local.files import write_whole
from local.kafka import Kafka

ADMIN = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"}
ADMIN |= {"sasl_plain_username": "admin", "sasl_plain_password": "administrator"}

_PLAIN = (
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="brokers" '
    'user_broker="brokers" user_admin="administrator";'
)
_SECURITY = f"""
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.controller.sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.broker.plain.sasl.jaas.config={_PLAIN}
listener.name.controller.plain.sasl.jaas.config={_PLAIN}
listener.name.broker.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:broker
"""


class SecuredKafka(Kafka):
    """Kafka with sign-ins and access rules."""

    def prepare(self) -> None:
        """As without, then with security."""
        super().prepare()
        path = self.folder / "server.properties"
        settings = path.read_text().replace("PLAINTEXT", "SASL_PLAINTEXT")
        write_whole(path, settings + _SECURITY)

    def client(self, name: str, password: str) -> dict[str, Any]:
        """aiokafka's arguments for a principal with a password."""
        signs_in = {"sasl_plain_username": name, "sasl_plain_password": password}
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            **signs_in,
        }

    @property
    def admin(self) -> dict[str, Any]:
        """aiokafka's arguments for the administrator."""
        return {"bootstrap_servers": self.bootstrap, **ADMIN}
