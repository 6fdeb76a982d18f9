"""The command line as a whole: helpful, quick to answer, and never a traceback for a user's mistake."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cli import where
from cli.errors import UserMistake
from cli.main import COMMANDS, app
from tests.programs import talentloop


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    answer = CliRunner().invoke(app, [name, "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output
    assert "--install-completion" not in answer.output, "`talentloop` alone installs it"


def test_the_help_is_as_wide_as_the_terminal_not_as_the_source():
    told = CliRunner().invoke(app, ["up", "--help"], env={"COLUMNS": "400"}).output

    assert "The first start downloads Apache Kafka once per user. Ports stay the same" in told


def test_the_help_names_every_command():
    answer = subprocess.run([sys.executable, "-m", "cli", "--help"], capture_output=True, text=True, check=False)

    assert [name for name in COMMANDS if f" {name} " not in answer.stdout] == []


def test_an_unknown_command_is_the_users_mistake(tmp_path):
    answer = talentloop("staus", home=tmp_path)

    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("name", ["env", "status"])
def test_without_a_stack_the_way_to_one_is_named(name, tmp_path):
    answer = talentloop(name, home=tmp_path)

    assert answer.returncode == 2
    assert "talentloop up --detach" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("running", "way"), [({"KAFKA": "127.0.0.1:1"}, "the local stack that is running has none"), ({}, "--detach")]
)
def test_an_address_that_a_running_stack_lacks_is_not_blamed_on_there_being_none(running, way, monkeypatch):
    monkeypatch.setattr(where, "environment", lambda: running)

    with pytest.raises(UserMistake, match=f"^OIDC_SOMETHING is not set.*{way}"):
        where.setting("OIDC_SOMETHING")


def test_stopping_what_does_not_run_is_no_mistake(tmp_path):
    answer = talentloop("down", home=tmp_path)

    assert answer.returncode == 0


def test_a_server_that_does_not_answer_is_exit_3(tmp_path):
    answer = talentloop("topics", "plan", home=tmp_path, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")

    assert answer.returncode == 3
    assert "Traceback" not in answer.stderr
