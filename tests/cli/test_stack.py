"""`talentloop up` and `down`: the whole system from one command, and back after any crash."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from local.claims import is_running
from local.databases import SERVICES
from tests.conftest import temporary_home
from tests.programs import started, talentloop

pytestmark = [pytest.mark.e2e, pytest.mark.kafka, pytest.mark.db]


@pytest.fixture(scope="module")
def stack_home() -> Iterator[Path]:
    """One home for the tests here: what one of them leaves running serves the next, and `down` leaves nothing of it."""
    with temporary_home() as home:
        yield home
        left = processes_in(home)
        stopped = talentloop("down", home=home)
        assert (stopped.returncode, [pid for pid in left if psutil.pid_exists(pid)]) == (0, [])


@pytest.fixture
def running(stack_home: Path) -> Path:
    """A home whose stack is up."""
    answer = talentloop("up", "--detach", home=stack_home)
    assert answer.returncode == 0, answer.stderr
    return stack_home


def state_of(home: Path) -> dict[str, dict[str, int]]:
    return json.loads((home / "state.json").read_text())


def processes_in(home: Path) -> list[int]:
    state = state_of(home)
    pids = [state["pid"], *state.get("children", {}).values()]
    return [pid for pid in pids if psutil.pid_exists(pid)]


def is_well(home: Path) -> bool:
    answer = talentloop("status", "--json", home=home)
    return answer.returncode == 0 and all(one["ready"] for one in json.loads(answer.stdout).values())


def eventually(holds, seconds: float = 40) -> bool:
    deadline = time.monotonic() + seconds
    while not (well := holds()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return well


def test_up_starts_everything(running):
    status = json.loads(talentloop("status", "--json", home=running).stdout)

    assert {name: one["ready"] for name, one in status.items()} == dict.fromkeys(SERVICES, True)
    figures = {"ready", "parts", "schema", "facts", "parked", "lag", "outbox"}
    assert {key for one in status.values() for key in one} == figures
    assert len(processes_in(running)) == 1 + 4 + len(SERVICES)


def test_env_is_lines_of_name_and_value(running):
    lines = talentloop("env", home=running).stdout.splitlines()

    names = [line.split("=", 1)[0] for line in lines]
    assert names == [
        "KAFKA_BOOTSTRAP_SERVERS",
        *(f"{service.upper()}_URL" for service in SERVICES),
        *(f"{service.upper()}_DATABASE_URL" for service in SERVICES),
        "MAIL_DIR",
    ]
    assert all(" " not in line and line.split("=", 1)[1] for line in lines)


def test_its_topics_are_as_they_must_be(running):
    address = talentloop("env", home=running).stdout.splitlines()[0].removeprefix("KAFKA_BOOTSTRAP_SERVERS=")

    for variables in ({}, {"KAFKA_BOOTSTRAP_SERVERS": address}):
        assert talentloop("topics", "plan", home=running, **variables).stdout == "All topics are as they must be.\n"


def test_up_twice_is_one_stack(running):
    before = state_of(running)

    again = talentloop("up", "--detach", home=running)

    assert again.returncode == 0
    assert state_of(running) == before


def test_whatever_is_killed_comes_back_and_hears_a_platform(running):
    for pid in state_of(running)["children"].values():
        os.kill(pid, signal.SIGKILL)

    answer = talentloop("platform", "try", "--json", home=running)

    assert answer.returncode == 0, answer.stderr
    outcome = json.loads(answer.stdout)
    ana, bo, cy, di = outcome["people"]
    assert [body["tier"] for one in (ana, bo, cy) for body in one["pooled"]] == [
        "silver_medalist", "developing", "unassessed",
    ]  # fmt: skip
    assert [body["job"] for one in (ana, bo, cy, di) for body in one["matched"]] == ["data-2"]
    assert [one["key"].split("/", 1)[1] for one in outcome["refused"]] == ["bo/fb-bo-ivy"]
    [prepared] = di["letters"]
    assert (prepared["state"], prepared["subject"]) == ("sent", "Acme: your interview")
    assert "Di Moreau" in Path(prepared["file"]).read_text()
    assert {one["variant"] for one in ana["letters"]} >= {"decision_full"}
    assert httpx.get(outcome["console"]).headers["location"].startswith("/sign-in")


def test_after_the_supervisor_was_killed_nothing_stays_and_up_works_again(running):
    processes = processes_in(running)

    os.kill(state_of(running)["pid"], signal.SIGKILL)

    assert eventually(lambda: [pid for pid in processes if psutil.pid_exists(pid)] == [])
    again = talentloop("up", "--detach", home=running)
    assert again.returncode == 0
    assert (
        f"The console: http://127.0.0.1:{json.loads((running / 'ports.json').read_text())['console']}" in again.stderr
    )
    assert is_well(running)


def test_a_start_that_is_interrupted_leaves_nothing(own_home):
    starting = started("cli", "up", "--detach", environment={"TALENTLOOP_HOME": str(own_home)})
    assert eventually((own_home / "state.json").exists)

    os.kill(starting.pid, signal.SIGINT)

    starting.join()
    assert starting.exitcode
    assert (is_running(own_home), processes_in(own_home)) == (False, [])


def test_a_start_that_fails_says_why_and_leaves_nothing(own_home):
    (own_home / "kafka").write_text("in the way")

    answer = talentloop("up", "--detach", home=own_home)

    assert answer.returncode != 0
    assert "Traceback" not in answer.stderr
    assert eventually(lambda: processes_in(own_home) == [])
