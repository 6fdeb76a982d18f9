"""`talentloop check` and `talentloop contracts`: strict, helpful, with exit codes a script can use."""

import json

import pytest
import typer
from typer.testing import CliRunner

import cli.contracts
from cli.check import check
from cli.errors import Failed, UserMistake
from shared.contracts.generate import documents, written
from tests.contracts.records import changed
from tests.contracts.samples import BODIES, KEYS

FEEDBACK = BODIES["feedback-submitted"]
app = typer.Typer()
app.command()(check)


def event(topic="feedback-submitted", body=FEEDBACK, **attributes):
    usual = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/ats",
        "type": topic,
        "time": "2026-11-18T11:20:00+01:00",
        "organization": "acme",
    }
    return usual | attributes | {"data": body}


def run(tmp_path, text, *options):
    file = tmp_path / "events.jsonl"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(app, [str(file), *options])


def problems(tmp_path, text, *options):
    answer = run(tmp_path, text, "--json", *options)
    found = json.loads(answer.stdout)
    assert answer.exit_code == (1 if found["problems"] else 0)
    return [(p["place"], p["code"], p["field"]) for p in found["problems"]]


def test_every_event_is_acceptable_and_its_key_is_named(tmp_path):
    lines = "\n".join(json.dumps(event(topic, body)) for topic, body in BODIES.items())

    answer = run(tmp_path, lines, "--json")

    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["checked"], found["acceptable"]) == (0, len(BODIES), len(BODIES))
    assert {k["topic"]: k["key"] for k in found["keys"]} == KEYS


@pytest.mark.parametrize("layout", [{"indent": 2}, {}])
def test_an_array_or_one_object_will_do(tmp_path, layout):
    assert problems(tmp_path, json.dumps([event(), event(source="")], **layout)) == [
        ("event 2", "missing-attribute", "source")
    ]
    assert problems(tmp_path, json.dumps(event(), **layout)) == []


def test_each_broken_line_is_told_with_every_problem(tmp_path):
    two_wrongs = changed(FEEDBACK, "ratings.0.level", 7) | {"gender": "f", "overall": "meh"}
    lines = [json.dumps(event()), "{", json.dumps(event(body=two_wrongs)), "", json.dumps({"feedback": "f1"})]

    assert problems(tmp_path, "\n".join(lines)) == [
        ("line 2", "not-json", None),
        ("line 3", "invalid-field", "overall"),
        ("line 3", "invalid-field", "ratings.0.level"),
        ("line 3", "unknown-field", "gender"),
        ("line 5", "not-cloudevent", None),
    ]


def test_bare_bodies_are_checked_with_their_topic(tmp_path):
    late = FEEDBACK | {"submitted_at": "2099-01-01T00:00:00Z"}
    lines = "\n".join(map(json.dumps, (FEEDBACK, FEEDBACK | {"x": 1}, late)))

    assert problems(tmp_path, lines, "--topic", "feedback-submitted") == [
        ("line 2", "unknown-field", "x"),
        ("line 3", "time-in-future", "submitted_at"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1, ", ("the file", "not-json", None)),
        (json.dumps(event("feedback-given")), ("event 1", "wrong-type", "type")),
        (json.dumps(event(specversion="0.3")), ("event 1", "unknown-version", "specversion")),
        (json.dumps(event(id="x" * 201)), ("event 1", "invalid-field", "id")),
        ("5", ("event 1", "not-cloudevent", None)),
        (json.dumps(event()).replace("0.75", "NaN"), ("line 1", "not-json", None)),
    ],
)
def test_what_is_no_event_is_told_so(tmp_path, text, problem):
    assert problems(tmp_path, text) == [problem]


def test_without_json_a_person_can_read_it(tmp_path):
    answer = run(tmp_path, json.dumps(event(body=FEEDBACK | {"overall": "meh"})))

    assert answer.exit_code == 1
    assert answer.stdout.startswith("event 1: feedback-submitted: invalid-field: overall: ")
    assert "1 checked, 0 acceptable, 1 not." in answer.stderr


def test_standard_input_is_read(tmp_path):
    answer = CliRunner().invoke(app, ["-"], input=json.dumps(event()))

    assert answer.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nowhere/events.jsonl"], "cannot be read"),
        (["/"], "cannot be read"),
        (["-"], "holds no event"),
        (["-", "--topic", "feedback-given"], "There is no topic"),
    ],
)
def test_a_users_mistake_is_told_without_a_traceback(arguments, words):
    mistake = CliRunner().invoke(app, arguments, input="").exception

    assert isinstance(mistake, UserMistake)
    assert words in str(mistake)


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

    assert "1 of 39 documents written" in answer.stdout
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
