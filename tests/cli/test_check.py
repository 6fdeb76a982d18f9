"""`talentloop check`: what would be refused is explained, whatever wrote the file; with exit codes a script can use."""

import base64
import io
import json

import pytest
import typer
from typer.testing import CliRunner

from cli.check.command import check
from cli.check.reading import LARGEST, items
from cli.errors import UserMistake
from shared.kafka.relay import partition_of
from tests.contracts.keys import KEYS
from tests.contracts.records import changed
from tests.contracts.samples import BODIES

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
    assert answer.exit_code == (1 if found["refused"] else 0)
    return [(e["place"], p["code"], p["field"]) for e in found["events"] for p in e["problems"]]


def test_every_event_is_acceptable_and_its_key_is_named(tmp_path):
    lines = "\n".join(json.dumps(event(topic, body)) for topic, body in BODIES.items())

    answer = run(tmp_path, lines, "--json")

    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["checked"], found["acceptable"]) == (0, len(BODIES), len(BODIES))
    assert {e["topic"]: e["key"] for e in found["events"]} == KEYS


@pytest.mark.parametrize(("layout", "line"), [({"indent": 2}, 52), ({}, 1)])
def test_an_array_or_one_object_will_do(tmp_path, layout, line):
    assert problems(tmp_path, json.dumps([event(), event(source="")], **layout)) == [
        (f"event 2 (line {line})", "missing-attribute", "source")
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
        ("[ ", ("line 1", "not-json", None)),
        (json.dumps(event("feedback-given")), ("line 1", "wrong-type", "type")),
        (json.dumps(event(specversion="0.3")), ("line 1", "unknown-version", "specversion")),
        (json.dumps(event(id="x" * 201)), ("line 1", "invalid-field", "id")),
        ("5", ("line 1", "not-cloudevent", None)),
        (json.dumps(event()).replace("0.75", "NaN"), ("line 1", "not-json", None)),
    ],
)
def test_what_is_no_event_is_told_so(tmp_path, text, problem):
    assert problems(tmp_path, text) == [problem]


def test_without_json_a_person_can_read_it(tmp_path):
    answer = run(tmp_path, json.dumps(event(body=FEEDBACK | {"overall": "meh"})))

    assert answer.exit_code == 1
    assert answer.stdout.startswith("line 1: feedback-submitted: invalid-field: overall: ")
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


HEADERS = {
    "ce_specversion": "1.0",
    "ce_id": "e1",
    "ce_source": "/ats,eu:1",
    "ce_type": "feedback-submitted",
    "ce_time": "2026-11-18T11:20:00+01:00",
    "ce_organization": "acme",
    "content-type": "application/json",
}
KEY, BODY = KEYS["feedback-submitted"], json.dumps(FEEDBACK)


def message(**others):
    return {"topic": "feedback-submitted", "key": KEY, "headers": HEADERS, "value": BODY} | others


def printed(headers=HEADERS, key=KEY, value=BODY, place=""):
    """A line of kafka-console-consumer with print.key and print.headers."""
    names = ",".join(f"{name}:{text}" for name, text in headers.items())
    return place + "\t".join((names or "NO_HEADERS", key, value))


def packed(text):
    return base64.b64encode(text.encode()).decode()


def buffer(text):
    return {"type": "Buffer", "data": list(text.encode())}


def told(tmp_path, text, *options):
    """What is printed, a line each."""
    return run(tmp_path, text, *options).stdout.splitlines()


MESSAGES = {
    "kafka-console-consumer": printed(),
    "with its place": printed(place="CreateTime:1763461200000\tPartition:1\tOffset:7\t"),
    "kcat -J": json.dumps(
        {
            "topic": "feedback-submitted", "partition": 1, "offset": 7, "tstype": "create", "ts": 1763461200000,
            "broker": 1, "headers": [text for pair in HEADERS.items() for text in pair], "key": KEY, "payload": BODY,
        }
    ),
    "rpk": json.dumps(message(headers=[{"key": n, "value": v} for n, v in HEADERS.items()]), indent=2),
    "pairs": json.dumps([message(headers=list(HEADERS.items()))]),
    "an object each": json.dumps(message(headers=[{n: v} for n, v in HEADERS.items()])),
    "a value as JSON": json.dumps(message(value=FEEDBACK)),
    "a REST proxy's base64": json.dumps(message(key=packed(KEY), value=packed(BODY))),
    "all of it in base64": json.dumps(
        message(key=packed(KEY), value=packed(BODY), headers={n: packed(v) for n, v in HEADERS.items()})
    ),
    "Node's buffers": json.dumps(
        message(key=buffer(KEY), value=buffer(BODY), headers={n: buffer(v) for n, v in HEADERS.items()})
    ),
    "a structured event": json.dumps(message(headers={"content-type": "application/cloudevents+json"}, value=event())),
}  # fmt: skip


