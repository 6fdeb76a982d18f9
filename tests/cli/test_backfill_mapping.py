"""A mapping says exactly what it means, or is refused with the place of the mistake."""

from pathlib import Path

import pytest

from cli.backfill.mapping import load_mapping
from cli.errors import UserMistake
from tests.cli.backfill_files import a_mapping

EXAMPLE = Path(__file__).parents[2] / "examples" / "backfill" / "interview-attendance.toml"


def refusal(**changes: object) -> str:
    with pytest.raises(UserMistake) as refused:
        a_mapping(**changes)
    assert refused.value.exit_code == 2
    return str(refused.value)


def test_a_good_mapping_is_taken_with_its_defaults():
    mapping = a_mapping()

    assert mapping.ids.interview == "{application_id}-{day}"
    assert mapping.when.minutes == 60
    assert mapping.source == "/talentloop/backfill"


@pytest.mark.parametrize(
    ("changes", "place", "word"),
    [
        ({"colums": {"date": "When"}}, "colums", "Extra inputs"),
        ({"job__titel": "{position}"}, "job.titel", "Extra inputs"),
        ({"candidate__name": "{nickname}"}, "candidate.name", "'nickname'"),
        ({"ids__job": "{client}-{city}"}, "ids.job", "'city'"),
        ({"ids__job": "{client}-{job_id}"}, "ids.job", "'job_id'"),
        ({"ids__candidate": "{person.name}"}, "ids.candidate", "write {name}"),
        ({"ids__candidate": "{person!r}"}, "ids.candidate", "write {name}"),
        ({"ids__candidate": "person {person}"}, "ids.candidate", "an id holds only"),
        ({"ids__candidate": "{person"}, "ids.candidate", "expected '}'"),
        ({"when__column": "day_of_week"}, "when.column", "'day_of_week'"),
        ({"when__formats": []}, "when.formats", "at least 1"),
        ({"when__timezone": "Europe/Atlantis"}, "when.timezone", "Europe/Atlantis"),
        ({"when__minutes": 0}, "when.minutes", "greater than"),
        ({"constants": {"client": "Halden"}}, "mapping", "'client' already means"),
        ({"constants": {"day": "Monday"}}, "mapping", "'day' already means"),
        ({"words": {"city": {"Berlin": ["berlin"]}}}, "mapping", "words.city"),
        ({"attendance__missed": ["no", "YES "]}, "mapping", "'yes' cannot mean both"),
        ({"encoding": "latin-99"}, "encoding", "latin-99"),
    ],
)
def test_a_mistake_is_named_with_its_place(changes, place, word):
    message = refusal(**changes)

    assert place in message
    assert word in message


def test_every_mistake_is_told_at_once():
    message = refusal(job__titel="x", when__minutes=0)

    assert "job.titel" in message
    assert "when.minutes" in message


def test_a_file_that_is_no_toml_or_does_not_exist_is_the_users_mistake(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("[columns\n")

    with pytest.raises(UserMistake, match="is not TOML"):
        load_mapping(broken)
    with pytest.raises(UserMistake, match="cannot read the mapping"):
        load_mapping(tmp_path / "missing.toml")


def test_the_example_reads_no_protected_and_no_unneeded_column():
    mapping = load_mapping(EXAMPLE)

    headings = set(mapping.columns.values())

    assert not [heading for heading in headings if "gender" in heading.casefold() or "marital" in heading.casefold()]
    assert not [heading for heading in headings if "location" in heading.casefold()]
