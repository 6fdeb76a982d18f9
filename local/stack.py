"""The stack of one home, seen from outside: where it is, whether it runs, and how to reach it."""

import json
import os
from pathlib import Path

from local.claims import is_running
from local.databases import LISTENING, SERVICES, addresses
from local.files import secret, write_whole
from local.issuer import issuer_settings, signing_key
from local.ports import remembered_ports
from local.postgres import Postgres

MAIL_DOMAIN = "talentloop.localhost"
PARTITIONS = 2  # of a new topic: one process of each service reads them all, and each is asked for all the time


def home_folder() -> Path:
    """TALENTLOOP_HOME, or `.talentloop` in the current folder."""
    return Path(os.environ.get("TALENTLOOP_HOME") or ".talentloop").absolute()


def save_state(home: Path, **state: object) -> None:
    """Tell other commands who runs this home and how far it is."""
    write_whole(home / "state.json", json.dumps({"pid": os.getpid(), **state}, indent=2))


def load_state(home: Path) -> dict[str, object]:
    """What was told last; empty when nothing ever was."""
    try:
        state: dict[str, object] = json.loads((home / "state.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return state


def environment(home: Path | None = None) -> dict[str, str]:
    """Addresses of the running stack as NAME -> value; empty when none is running."""
    place = home or home_folder()
    return known_addresses(place) if is_running(place) else {}


def known_addresses(home: Path) -> dict[str, str]:
    """Addresses of this home's stack, running or not: what `talentloop env` prints, and the schema owners'."""
    ports = remembered_ports(home)
    databases = {service: addresses(_postgres_at(home, ports), service) for service in SERVICES}
    return {
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{ports.get('kafka', 0)}",
        **{f"{s.upper()}_URL": f"http://127.0.0.1:{ports.get(s, 0)}" for s in SERVICES},
        **{f"{s.upper()}_DATABASE_URL": database.url for s, database in databases.items()},
        "MAIL_DIR": str(home / "mail"),
        **{f"{s.upper()}_MIGRATION_DATABASE_URL": database.owner_url for s, database in databases.items()},
    }


def console_address(home: Path) -> str:
    """What people who work with this home's stack open."""
    return known_addresses(home)["CONSOLE_URL"]


def service_settings(home: Path, service: str) -> dict[str, str]:
    """Every setting of one service of this home, as its process gets it."""
    known = known_addresses(home)
    own = {} if service in LISTENING else {"PARTS": "http,clock"}  # those that were said for all are not its
    return {
        "TALENTLOOP_ENV": "demo",
        "DATABASE_URL": known[f"{service.upper()}_DATABASE_URL"],
        "KAFKA_BOOTSTRAP_SERVERS": known["KAFKA_BOOTSTRAP_SERVERS"],
        "KAFKA_GROUP_INSTANCE_ID": service,  # one process of each: a killed one is back at once
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(remembered_ports(home)[service]),
        "PUBLIC_URL": known[f"{service.upper()}_URL"],
        **{f"{s.upper()}_{what}": known[f"{s.upper()}_URL"] for s in SERVICES for what in ("URL", "API")},
        "LINK_KEY": secret(home / "link.secret"),
        "HASH_KEY": secret(home / "hash.secret"),
        "SESSION_KEY": secret(home / "session.secret"),
        "SMTP_URL": f"smtp://127.0.0.1:{remembered_ports(home).get('mail', 0)}",
        "MAIL_DOMAIN": MAIL_DOMAIN,
        "OIDC_CONFIGURATION_URL": f"{_identity(home)}/.well-known/openid-configuration",
        **issuer_settings(home),
        **own,
    }


def identity_settings(home: Path) -> dict[str, str]:
    """Every setting of the local issuer of this home, at which people sign in to the console."""
    return {
        "TALENTLOOP_ENV": "demo",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(remembered_ports(home)["identity"]),
        "PUBLIC_URL": _identity(home),
        "CONSOLE_URL": console_address(home),
        "ISSUER_KEY": signing_key(home),
    }


def _identity(home: Path) -> str:
    return f"http://127.0.0.1:{remembered_ports(home).get('identity', 0)}"


def _postgres_at(home: Path, ports: dict[str, int]) -> Postgres:
    postgres = Postgres(home)
    postgres.port = ports.get("postgres", 0)
    return postgres
