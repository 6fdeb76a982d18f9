"""A new release by its tag, and back to the one before, with the manual's own commands; facts arrive on either."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.databases import SERVICES
from tests.deployment.conftest import make
from tests.deployment.engine import Deployment, docker, documented

pytestmark = pytest.mark.timeout(900)

OLD, NEW = "0.1.0", "0.2.0"
GROWN = "services/candidates/schema/199_of_the_next_release.sql"
COLUMN = "-- migrate:up\nALTER TABLE members ADD COLUMN of_the_next_release text;\n\n-- migrate:down\n"


def git(folder: Path, *arguments: str) -> None:
    """`git ...` as somebody who has no settings."""
    who = ("-c", "user.name=Talentloop", "-c", "user.email=tests@talentloop.example")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A clone of a repository whose next release is tagged, with a schema that grew; the old release runs."""
    origin = tmp_path_factory.mktemp("origin")
    for deployment in make():
        git(deployment.folder, "init", "--quiet", "--initial-branch", "main")
        git(deployment.folder, "add", "--all")
        git(deployment.folder, "commit", "--quiet", "--message", "The old release")
        git(deployment.folder, "tag", f"v{OLD}")
        git(origin, "clone", "--quiet", str(deployment.folder), ".")
        (origin / GROWN).write_text(COLUMN)
        git(origin, "add", "--all")
        git(origin, "commit", "--quiet", "--message", "The next release")
        git(origin, "tag", f"v{NEW}")
        git(deployment.folder, "remote", "add", "origin", str(origin))
        deployment.up()
        yield deployment
    docker("image", "rm", f"talentloop:{NEW}")


def upgrading(block: int) -> list[str]:
    """Commands of the manual; `talentloop` is this machine's."""
    return [f"export PATH={Path(sys.executable).parent}:$PATH", *documented("Upgrading", block)]


def releases(deployment: Deployment) -> dict[str, str]:
    """Service -> the image its container was made of."""
    return {service: deployment.containers(service)[0]["Config"]["Image"] for service in SERVICES}


async def test_the_next_release_goes_on_with_the_facts(deployment, platform, calm):
    assert releases(deployment) == dict.fromkeys(SERVICES, f"talentloop:{OLD}")

    deployment.follow(*upgrading(0))
    await platform.tell_everything("upgraded")

    assert releases(deployment) == dict.fromkeys(SERVICES, f"talentloop:{NEW}")
    assert deployment.ready("candidates")["schema"] == "199"
    assert await platform.outcome("upgraded") == calm
    assert await platform.outcome("calm") == calm


async def test_the_release_before_is_put_back_and_goes_on_with_them_too(deployment, platform, calm):
    deployment.follow(*upgrading(1))
    await platform.tell_everything("back")

    assert releases(deployment) == dict.fromkeys(SERVICES, f"talentloop:{OLD}")
    assert not (deployment.folder / GROWN).exists()
    assert await platform.outcome("back") == calm
    assert await platform.outcome("upgraded") == calm
