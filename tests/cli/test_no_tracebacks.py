"""Whatever is in the way, a command ends with a sentence and its exit code: a path, a file, a server, a secret."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest

from cli.main import COMMANDS, main
from local.databases import SERVICES
from tests.cli.test_backfill_publish import MAPPING

NOWHERE = "127.0.0.1:1"
ARGUMENTS = {
    "backfill": ["records.csv", "--mapping", "mapping.toml", "--organization", "acme"],
    "backup": ["backups"],
    "check": ["events.json"],
    "erase": ["amara", "--yes"],
    "export": ["amara"],
    "login": ["--role", "recruiter"],
    "migrate": [],
    "rebuild": ["candidates", "--yes"],
    "republish": ["candidates"],
    "restore": ["backups", "--yes"],
    "rewind": ["candidates", "--yes"],
    "trace": ["some-event"],
    "audit": ["matches"],
    "dead-letters": ["summary"],
    "letters": ["render", "letters"],
    "outreach": ["status"],
    "insights": ["reader", "list"],
    "platform": ["list"],
    "read-log": ["trim"],
    "topics": ["plan"],
}
HERE_ALONE = {"demo", "up", "contracts", "doctor", "letters", "login", "init-deployment", "down", "check"}
SERVERS = sorted(COMMANDS.keys() - HERE_ALONE - {"env", "restore"})
UNDER_A_FILE = {
    "a backup": ["backup", "file/backups"],
    "a backup that is a file": ["backup", "file"],
    "an audit": ["audit", "matches", "--csv", "file/audit.csv"],
    "an audit that is a folder": ["audit", "matches", "--csv", "folder"],
    "groups": ["audit", "impact", "--groups", "file/groups.csv"],
    "groups of a folder": ["audit", "impact", "--groups", "folder"],
    "letters": ["letters", "render", "file/letters"],
    "a deployment": ["init-deployment", "file/here", "--demo"],
    "events": ["check", "file/events.json"],
    "events of a folder": ["check", "folder"],
    "records": ["backfill", "file/a.csv", "--mapping", "mapping.toml", "--organization", "acme", "--dry-run"],
    "records of a folder": ["backfill", "folder", "--mapping", "mapping.toml", "--organization", "acme", "--dry-run"],
    "a mapping": ["backfill", "records.csv", "--mapping", "file/m", "--organization", "acme", "--dry-run"],
    "a restore": ["restore", "file", "--yes"],
    "a password": ["platform", "add", "ats", "--topics", "job-opened", "--password-file", "file/password"],
}  # fmt: skip


@pytest.fixture
def talentloop(tmp_path, monkeypatch, capfd):
    """The command in this process, in a folder of its own: exit code and stderr. What escapes would be a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALENTLOOP_HOME", str(tmp_path / "home"))
    for name in ("KAFKA_BOOTSTRAP_SERVERS", *(f"{s.upper()}_DATABASE_URL" for s in SERVICES)):
        monkeypatch.delenv(name, raising=False)
    Path("file").write_text("in the way")
    Path("folder").mkdir()
    Path("records.csv").write_text("When,Firm,Role,Person,Came\n03.02.2026,Halden,Analyst,Ana Ruiz,yes\n")
    Path("mapping.toml").write_text(MAPPING)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["talentloop", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code or 0, capfd.readouterr().err

    return call


@pytest.fixture
def away(monkeypatch):
    """Addresses of servers of which none answers."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", NOWHERE)
    for service in SERVICES:
        monkeypatch.setenv(f"{service.upper()}_URL", f"http://{NOWHERE}")
        for name in ("DATABASE_URL", "MIGRATION_DATABASE_URL"):
            monkeypatch.setenv(f"{service.upper()}_{name}", f"postgresql://u:p@{NOWHERE}/d")


@pytest.mark.parametrize("name", SERVERS)
def test_without_a_stack_the_missing_address_is_named(name, talentloop):
    code, said = talentloop(name, *ARGUMENTS.get(name, []))

    assert (code, "talentloop up" in said) == (2, True), said


@pytest.mark.parametrize("name", SERVERS)
def test_servers_that_do_not_answer_are_said(name, talentloop, away):
    code, said = talentloop(name, *ARGUMENTS.get(name, []))

    assert code == (4 if name == "backfill" else 3), said
    assert name == "status" or "does not answer" in said


@pytest.mark.parametrize("arguments", UNDER_A_FILE.values(), ids=UNDER_A_FILE.keys())
def test_a_path_that_cannot_be_used_is_named(arguments, talentloop, away):
    code, said = talentloop(*arguments)

    assert code == 2, said
    assert any(word in said for word in ("cannot be", "cannot read", "There is no", "is not a whole"))


@pytest.mark.parametrize("name", ["up", "login", "env", "status", "down", "doctor"])
def test_a_home_that_is_a_file_is_named(name, talentloop, monkeypatch, tmp_path):
    monkeypatch.setenv("TALENTLOOP_HOME", str(tmp_path / "file"))

    code, said = talentloop(name, *ARGUMENTS.get(name, []), *(["--detach"] if name == "up" else []))

    assert code == {"down": 0, "doctor": 1}.get(name, 2), said
    assert name in {"doctor", "down", "env", "status"} or "file" in said


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CANDIDATES_DATABASE_URL", "candidates"), ("CANDIDATES_DATABASE_URL", "postgresql://u@host:port/d")],
)
def test_an_address_that_is_none_is_the_users_mistake(variable, value, talentloop, away, monkeypatch):
    monkeypatch.setenv(variable, value)

    code, said = talentloop("audit", "matches")

    assert (code, variable in said) == (2, True)


@pytest.mark.parametrize("arguments", [["--help"], ["check", "records.csv"], ["doctor"]], ids=lambda a: a[0])
def test_a_full_disk_below_the_output_is_said(arguments, talentloop, monkeypatch):
    with suppress(OSError), Path("/dev/full").open("w") as full:  # closing writes what is left
        monkeypatch.setattr(sys, "stdout", full)
        code, said = talentloop(*arguments)

    assert (code, "The output cannot be written: No space left on device." in said) == (1, True), said


def test_a_platform_is_tried_on_the_stack_of_this_machine_only(talentloop, away):
    code, said = talentloop("platform", "try")

    assert (code, "No stack is running in" in said, "talentloop up --detach" in said) == (2, True, True), said


def test_brokers_that_are_no_address_are_the_users_mistake(talentloop, away, monkeypatch):
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:ninety")

    assert talentloop("topics", "plan")[0] == 2


def test_an_emptied_secret_is_named_by_its_file(talentloop, away, monkeypatch):
    talentloop("login", "--role", "recruiter")
    Path("home/issuer.json").write_text("")
    monkeypatch.delenv("CANDIDATES_DATABASE_URL")
    monkeypatch.setenv("CANDIDATES_DATABASE_URL_FILE", str(Path("home/issuer.json").absolute()))

    assert "home/issuer.json is empty" in talentloop("login", "--role", "recruiter")[1]
    assert "home/issuer.json is empty" in talentloop("audit", "matches")[1]
    code, _ = talentloop("doctor")
    assert code == 1


def test_an_emptied_secret_of_a_deployment_is_named(talentloop):
    Path("docker-compose.yml").touch()
    talentloop("init-deployment", "--demo")
    Path("secrets/link_key").chmod(0o600)
    Path("secrets/link_key").write_text("\n")

    code, said = talentloop("init-deployment", "--demo")

    assert (code, "secrets/link_key is empty" in said) == (2, True)
