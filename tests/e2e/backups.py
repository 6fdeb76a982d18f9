"""Backups of the services' databases, taken and brought back by the operator's commands."""

from pathlib import Path

from local.stack import known_addresses
from tests.e2e.world import Home
from tests.programs import talentloop


def restore(stack: Home, folder: Path) -> None:
    """Every service's database as it was in its backup, while nothing else of the stack runs."""
    postgres = stack.postgres()
    postgres.start()
    try:
        answer = talentloop("restore", str(folder), "--yes", home=stack.folder, **known_addresses(stack.folder))
    finally:
        postgres.stop()
    assert answer.returncode == 0, answer.stderr
