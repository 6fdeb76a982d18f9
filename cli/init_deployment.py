"""`talentloop init-deployment`: everything secret that docker-compose.yml needs, made once, on this machine only."""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UserMistake
from local.databases import LISTENING, SERVICES
from local.files import write_whole
from local.issuer import ISSUER, make_keys
from local.stack import MAIL_DOMAIN
from shared.kit.ids import new_cluster_id

_FOLDER_MODE, _FILE_MODE = 0o700, 0o444  # nobody else on this machine gets in; containers, of other users, can read

# For whoever has them; empty is not set.
OPTIONAL = ("smtp_ca", "dkim_key", "inbound_cert", "inbound_key", "alerts_webhook", "oidc_client_secret")

_MAILDEV = "smtp://maildev:1025?starttls=never"

_JAAS = """\
broker.KafkaServer {{
  org.apache.kafka.common.security.plain.PlainLoginModule required
    username="broker" password="{broker}" user_broker="{broker}" user_admin="{admin}";
}};
controller.KafkaServer {{
  org.apache.kafka.common.security.plain.PlainLoginModule required
    username="broker" password="{broker}" user_broker="{broker}";
}};
app.KafkaServer {{
  org.apache.kafka.common.security.scram.ScramLoginModule required;
}};
host.KafkaServer {{
  org.apache.kafka.common.security.scram.ScramLoginModule required;
}};
"""


def init_deployment(
    folder: Annotated[Path, typer.Argument(help="Where docker-compose.yml lies.")] = Path(),
    demo: Annotated[
        bool,
        typer.Option("--demo", help="A deployment to try: a clock that can be moved, an issuer and mails of its own."),
    ] = False,
    oidc_issuer: Annotated[str, typer.Option(help="Your identity provider, exactly as in its tokens.")] = "",
    oidc_jwks_url: Annotated[str, typer.Option(help="Where its public keys are.")] = "",
    console_public_url: Annotated[str, typer.Option(help="Where people will open the console, by https.")] = "",
    mail_domain: Annotated[str, typer.Option(help="The domain letters come from.")] = "",
    smtp_url: Annotated[str, typer.Option(help="Your mail server, as smtp://user:password@host:587.")] = "",
) -> None:
    """Write `secrets/` and `.env` for docker-compose.yml. What is there already stays as it is.

    Keep `secrets/` as you keep passwords: back it up, never commit it. Its keys cannot be made again.
    """
    if not (folder / "docker-compose.yml").is_file():
        raise UserMistake(f"There is no docker-compose.yml in {folder.absolute()}. Name the folder that holds it.")
    settings = None
    if not (folder / ".env").exists():
        given = {"OIDC_ISSUER": oidc_issuer, "OIDC_JWKS_URL": oidc_jwks_url}
        given |= {"CONSOLE_PUBLIC_URL": console_public_url, "MAIL_DOMAIN": mail_domain}
        settings = _demo() if demo else _production(given, smtp_url)
    (folder / "figures").mkdir(exist_ok=True)  # whoever runs backups may write there
    made = _write_secrets(folder / "secrets", demo=demo, smtp_url=smtp_url or (_MAILDEV if demo else ""))
    print(f"{made} secrets made in {folder / 'secrets'}." if made else f"All secrets are in {folder / 'secrets'}.")
    if settings is None:
        print(f"{folder / '.env'} is there already and stays as it is.")
    else:
        write_whole(folder / ".env", _spell_env({**settings, "KAFKA_CLUSTER_ID": new_cluster_id()}))
        print(f"{folder / '.env'} written.")
    print("Next: docker compose up --detach --build --wait")


def _demo() -> dict[str, str]:
    return {
        "TALENTLOOP_ENV": "demo",
        "COMPOSE_PROFILES": "dev,issuer",
        "OIDC_ISSUER": ISSUER,
        "OIDC_JWKS_URL": "file:///run/secrets/jwks",
        "OIDC_CONFIGURATION_URL": "http://identity:8000/.well-known/openid-configuration",
        "MAIL_DOMAIN": MAIL_DOMAIN,
    }


def _production(given: Mapping[str, str], smtp_url: str) -> dict[str, str]:
    """Raises UserMistake when something is missing, or unfit."""
    missing = [name for name, value in {**given, "SMTP_URL": smtp_url}.items() if not value]
    if missing:
        options = ", ".join(f"--{name.lower().replace('_', '-')}" for name in missing)
        raise UserMistake(f"Say {options}; or --demo for a deployment to try.")
    if not given["CONSOLE_PUBLIC_URL"].startswith("https://"):
        raise UserMistake("Say an https address with --console-public-url: people sign in there.")
    return {"TALENTLOOP_ENV": "production", **given}


def _write_secrets(folder: Path, *, demo: bool, smtp_url: str) -> int:
    """Make what is missing; how many were made."""
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    names = [f"{s}_{what}" for s in SERVICES for what in ("password", "owner_password")]
    names += [f"{s}_kafka_password" for s in LISTENING]
    names += [f"{what}_password" for what in ("postgres", "kafka_admin", "kafka_broker", "grafana")]
    names += ["link_key", "hash_key", "session_key"]
    made = sum([_keep(folder / name, secrets.token_urlsafe(32)) for name in names])
    broker, admin = ((folder / f"kafka_{who}_password").read_text() for who in ("broker", "admin"))
    made += _keep(folder / "kafka_jaas", _JAAS.format(broker=broker, admin=admin))
    made += _keep(folder / "smtp_url", smtp_url)
    made += sum([_keep(folder / name, "") for name in OPTIONAL])
    return made + (_make_issuer(folder) if demo else _keep(folder / "jwks", json.dumps({"keys": []})))


def _keep(file: Path, value: str) -> bool:
    """Write a file that is not there yet; whether it was written. Raises UserMistake when it was emptied."""
    if file.exists():
        if value and not file.read_text(encoding="utf-8").strip():
            raise UserMistake(
                f"The secret {file} is empty. Bring it back from a backup: what was made with it needs it."
            )
        return False
    write_whole(file, value)
    file.chmod(_FILE_MODE)
    return True


def _make_issuer(folder: Path) -> int:
    """The demo's own issuer of tokens: its key, and what services need to trust it."""
    keys = make_keys()
    return _keep(folder / "jwks", keys.public) + _keep(folder / "issuer", keys.private)


def _spell_env(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())
