"""Files of a home: written whole or not at all, locked between processes, private where they must be."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from local.errors import WrongPlace


def cache_folder() -> Path:
    """Where downloads are kept for every stack of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "talentloop"


@contextmanager
def replacing(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write that takes the place of `path` in one step when the block ends well; else it is gone.

    It has `mode` from its first byte. A device or a pipe is written to directly.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with _created(draft, path, mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()


def _created(draft: Path, path: Path, mode: int) -> BinaryIO:
    try:
        return os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode), "w+b")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace a file in one step: a reader sees the old text or the new one, also after a crash."""
    with replacing(path, mode=mode) as file:
        file.write(text.encode())


def secret(path: Path) -> str:
    """A random secret that only this user may read: made once, the same ever after. Raises WrongPlace."""
    with locked(path.with_name(f".{path.name}.lock")):
        if not path.exists():
            write_whole(path, secrets.token_urlsafe(32), mode=0o600)
    return read_secret(path)


def read_secret(path: Path) -> str:
    """What a file of secrets holds. Raises WrongPlace when it was emptied."""
    if not (value := path.read_text().strip()):
        raise WrongPlace(f"The secret {path} is empty. Bring it back from a backup: what was made with it needs it.")
    return value


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that the operating system releases when this process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
