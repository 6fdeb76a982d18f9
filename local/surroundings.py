"""What a shell says about the ways to other machines, and what of it holds on this one."""

import os

_HERE = ("127.0.0.1", "localhost", "::1")


def reach_directly() -> None:
    """Nobody on this machine is asked through a proxy; one of SOCKS, which no client of ours speaks, is left out."""
    for name in [n for n, v in os.environ.items() if n.lower().endswith("_proxy") and v.startswith("socks")]:
        del os.environ[name]
    known = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(dict.fromkeys([*filter(None, known), *_HERE]))


def forget_other_databases() -> None:
    """PGSSLMODE and the like are about another PostgreSQL than the one that a stack starts."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
