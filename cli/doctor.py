"""`talentloop doctor`: what on this machine would get in the way, and how to mend it."""

import json
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NamedTuple

import httpx
import psutil
import typer
from rich.console import Console

from cli import sql, where
from cli.errors import Refusal
from cli.init_deployment import OPTIONAL
from local import jars
from local.accounts import require_way_to
from local.claims import is_running
from local.errors import PortsUnfit, WrongPlace
from local.ports import is_free, pinned_ports, remembered_ports
from local.stack import home_folder, load_state
from shared.contracts import OrganizationConfigured, OutreachMode, missing_for_live

_LEAVES = (OutreachMode.APPROVE, OutreachMode.LIVE)
_GIGABYTE = 1_000_000_000


class Diagnosis(NamedTuple):
    """One thing that was looked at. `mend` says what to do when it is not as it should be."""

    what: str
    fine: bool
    detail: str
    mend: str = ""


def doctor(as_json: Annotated[bool, typer.Option("--json", help="As a list of findings.")] = False) -> None:
    """Look at this machine and say what to mend. Exit 1 when something is wrong."""
    home = home_folder()
    looks = _LOOKS if _is_usable(home) else [look for look in _LOOKS if look not in _INSIDE]
    findings = [look(home) for look in looks]
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        _print(findings)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


def _print(findings: list[Diagnosis]) -> None:
    console = Console(highlight=False)
    for finding in findings:
        mark = "[green]ok  [/]" if finding.fine else "[red]bad [/]"
        console.print(mark, f"{finding.what}: {finding.detail}", soft_wrap=True)
        if not finding.fine:
            console.print("     ->", finding.mend, soft_wrap=True)


def _python(_home: Path) -> Diagnosis:
    mend = "Install Python 3.11 or newer and run `make setup` again."
    return Diagnosis("Python", sys.version_info >= (3, 11), platform.python_version(), mend)


def _decoder(_home: Path) -> Diagnosis:
    there = find_spec("aiokafka.record._crecords") is not None
    mend = "Install aiokafka's wheel for this Python; without it reading is ten times slower."
    return Diagnosis("aiokafka's C extension", there, "there" if there else "missing", mend)


def _migration_tool(_home: Path) -> Diagnosis:
    there = (Path(sysconfig.get_path("scripts")) / "dbmate").exists()
    return Diagnosis("dbmate", there, "there" if there else "missing", "Run `make setup` again.")


def _disk(home: Path) -> Diagnosis:
    free = shutil.disk_usage(_existing(home)).free
    mend = "Free some space, or choose another place with TALENTLOOP_HOME."
    return Diagnosis("free disk", free > 2 * _GIGABYTE, f"{free / _GIGABYTE:.1f} GB where {home} is", mend)


def _memory(_home: Path) -> Diagnosis:
    free = psutil.virtual_memory().available
    return Diagnosis("free memory", free > _GIGABYTE, f"{free / _GIGABYTE:.1f} GB", "Close something: 1 GB is needed.")


def _place(home: Path) -> Diagnosis:
    mend = "Choose a folder of your own with TALENTLOOP_HOME."
    if not _is_usable(home):
        return Diagnosis("home", False, f"{home} cannot be a folder that is written to", mend)
    try:
        require_way_to(home / "postgres")
    except WrongPlace as wrong:
        return Diagnosis("home", False, str(home), str(wrong))
    return Diagnosis("home", True, str(home))


def _is_usable(home: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=_existing(home)):
            return True
    except OSError:
        return False


def _secrets(home: Path) -> Diagnosis:
    """Of the local stack, and of a deployment where one is made here."""
    kept = [*home.glob("*.secret"), *home.glob("issuer.json"), *home.glob("jwks.json")]
    if Path("docker-compose.yml").is_file():
        kept += [file for file in Path("secrets").glob("*") if file.name not in OPTIONAL]
    emptied = [str(file) for file in sorted(kept) if file.is_file() and not file.read_text(errors="replace").strip()]
    mend = "Bring them back from a backup: what was made with them needs them."
    return Diagnosis("secrets", not emptied, f"empty: {', '.join(emptied)}" if emptied else "none is empty", mend)


def _ports(home: Path) -> Diagnosis:
    if is_running(home):
        return Diagnosis("ports", True, "in use by the running stack")
    try:
        pinned = pinned_ports()
    except PortsUnfit as wrong:
        return Diagnosis("ports", False, str(wrong), "Say for example `export TALENTLOOP_PORTS=kafka=9094`.")
    if lost := [f"{name} {port}" for name, port in pinned.items() if not is_free(port)]:
        return Diagnosis(
            "ports", False, f"pinned and taken by others: {', '.join(lost)}", "Pin others, or end who has them."
        )
    taken = [f"{name} {port}" for name, port in remembered_ports(home).items() if not is_free(port)]
    detail = f"taken by others: {', '.join(taken)}; the next `up` chooses new ones" if taken else "free"
    return Diagnosis("ports", True, detail)


def _left_behind(home: Path) -> Diagnosis:
    killed = bool(load_state(home).get("ready")) and not is_running(home)
    detail = "the last stack was killed; the next `up` recovers" if killed else "nothing left behind"
    return Diagnosis("state", True, detail)


def _going_live(home: Path) -> Diagnosis:
    """Of the organisations of a running stack: what they are to say before mail leaves. Wrong where mail leaves."""
    if not is_running(home):
        return Diagnosis("going live", True, "no stack runs: no organisation to ask")
    try:
        settings = where.ask("interviews", sql.load_settings)
    except Refusal as error:
        return Diagnosis("going live", True, f"cannot be asked: {error}")
    return judge_settings(settings)


def judge_settings(settings: Mapping[str, OrganizationConfigured]) -> Diagnosis:
    """What organisations left open: bad where letters leave all the same."""
    left = {name: missing_for_live(dict(said)) for name, said in settings.items()}
    told = "; ".join(f"{name} ({settings[name].outreach_mode}): {', '.join(one)}" for name, one in left.items() if one)
    is_leaving = any(one and settings[name].outreach_mode in _LEAVES for name, one in left.items())
    mend = "Say them with `PUT /organization` at interviews, or on the console's page of settings."
    return Diagnosis("going live", not is_leaving, f"not said yet: {told}" if told else "nothing is left to say", mend)


def _download(_home: Path) -> Diagnosis:
    folder = jars.kafka_folder()
    if (folder / "formatted").exists():
        return Diagnosis("Apache Kafka", True, f"in the cache, {folder}")
    try:
        httpx.head(jars.registry(), timeout=10, follow_redirects=True)
    except httpx.HTTPError as error:
        mend = "Check the network or HTTPS_PROXY, or name a mirror in TALENTLOOP_MAVEN_URL."
        return Diagnosis("Apache Kafka", False, f"{jars.registry()} cannot be reached ({type(error).__name__})", mend)
    return Diagnosis("Apache Kafka", True, f"not downloaded yet; {jars.registry()} answers")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if os.path.lexists(place))


_LOOKS: tuple[Callable[[Path], Diagnosis], ...] = (
    _python,
    _decoder,
    _migration_tool,
    _memory,
    _disk,
    _place,
    _secrets,
    _ports,
    _left_behind,
    _going_live,
    _download,
)
_INSIDE = (_secrets, _ports, _left_behind, _going_live)
