"""`talentloop outreach`: the brake for all mail, or for one organisation's."""

import json

import pytest

from shared.kit.db import Database
from tests.programs import talentloop

pytestmark = pytest.mark.db


FACT = """
    INSERT INTO facts (organization, topic, fact, event, source, time, saved_at, historical, body)
    VALUES ('acme', 'organization-configured', 'acme', 'e', '/s', now(), now(), false, '{}')
"""


@pytest.fixture
async def outreach(fresh_database, tmp_path):
    """The command, on a notifications database of its own that knows one organisation, acme."""
    url = (await fresh_database("notifications")).url
    database = await Database.connect(url, "notifications", size=1)
    async with database.transaction("*") as conn:
        await conn.execute(FACT)
    await database.close()

    def call(*arguments):
        return talentloop("outreach", *arguments, home=tmp_path, NOTIFICATIONS_DATABASE_URL=url, USER="grace")

    return call


async def test_mail_is_held_back_until_it_is_resumed(outreach):
    before = outreach("status").stdout
    paused = outreach("pause")
    outreach("pause", "--organization", "acme")
    during = json.loads(outreach("status", "--json").stdout)
    resumed = outreach("resume")
    after = json.loads(outreach("status", "--json").stdout)

    assert before == "No mail is held back.\n"
    assert (paused.returncode, resumed.returncode) == (0, 0)
    assert [(p["organization"], p["paused_by"]) for p in during] == [("*", "grace"), ("acme", "grace")]
    assert [p["organization"] for p in after] == ["acme"]
    assert "Mail of acme is held back" in resumed.stdout


async def test_a_pause_prints_what_undoes_exactly_it_and_that_does(outreach):
    paused = outreach("pause", "--organization", "acme").stdout

    command = paused.strip().partition("To let it go: talentloop outreach ")[2].split()

    assert command == ["resume", "--organization", "acme"]
    assert outreach(*command).stdout.endswith("No mail is held back.\n")


async def test_an_organisation_nobody_knows_is_refused(outreach):
    for verb in ("pause", "resume"):
        answer = outreach(verb, "--organization", "acne")
        assert (answer.returncode, "'acne'" in answer.stderr) == (2, True)
    assert outreach("status").stdout == "No mail is held back.\n"


def test_without_a_database_it_says_which_variable_is_missing(tmp_path):
    answer = talentloop("outreach", "pause", home=tmp_path)

    assert answer.returncode == 2
    assert "NOTIFICATIONS_DATABASE_URL" in answer.stderr


async def test_a_sign_in_that_is_refused_is_said_with_what_to_look_at(fresh_database, tmp_path):
    url = (await fresh_database("notifications")).url
    stranger = url.replace("//notifications", "//nobody-we-know", 1)

    answer = talentloop("outreach", "status", home=tmp_path, NOTIFICATIONS_DATABASE_URL=stranger)

    assert answer.returncode == 3
    assert "DATABASE_PASSWORD" in answer.stderr
    assert "Traceback" not in answer.stderr
