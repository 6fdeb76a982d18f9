"""The bounds of every field: the last value inside, the first outside."""

import pytest

from shared.contracts import BY_TOPIC
from shared.kit.decode import Accepted, RefusedRecord
from tests.contracts.pieces import ADVICE, FACTOR, ITEM, PANEL, PAST, PLAN
from tests.contracts.records import changed, paths, taken
from tests.contracts.samples import BODIES

COMPETENCY = {"name": "SQL", "level": 3}
RATING = {"competency": "sql", "level": 0.5}
_LONG_DOMAIN = ".".join(["x" * 63, "x" * 63, "x" * 63, "x" * 60])  # 252 characters

LIMITS = [
    ("job-opened", "title", "x" * 200, "x" * 201),
    ("job-opened", "title", "x", ""),
    ("job-opened", "description", "x" * 20_000, "x" * 20_001),
    ("job-opened", "headcount", 10_000, 10_001),
    ("job-opened", "headcount", 1, 0),
    ("job-opened", "competencies.0.weight", 100, 101),
    ("job-opened", "competencies.0.weight", 1, 0),
    ("job-opened", "competencies.0.level", 5, 6),
    ("job-opened", "competencies.0.level", 1, 0),
    ("job-opened", "competencies.0.looks_for", "x" * 600, "x" * 601),
    ("job-opened", "team", [{"user": "u", "role": "recruiter"}] * 100, [{"user": "u", "role": "recruiter"}] * 101),
    (
        "job-opened",
        "competencies",
        [{"competency": f"c{n}", **COMPETENCY} for n in range(50)],
        [{"competency": f"c{n}", **COMPETENCY} for n in range(51)],
    ),
    ("job-opened", "url", "https://" + "x" * 1_992, "https://" + "x" * 1_993),
    ("job-opened", "url", "https://example.org/ä", "http://example.org"),
    ("job-opened", "url", "https://example.org", "javascript:alert(1)"),
    ("job-opened", "location.country", "DE", "de"),
    ("job-opened", "location.country", "GB", "GBR"),
    ("job-opened", "location.timezone", "America/Argentina/Ushuaia", "Europe/Halden"),
    ("job-opened", "language", "zh-Hant-TW", "english"),
    ("job-opened", "language", "de", "de_DE"),
    ("job-opened", "closes_at", "2100-12-31T23:59:59Z", "2101-01-01T00:00:00Z"),
    ("job-opened", "closes_at", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z"),
    ("interview-scheduled", "interviewers", PANEL * 50, PANEL * 51),
    ("interview-scheduled", "assesses", ["sql"] * 50, ["sql"] * 51),
    ("interview-scheduled", "ends_at", "2026-12-01T18:00:01Z", PLAN),
    ("feedback-submitted", "ratings", [RATING] * 50, [RATING] * 51),
    ("feedback-submitted", "ratings.0.level", None, -0.01),
    ("feedback-submitted", "ratings.0.level", 1, 1.01),
    ("feedback-submitted", "ratings.0.level", 0, 7),
    ("feedback-submitted", "shareable.strengths", [ITEM] * 20, [ITEM] * 21),
    ("feedback-submitted", "shareable.development", [ADVICE] * 20, [ADVICE] * 21),
    ("feedback-submitted", "shareable.strengths.0.observed", "x" * 600, "x" * 601),
    ("candidate-registered", "email", f"a@{_LONG_DOMAIN}", f"ab@{_LONG_DOMAIN}"),
    ("candidate-registered", "email", "jo.o'neil+jobs@example.org", "ana at example.org"),
    ("candidate-registered", "email", "ana@example.org", "ana@example.org, bo@example.org"),
    ("candidate-registered", "phone", "+49 (30) 1234-567", "call me"),
    ("candidate-registered", "skills", [{"name": "x", "said_at": PAST}] * 200, [{"name": "x", "said_at": PAST}] * 201),
    ("candidate-merged", "merged", ["b"] * 50, ["b"] * 51),
    ("candidate-merged", "merged", [], ["ana"]),
    ("profile-corrected", "corrected", ["language"], []),
    ("profile-corrected", "name", "Ana", None),
    ("organization-configured", "holding_after", 365, 366),
    ("organization-configured", "retention_months", 0, -1),
    ("organization-configured", "colour", "#0A6e5c", "green"),
    ("membership-reviewed", "tier", "developing", None),
    ("survey-answered", "answers", [1, 2, 3, 4, 5, 5, 4, 3, 2], [1, 2, 3, 4, 5, 5, 4, 3]),
    ("survey-answered", "answers.0", 5, 6),
    ("survey-answered", "recommend", 10, 11),
    ("candidate-matched", "score", 100, 100.1),
    ("candidate-matched", "factors", [FACTOR] * 50, [FACTOR] * 51),
    ("mentorship-proposed", "ends_on", "2026-12-01", "2026-11-30"),
    ("mentorship-proposed", "ends_on", "2100-12-31", "2101-01-01"),
    ("outreach-sent", "message_id", "<a@b>", "<a@b>\r\nBcc: x@y"),
]


@pytest.mark.parametrize(("topic", "path", "inside", "outside"), LIMITS)
def test_a_bound_holds_on_both_sides(topic, path, inside, outside):
    within = taken(topic, changed(BODIES[topic], path, inside))
    beyond = taken(topic, changed(BODIES[topic], path, outside))

    assert isinstance(within, Accepted), within
    assert isinstance(beyond, RefusedRecord)
    assert beyond.code in {"invalid-field", "time-out-of-range"}


@pytest.mark.parametrize(("topic", "path", "inside", "outside"), LIMITS)
def test_a_refusal_names_the_field_and_never_the_value(topic, path, inside, outside):
    refused = taken(topic, changed(BODIES[topic], path, outside))

    assert refused.field is None or path.startswith(refused.field) or refused.field.startswith(path)
    if isinstance(outside, str) and len(outside) > 8:
        assert outside not in refused.detail


@pytest.mark.parametrize("identifier", ["x", "x" * 64, "A-Z_a.z:0-9", "0", 7, 123456789012])
def test_ids_are_opaque_and_integers_become_text(identifier):
    outcome = taken(
        "candidate-erased", {"candidate": identifier, "erased_at": PAST}, key=f"acme/{identifier}/{identifier}".encode()
    )

    assert outcome.event.candidate == str(identifier)


@pytest.mark.parametrize("identifier", ["", "x" * 65, "a b", "a/b", "ä", "a\n", -1, 1.5, True, None, ["a"], 10**64])
def test_nothing_else_is_an_id(identifier):
    outcome = taken("candidate-erased", {"candidate": identifier, "erased_at": PAST})

    assert (outcome.code, outcome.field) == ("invalid-field", "candidate")


@pytest.mark.parametrize(
    "text", ["a < b", "a <3", "x<", "a <= b << c", "line\nline", "tab\there", "名前 ❤ é", "&amp; 5 > 4", "<<", "a<-b"]
)
def test_plain_text_is_whatever_is_no_markup(text):
    outcome = taken("job-closed", changed(BODIES["job-closed"], "reason", text))

    assert outcome.event.reason == text


@pytest.mark.parametrize(
    "text", ["<b>", "a </i>", "<!-- x", "<<b", "x\x00", "\x1b[31m", "a\x7f", "\x85", "", "x" * 601, 5, ["x"]]
)
def test_markup_and_control_characters_are_refused(text):
    outcome = taken("job-closed", changed(BODIES["job-closed"], "reason", text))

    assert (outcome.code, outcome.field) == ("invalid-field", "reason")


@pytest.mark.parametrize("name", ["two\nlines", "a\u2028b", "tab\t"])
def test_a_name_is_one_line(name):
    outcome = taken("candidate-registered", changed(BODIES["candidate-registered"], "name", name))

    assert outcome.code == "invalid-field"


@pytest.mark.parametrize(
    ("topic", "path", "value"),
    [
        ("consent-changed", "granted", "yes"),
        ("consent-changed", "granted", 1),
        ("consent-changed", "granted", None),
        ("feedback-submitted", "ratings.0.level", "0.5"),
        ("feedback-submitted", "ratings.0.level", True),
        ("feedback-submitted", "overall", "mixed"),
        ("feedback-submitted", "submitted_at", 1763461200),
        ("feedback-submitted", "submitted_at", "1763461200"),
        ("feedback-submitted", "submitted_at", "2026-11-18"),
        ("feedback-submitted", "submitted_at", "2026-11-18T11:20:00"),
        ("job-opened", "headcount", "2"),
        ("job-opened", "headcount", True),
        ("mentorship-proposed", "starts_on", 20_000),
        ("mentorship-proposed", "starts_on", "2026-12-01T00:00:00Z"),
    ],
)
def test_nothing_is_guessed_from_another_type(topic, path, value):
    outcome = taken(topic, changed(BODIES[topic], path, value))

    assert (outcome.code, outcome.field) == ("invalid-field", path)


def test_a_job_names_each_competency_once():
    twice = [{"competency": "sql", **COMPETENCY}] * 2

    assert taken("job-opened", BODIES["job-opened"] | {"competencies": twice}).code == "invalid-field"


def test_a_competency_describes_each_of_its_levels_once():
    anchors = [{"level": 3, "text": "Joins two tables."}] * 2
    twice = changed(BODIES["job-opened"], "competencies.0.anchors", anchors)

    assert taken("job-opened", twice).code == "invalid-field"


@pytest.mark.parametrize("topic", BODIES)
def test_what_the_product_page_requires_is_required_and_the_rest_is_not(topic):
    contract = BY_TOPIC[topic]
    required = {field.alias or name for name, field in contract.model_fields.items() if field.is_required()}
    least = {name: value for name, value in BODIES[topic].items() if name in required}
    if topic == "membership-reviewed":
        least["action"] = "confirm"
    if topic == "profile-corrected":
        least["corrected"] = ["language"]

    assert isinstance(taken(topic, least), Accepted)
    for name in required:
        without = {n: v for n, v in least.items() if n != name}
        assert taken(topic, without).field == name


@pytest.mark.parametrize("topic", BODIES)
def test_unknown_fields_are_ignored_named_and_never_stored(topic):
    body = BODIES[topic]
    objects = [path for path in paths(body) if isinstance(_at(body, path), dict)]
    for path in objects:
        body = changed(body, f"{path}.gender", "x")

    outcome = taken(topic, body | {"marital_status": {"deep": ["x"]}})

    assert isinstance(outcome, Accepted)
    assert len(outcome.unknown) == len({_generic(path) for path in objects}) + 1
    assert b"gender" not in outcome.body
    assert b"marital_status" not in outcome.body


def test_names_of_unknown_fields_are_harmless_and_few():
    strange = {f"x{n}": 1 for n in range(1_000)} | {"\x00\x1b[31m" + "y" * 900: 1}

    unknown = taken("candidate-erased", BODIES["candidate-erased"] | strange).unknown

    assert len(unknown) == 20
    assert unknown[0] == "??[31m" + "y" * 194


def test_unknown_fields_without_end_are_counted():
    strange = {f"x{n}": 1 for n in range(60_000)}

    assert taken("candidate-erased", BODIES["candidate-erased"] | strange).unknown == ("60000 fields",)


def _at(body, path):
    for part in path.split("."):
        body = body[int(part)] if part.isdigit() else body[part]
    return body


def _generic(path):
    return tuple("[]" if part.isdigit() else part for part in path.split("."))
