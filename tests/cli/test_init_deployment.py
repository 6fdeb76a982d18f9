"""`talentloop init-deployment`: secrets made once, readable by nobody else on the machine."""

import json
from pathlib import Path
from stat import S_IMODE

import pytest
from typer.testing import CliRunner

from cli.main import app

PRODUCTION = (
    "--oidc-issuer", "https://login.example", "--oidc-jwks-url", "https://login.example/keys",
    "--console-public-url", "https://console.example.com", "--mail-domain", "mail.example.com", "--smtp-url", "smtp://user:hunter2@mail.example.com:587",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docker-compose.yml").write_text("services: {}\n")
    return tmp_path


def init(folder: Path, *options: str):
    return CliRunner().invoke(app, ["init-deployment", str(folder), *options], catch_exceptions=True)


def test_every_secret_of_the_compose_file_is_made(folder):
    import yaml

    wanted = set(yaml.safe_load(Path("docker-compose.yml").read_text())["secrets"])

    assert init(folder, "--demo").exit_code == 0

    assert wanted <= {file.name for file in (folder / "secrets").iterdir()}


def test_nobody_else_on_the_machine_gets_in_and_containers_can_read(folder):
    init(folder, *PRODUCTION)

    assert S_IMODE((folder / "secrets").stat().st_mode) == 0o700
    assert {S_IMODE(file.stat().st_mode) for file in (folder / "secrets").iterdir()} == {0o444}


def test_said_again_nothing_changes(folder):
    init(folder, *PRODUCTION)
    before = {file: file.read_text() for file in [*(folder / "secrets").iterdir(), folder / ".env"]}

    again = init(folder, "--demo")

    assert "stays as it is" in again.output
    assert {file: file.read_text() for file in before} == before


@pytest.mark.parametrize("first", [PRODUCTION, ("--demo",)], ids=["production", "demo"])
def test_after_an_upgrade_only_what_is_new_is_made_and_nothing_need_be_said_again(folder, first):
    init(folder, *first)
    before = {file: file.read_text() for file in [*(folder / "secrets").iterdir(), folder / ".env"]}
    new = folder / "secrets" / "grafana_password"
    new.unlink()

    again = init(folder)

    assert (again.exit_code, "1 secrets made" in again.output) == (0, True)
    assert {file: file.read_text() for file in before if file != new} == {f: t for f, t in before.items() if f != new}
    assert len(new.read_text()) > 30


def test_no_two_secrets_are_the_same_and_none_is_printed_or_in_env(folder):
    done = init(folder, *PRODUCTION)

    values = [value for file in (folder / "secrets").iterdir() if (value := file.read_text())]
    assert len(set(values)) == len(values)
    assert not [value for value in values if value in done.output or value in (folder / ".env").read_text()]


def test_what_not_everybody_has_is_there_and_empty(folder):
    init(folder, *PRODUCTION)

    empty = {file.name for file in (folder / "secrets").iterdir() if not file.read_text()}
    assert empty == {"smtp_ca", "dkim_key", "inbound_cert", "inbound_key", "alerts_webhook", "oidc_client_secret"}


def test_production_has_no_issuer_of_its_own(folder):
    init(folder, *PRODUCTION)

    assert json.loads((folder / "secrets" / "jwks").read_text()) == {"keys": []}
    assert not (folder / "secrets" / "issuer").exists()
    assert "TALENTLOOP_ENV=production" in (folder / ".env").read_text()


def test_what_only_the_operator_knows_must_be_said(folder):
    refused = init(folder, "--mail-domain", "mail.example.com")

    assert str(refused.exception) == (
        "Say --oidc-issuer, --oidc-jwks-url, --console-public-url, --smtp-url; or --demo for a deployment to try."
    )
    assert not (folder / "secrets").exists()


def test_people_sign_in_by_https_only(folder):
    plain = [word.replace("https://console", "http://console") for word in PRODUCTION]

    assert "Say an https address with --console-public-url" in str(init(folder, *plain).exception)
    assert init(folder, *PRODUCTION).exit_code == 0
    assert "CONSOLE_PUBLIC_URL=https://console.example.com\n" in (folder / ".env").read_text()


def test_a_folder_without_a_compose_file_is_named(tmp_path):
    refused = init(tmp_path, "--demo")

    assert str(tmp_path) in str(refused.exception)
