"""Who runs a home: held by a lock for as long as they do."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def claimed(home: Path) -> Iterator[bool]:
    """Be the one who runs this home, for as long as the block lasts; False: somebody else is."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def is_running(home: Path) -> bool:
    """Somebody runs this home. True as well while it is still starting."""
    if not (home / "up.lock").exists():
        return False
    with claimed(home) as nobody_else:
        return not nobody_else
