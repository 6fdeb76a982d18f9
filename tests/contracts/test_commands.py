"""`talentloop contracts`: strict, helpful, with exit codes a script can use."""

import json

import pytest
from typer.testing import CliRunner

import cli.contracts
from cli.errors import Failed
from shared.contracts.generate import documents, written


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A snapshot of its own."""
    monkeypatch.setattr(cli.contracts, "FOLDER", tmp_path / "schema")
    CliRunner().invoke(cli.contracts.app, ["write"], catch_exceptions=False)
    return tmp_path / "schema"


def rewrite(folder, topic, change):
    name = f"{topic}.v1.json"
    schema = json.loads((folder / name).read_text())
    change(schema)
    (folder / name).write_text(written(schema))


def test_written_documents_pass_the_check(folder):
    answer = CliRunner().invoke(cli.contracts.app, ["check"])

    assert answer.exit_code == 0
    assert len(list(folder.iterdir())) == len(documents())


def test_the_check_names_what_differs(folder):
    rewrite(folder, "job-closed", lambda schema: schema["properties"].pop("reason"))
    (folder / "job-opened.v1.json").unlink()
    (folder / "job-paused.v1.json").write_text("{}")

    answer = CliRunner().invoke(cli.contracts.app, ["check", "--json"])

    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {
        "differ": ["job-closed.v1.json", "job-opened.v1.json", "job-paused.v1.json"],
        "incompatible": {"job-paused.v1.json": ["is gone"]},
    }


def test_a_compatible_change_is_written(folder):
    rewrite(folder, "job-closed", lambda schema: schema["properties"].pop("reason"))

    answer = CliRunner().invoke(cli.contracts.app, ["write"])

    assert f"1 of {len(documents())} documents written" in answer.stdout
    assert cli.contracts.stale() == []


def test_a_change_that_breaks_readers_is_not_written_by_accident(folder):
    rewrite(folder, "job-closed", lambda schema: schema["properties"].update(mood={"type": "string"}))

    refused = CliRunner().invoke(cli.contracts.app, ["write"]).exception
    still = cli.contracts.stale()
    CliRunner().invoke(cli.contracts.app, ["write", "--break-readers"], catch_exceptions=False)

    assert isinstance(refused, Failed)
    assert "job-closed.v1.json: mood: is gone" in str(refused)
    assert still == ["job-closed.v1.json"]
    assert cli.contracts.stale() == []
