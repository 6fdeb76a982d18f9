"""Homes for tests that start, kill and restart servers of their own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def own_home() -> Iterator[Path]:
    """An empty home that PostgreSQL's account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="talentloop-home-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
