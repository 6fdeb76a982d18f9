"""Commands that cost ask first, `--yes` answers, and where nobody can answer nothing is done."""

from io import StringIO

import asyncpg
import pytest

from cli.asking import confirm
from cli.errors import Failed, UserMistake
from tests.programs import talentloop

pytestmark = pytest.mark.db

JOBS = "INSERT INTO people (organization, candidate) VALUES ('acme', 'amara')"
PARKED = """
    INSERT INTO dead_letters (topic, partition, "offset", value, headers, appended_at, code, detail, first_at, last_at)
    VALUES ('job-opened', 0, 1, 'x', '[]', now(), 'not-json', 'x', now(), now()),
           ('job-opened', 0, 2, 'x', '[]', now(), 'wrong-key', 'x', now(), now())
"""


def answering(text, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(text))


def test_yes_goes_on_no_and_silence_do_not(monkeypatch):
    confirm("All of it.", yes=True)
    answering("y\n", monkeypatch)
    confirm("All of it.", yes=False)

    answering("n\n", monkeypatch)
    with pytest.raises(Failed, match="Nothing was done"):
        confirm("All of it.", yes=False)
    answering("", monkeypatch)
    with pytest.raises(UserMistake, match="say --yes"):
        confirm("All of it.", yes=False)


@pytest.fixture
async def candidates(fresh_database, tmp_path):
    """The command line on a candidates database of its own, with two records parked and one person known."""
    url = (await fresh_database("candidates")).url
    raw = await asyncpg.connect(url)
    await raw.execute("SELECT set_config('app.organizations', '*', false)")
    await raw.execute(JOBS)
    await raw.execute(PARKED)
    await raw.close()
    return lambda *arguments: talentloop(*arguments, home=tmp_path, CANDIDATES_DATABASE_URL=url)


async def test_discarding_many_asks_and_single_ones_do_not(candidates):
    asked = candidates("dead-letters", "discard", "candidates", "--all")
    one = candidates("dead-letters", "discard", "candidates", "1")
    told = candidates("dead-letters", "discard", "candidates", "--code", "wrong-key", "--yes")

    assert (asked.returncode, "2 records of candidates" in asked.stderr) == (2, True)
    assert one.stdout == told.stdout == "1 records are now discarded.\n"
    assert candidates("dead-letters", "list", "candidates").stdout == "Nothing is parked in candidates.\n"


async def test_a_mistyped_reason_or_topic_is_a_mistake_not_zero_records(candidates):
    for arguments in (("redrive", "candidates", "--code", "not-jsn"), ("list", "candidates", "--topic", "job-open")):
        answer = candidates("dead-letters", *arguments)
        assert (answer.returncode, "are:" in answer.stderr) == (2, True)
    assert candidates("dead-letters", "redrive", "candidates", "--code", "too-large").stdout.startswith("0 records")


async def test_rebuilding_asks_and_does_nothing_unanswered(candidates):
    asked = candidates("rebuild", "candidates")
    told = candidates("rebuild", "candidates", "--no-wait", "--yes")

    assert (asked.returncode, asked.stdout) == (2, "")
    assert "1 people and jobs" in asked.stderr
    assert told.stdout == "1 people and jobs will be derived again.\n"
