"""`talentloop up | down | env`: the whole system on this machine."""

import json
import logging
import os
import signal
import time
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console

from cli.errors import Failed, Refusal, UserMistake
from local import children, kafka
from local.claims import is_running
from local.databases import SERVICES
from local.forking import Forked, fork
from local.ports import pinned_ports
from local.progress import waiting
from local.stack import console_address, environment, home_folder, load_state
from local.supervisor import run, run_detached

PRINTED = (
    "KAFKA_BOOTSTRAP_SERVERS",
    *(f"{service.upper()}_URL" for service in SERVICES),
    *(f"{service.upper()}_DATABASE_URL" for service in SERVICES),
    "MAIL_DIR",
)
_PATIENCE = 180
_console = Console(stderr=True, highlight=False)


def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything is ready.")] = False,
) -> None:
    """Start Kafka, PostgreSQL, a mail server, a sign-in and all services; Ctrl-C (or `down`) stops them.

    State lives in TALENTLOOP_HOME (default `.talentloop`). The first start downloads Apache Kafka once per user. Ports
    stay the same from start to start; TALENTLOOP_PORTS=kafka=9094,interviews=8010 pins them.
    """
    home = home_folder()
    pinned_ports()
    kafka.fetch()
    if detach:
        _start_detached(home)
    else:
        _tell(f"Starting in {home}, logs in {home / 'logs'}. Ctrl-C stops everything.")
        run(home, _tell)


def down() -> None:
    """Stop everything that `up` started in this home, in order."""
    home = home_folder()
    if not is_running(home):
        _console.print(f"Nothing is running in {home}.")
        return
    with waiting("Stopping"):
        _stop(_supervisor(home), home)
    _console.print("Stopped.")


def env(as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Print the running stack's addresses as NAME=value lines, for a shell or a script."""
    known = environment()
    if not known:
        raise UserMistake(f"No stack is running in {home_folder()}. Start one: `talentloop up --detach`")
    chosen = {name: known[name] for name in PRINTED}
    print(json.dumps(chosen) if as_json else "\n".join(f"{name}={value}" for name, value in chosen.items()))


def _start_detached(home: Path) -> None:
    if is_running(home):
        _console.print(f"Already running in {home}.")
        return
    started = time.monotonic()
    process = _launch(home)
    try:
        with waiting(f"Starting {', '.join(SERVICES)} and their servers"):
            _wait_until_ready(home, process)
    except KeyboardInterrupt:
        with waiting("Stopping"):
            _stop(psutil.Process(process.pid), home)
        raise
    _console.print(f"Ready after {time.monotonic() - started:.1f} s. Next: `talentloop status`, `talentloop env`")
    _console.print(f"The console: {console_address(home)}")


def _launch(home: Path) -> Forked:
    """The supervisor outlives us: a session of its own, its words in a log."""

    def become() -> int:
        logging.getLogger("aiokafka").setLevel(logging.NOTSET)  # a command's own words would do; a log needs all
        os.environ["TALENTLOOP_HOME"] = str(home)
        return run_detached(home)

    return fork(children.log_of(home, "supervisor"), become)


def _wait_until_ready(home: Path, process: Forked) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not (state := _state_of(home, process.pid)).get("ready"):
        if process.poll() is not None:
            raise _why(state, home)
        if time.monotonic() > deadline:
            process.send_signal(signal.SIGTERM)
            raise Failed(f"The stack was not ready within {_PATIENCE} s. See the logs in {home / 'logs'}")
        time.sleep(0.05)


def _state_of(home: Path, pid: int) -> dict[str, object]:
    state = load_state(home)
    return state if state.get("pid") == pid else {}


def _why(state: dict[str, object], home: Path) -> Refusal:
    log = children.log_of(home, "supervisor")
    refusal = Refusal(str(state.get("refused") or f"The stack ended while starting:\n{children.tail(log)}"))
    refusal.exit_code = int(str(state.get("exit_code", 1)))
    return refusal


def _supervisor(home: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int(str(load_state(home).get("pid"))))
    except (psutil.NoSuchProcess, ValueError):
        return None


def _stop(supervisor: psutil.Process | None, home: Path) -> None:
    """Ask the supervisor to stop; when it does not, kill it and so its children. Nothing is left when we return."""
    family = [supervisor, *supervisor.children(recursive=True)] if supervisor and is_running(home) else []
    for how in (signal.SIGTERM, signal.SIGKILL):
        if supervisor and is_running(home):
            supervisor.send_signal(how)
        deadline = time.monotonic() + 60
        while is_running(home) and time.monotonic() < deadline:
            time.sleep(0.05)
    if is_running(home):
        raise Failed(f"The stack in {home} does not stop.")
    psutil.wait_procs(family, timeout=30)


def _tell(line: str) -> None:
    _console.print(line)
