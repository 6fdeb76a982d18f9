"""deploy/backup.sh as cron runs it: encrypted for a key that this machine does not have, and back on a new machine."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from local.databases import SERVICES
from tests.deployment.engine import Deployment, documented

pytestmark = pytest.mark.timeout(900)

AGE = """#!/bin/sh
exec docker run --rm --interactive --user "$(id -u):$(id -g)" --volume "$PWD:$PWD" --workdir "$PWD" \\
  {image} "$(basename "$0")" "$@"
"""
_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname NOT IN ('clock', 'schema_migrations', 'sessions', 'sign_ins', 'logouts') ORDER BY 1
"""


class Saved(NamedTuple):
    """A backup, the key that opens it, and what the databases held."""

    file: Path
    key: Path
    rows: dict[str, list[str]]


def rows(deployment: Deployment) -> dict[str, list[str]]:
    """Service -> table and count, of every table."""
    return {service: _count(deployment, service) for service in SERVICES}


def _count(deployment: Deployment, service: str) -> list[str]:
    counts = [f"SELECT '{t}', count(*) FROM {t}" for t in deployment.query(service, _TABLES)]  # noqa: S608
    return deployment.query(service, " UNION ALL ".join(counts))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def night(deployment: Deployment, tools: str) -> str:
    """The manual's line of a crontab, in the environment that cron gives; `age` and its key made on another machine."""
    (deployment.folder / "bin").mkdir()
    for program in ("age", "age-keygen"):
        file = deployment.folder / "bin" / program
        file.write_text(AGE.format(image=tools))
        file.chmod(0o755)
    deployment.follow("export PATH=$PWD/bin:$PATH", "age-keygen --output talentloop.age")
    public = deployment.follow("export PATH=$PWD/bin:$PATH", "age-keygen -y talentloop.age").strip()
    [line] = documented("Backups", 1)
    command = re.sub(r"^\d.* \* +", "", line).replace("age1...", public).replace("/srv/talentloop", "$PWD")
    path = f"{deployment.folder}/bin:{Path(str(shutil.which('docker'))).parent}:/usr/bin:/bin"
    return f"env -i HOME={os.environ['HOME']} PATH={path} {command}"


@pytest.fixture(scope="module")
def saved(deployment: Deployment, night: str, story, calm) -> Saved:
    """One night's backup, of services at rest."""
    old, kept = (deployment.folder / "backups" / f"2026-01-0{day}T02-15-00Z.tar.age" for day in (1, 2))
    old.parent.mkdir(exist_ok=True, mode=0o700)
    for file, days in ((old, 16), (kept, 13)):
        file.touch()
        os.utime(file, (file.stat().st_mtime - days * 86400,) * 2)

    deployment.follow(night)

    [made] = set(old.parent.iterdir()) - {kept}
    assert not old.exists()
    kept.unlink()
    return Saved(made, deployment.folder / "talentloop.age", rows(deployment))


def test_a_backup_can_be_read_with_the_key_only_and_older_ones_are_gone(saved):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.age", saved.file.name)
    assert (mode(saved.file), mode(saved.file.parent)) == (0o600, 0o700)
    assert saved.file.read_bytes().startswith(b"age-encryption.org/")
    assert b"manifest.json" not in saved.file.read_bytes()
    assert list(saved.file.parent.iterdir()) == [saved.file]  # nothing that is not encrypted


def test_its_time_is_told_to_the_alert(deployment, saved):
    figure = deployment.folder / "figures" / "backup.prom"

    assert re.fullmatch(r"talentloop_backup_seconds \d{10}\n", figure.read_text())
    assert mode(figure) == 0o644  # the exporter is another user


def test_a_backup_that_fails_leaves_what_was_there_and_says_why(deployment, night, saved):
    before = (deployment.folder / "figures" / "backup.prom").read_text()

    refused = deployment.attempt(re.sub("age1[a-z0-9]+", "age1wrong", night))

    assert refused.returncode != 0
    assert "age1wrong" in refused.stderr
    assert list(saved.file.parent.iterdir()) == [saved.file]
    assert (deployment.folder / "figures" / "backup.prom").read_text() == before


@pytest.fixture
def new_machine(deployment: Deployment, tools: str, saved: Saved) -> Iterator[Deployment]:
    """Another machine: this project, and of the old one its secrets and a backup."""
    with tempfile.TemporaryDirectory(prefix="talentloop-deployment-") as folder:
        machine = Deployment(Path(folder))
        machine.prepare(kept=deployment.folder / "secrets")
        try:
            yield machine
        finally:
            machine.destroy()


def test_a_new_machine_holds_what_the_old_one_held(deployment, saved, night, new_machine):
    (new_machine.folder / "backups").mkdir(mode=0o700)
    for file in (saved.file, saved.key, deployment.folder / "bin"):
        place = new_machine.folder / file.relative_to(deployment.folder)
        subprocess.run(["cp", "--recursive", "--preserve", file, place], check=True)
    decrypt = "\n".join(documented("Backups", 2)).replace("INSTANT", saved.file.name.removesuffix(".tar.age"))

    new_machine.follow("export PATH=$PWD/bin:$PATH", decrypt)
    new_machine.follow(*documented("Backups", 3)[:-1])
    restored = rows(new_machine)
    lost = documented("When Kafka's volume is lost")
    new_machine.follow(*lost[lost.index("docker compose up --detach --wait kafka") :])

    assert restored == saved.rows
    new_machine.wait_until_ready()
