"""Files of a home: written whole or not at all, locked between processes, private where they must be."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_folder() -> Path:
    """Where downloads are kept for every stack of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "talentloop"


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file in one step: a reader sees the old text or the new one, also after a crash."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def secret(path: Path) -> str:
    """A random secret that only this user may read: made once, the same ever after."""
    with locked(path.with_name(f".{path.name}.lock")):
        if not path.exists():
            write_whole(path, secrets.token_urlsafe(32), mode=0o600)
    return path.read_text()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the operating system releases when this process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
