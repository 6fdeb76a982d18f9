"""Where one measurement runs: a topic prefix and a database of its own on the shared servers."""

import os
from typing import NamedTuple, Self


class Where(NamedTuple):
    """Handed to the measured processes by their environment."""

    bootstrap: str
    prefix: str
    database_url: str
    owner_url: str

    @classmethod
    def from_environment(cls) -> Self:
        """What `environment` said."""
        return cls(*(os.environ[name] for name in _NAMES))

    def environment(self) -> dict[str, str]:
        """For a child process: our own names, and those of a service."""
        return {
            **os.environ,
            **dict(zip(_NAMES, self, strict=True)),
            "TALENTLOOP_ENV": "production",
            "DATABASE_URL": self.database_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "TOPIC_PREFIX": self.prefix,
            "PUBLIC_URL": "http://localhost",
            "INTERVIEWS_URL": "http://localhost",
            "NOTIFICATIONS_URL": "http://localhost",
            "INSIGHTS_URL": "http://localhost",
            "OIDC_ISSUER": "http://localhost",
            "OIDC_JWKS_URL": "http://localhost/jwks.json",
            "LINK_KEY": "bench" * 8,
            "HASH_KEY": "bench" * 8,
            "LOG_LEVEL": "WARNING",
        }


_NAMES = ("BENCH_BOOTSTRAP", "BENCH_PREFIX", "BENCH_DATABASE_URL", "BENCH_OWNER_URL")
