"""PostgreSQL refuses to run as root: when we are root, its processes run as an ordinary account."""

import os
import pwd
from functools import cache
from pathlib import Path

from local.errors import WrongPlace

_ACCOUNTS = ("postgres", "nobody")


@cache
def unprivileged() -> int | None:
    """The user id PostgreSQL's processes get, or None: our own. Raises WrongPlace on a system without accounts."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in _ACCOUNTS:
        if name in known:
            return known[name]
    raise WrongPlace(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` here.\n"
        "Run this as an ordinary user."
    )


def require_way_to(path: Path) -> None:
    """Raise WrongPlace when that account cannot reach `path`, because a folder above it is private."""
    if unprivileged() is None:
        return
    above = [folder for folder in path.absolute().parents if folder.exists()]
    closed = [folder for folder in above if not folder.stat().st_mode & 0o001]
    if closed:
        raise WrongPlace(
            f"PostgreSQL does not run as root, and other accounts cannot enter {closed[-1]}.\n"
            f"Run this as an ordinary user, or allow it: chmod o+x {closed[-1]}"
        )