@pytest.mark.parametrize("text", MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_is_read_as_any_tool_wrote_it(tmp_path, text):
    answer = run(tmp_path, text, "--json", "--partitions", "12")

    [found] = json.loads(answer.stdout)["events"]
    assert (found["problems"], found["topic"], found["key"]) == ([], "feedback-submitted", KEY)
    assert (found["partition"], found["partitions"]) == (partition_of(KEY.encode(), 12), 12)


REFUSED = {
    "a wrong key": (message(key="acme/ana/f9"), f'wrong-key: the key is not {KEY}; seen: "acme/ana/f9"'),
    "no key": (message(key=None), f"wrong-key: the key is not {KEY}; seen: no key"),
    "a field": (
        message(value=changed(FEEDBACK, "ratings.0.level", 7)),
        "invalid-field: ratings.0.level: Input should be less than or equal to 1; seen: 7",
    ),
    "an unknown field": (message(value=FEEDBACK | {"gender": "f"}), 'unknown-field: gender: Extra inputs are'),
    "another topic": (message(topic="job-opened"), 'wrong-type: type: must be the topic\'s name, job-opened; seen: "f'),
    "no topic of ours": (message(topic="jobs"), "wrong-type: there is no topic 'jobs'"),
    "no type": (message(topic=None, headers={"ce-type": "a"}), "type: there is a header ce-type; on Kafka its name"),
    "headers with a dash": (
        message(headers={name.replace("_", "-"): text for name, text in HEADERS.items()}),
        "specversion: there is a header ce-specversion; on Kafka its name is ce_specversion; seen: content-type",
    ),
    "a structured event's header": (
        message(headers={}, value=event()), "missing-attribute: content-type: the value is a whole event, which is told"
    ),
    "a structured event's type": (
        message(headers={"content-type": "application/cloudevents"}, value=event()),
        'content-type: is application/cloudevents; expected is one event, its body as application/json',
    ),
    "a structured event's body": (
        message(headers={"content-type": "application/cloudevents+json"}, value=event() | {"data": None}),
        "missing-attribute: data: is missing in the event; seen: null",
    ),
    "Avro": (message(value="\0\0\0\0\7"), "not-json: begins as the serializers of schema registries write it; "),
    "a version": (message(headers=HEADERS | {"ce_specversion": "0.3"}), 'specversion: must be 1.0; seen: "0.3"'),
    "a time": (message(headers=HEADERS | {"ce_time": "2099-01-01T00:00:00Z"}), 'time: is more than 10 minutes ahead; '),
    "a terminal's signs": (message(value=FEEDBACK | {"overall": "\x1b[2J\x9b\u202e"}), 'seen: "\\u001b[2J??"'),
    "headers without a value": (message(headers=["ce_id"]), "unreadable: headers are names and values in turn"),
    "headers of numbers": (message(headers=7), "unreadable: headers are an object or a list"),
    "a broken buffer": (message(value={"type": "Buffer", "data": [300]}), "unreadable: the value is a Buffer of"),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_told_with_what_is_expected_and_what_was_seen(tmp_path, sent, words):
    answer = run(tmp_path, json.dumps(sent))

    assert answer.exit_code == 1
    assert words in answer.stdout.splitlines()[0]


def test_without_headers_the_way_to_print_them_is_told(tmp_path):
    answer = run(tmp_path, f"{KEY}\t{BODY}\n", "--topic", "feedback-submitted")

    assert "--property print.headers=true" in answer.stdout


def test_what_a_service_passes_over_is_no_mistake(tmp_path):
    lines = [
        printed(value="null"),
        printed(key="~nudge/~/~"),
        "% Reached end of topic",
        "Processed a total of 2 messages",
    ]

    answer = run(tmp_path, "\r\n".join(lines))

    assert (answer.exit_code, len(answer.stdout.splitlines())) == (0, 2)
    assert "2 checked, 2 acceptable, 0 not. 2 of these are passed over." in answer.stderr


def test_a_record_in_another_partition_is_only_told(tmp_path):
    right = partition_of(KEY.encode(), 6)

    assert told(tmp_path, json.dumps(message(partition=right + 1))) == [
        f"line 1: feedback-submitted: acceptable; key {KEY} belongs in partition {right} of 6; lies in {right + 1}, "
        "which costs speed only"
    ]
    assert told(tmp_path, json.dumps(message(partition=right + 1)), "--quiet") == []


def test_the_place_where_a_file_breaks_is_told_and_all_before_it_is_checked(tmp_path):
    whole = json.dumps([message(), message(), message()], indent=2)
    second = whole.index('"topic"', whole.index('"topic"') + 1)
    broken = whole[:second] + whole[second:].replace('": "acme', '" "acme', 1)

    *_, last = told(tmp_path, broken)

    line = broken.count("\n", 0, broken.index('" "acme')) + 1
    assert last.startswith(f"line {line}: -: not-json: Expecting ':' delimiter")
    assert len(told(tmp_path, broken)) == 2
    assert "the array has no end" in told(tmp_path, whole[: whole.rindex("]")])[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps(event()).encode("utf-16"), "no text in UTF-8"),
        (b"\xef\xbb\xbf" + json.dumps(event()).encode(), "1 acceptable"),
        (json.dumps(event()).encode().replace(b"Explained", b"Expl\xe4ned"), "not-json"),
        (b"[" * 100_000, "the array has no end"),
        (b'[{"a":' + b"[" * 100_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_whatever_a_file_holds_is_told_in_words(tmp_path, content, words):
    (tmp_path / "file").write_bytes(content)

    answer = CliRunner().invoke(app, [str(tmp_path / "file")])

    assert words in f"{answer.output}{answer.exception}"
    assert answer.exception is None or isinstance(answer.exception, UserMistake | SystemExit)


@pytest.mark.parametrize("before", ["[", ""])
def test_a_file_is_read_piece_by_piece(before):
    class Endless(io.TextIOBase):
        """More of the same for ever."""

        given = 0

        def read(self, size=-1):
            self.given += size
            return (" " * size if size < 20 else '{"value": 1},\n' * (size // 14)).ljust(size)

        def readline(self, size=-1):
            return f'{before}{{"value": 1}},\n' if before else '{"value": 1}\n'

    stream = Endless()
    found = [item for item, _ in zip(items(stream), range(5_000), strict=False)]

    assert {item.text for item in found} == {b'{"value": 1}'}
    assert stream.given < 5_000 * 14 * 2 + 128 * 1024
    assert LARGEST > 1_048_576
