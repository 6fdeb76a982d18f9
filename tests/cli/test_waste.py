"""`talentloop waste`: the same figures as over HTTP, as a table and as JSON, told apart by job, family or cycle."""

import json

import pytest

from services.candidates.main import SERVICE
from tests.candidates.sentences import NOW, an_interviewed_candidate, opened, registered
from tests.heard import Heard
from tests.programs import talentloop
from tests.stage import staged

pytestmark = pytest.mark.db


@pytest.fixture
async def waste(fresh_database, tmp_path):
    """The command, on a database where Ana was interviewed twice for data, Ben once for operations; Eve elsewhere."""
    addresses = await fresh_database("candidates")
    async with staged(addresses, SERVICE, NOW) as stage:
        await stage.deliver(
            opened(),
            opened("ops", family="operations", cycle="Winter 2027"),
            *an_interviewed_candidate("ana", "no", "no"),
            *_moved(an_interviewed_candidate("ben", "yes")),
            Heard(registered("eve"), organization="globex"),
        )

    def call(*arguments):
        return talentloop("waste", *arguments, home=tmp_path, CANDIDATES_DATABASE_URL=addresses.url)

    return call


def _moved(facts):
    """The same for the job `ops`."""
    return [type(f).model_validate_json(f.model_dump_json(by_alias=True).replace("su27", "ops")) for f in facts]


async def test_figures_by_family_are_told_to_scripts(waste):
    everything = json.loads(waste("--json", "--projected", "--organization", "acme", "--by", "family").stdout)
    counted = json.loads(waste("--json", "--organization", "acme").stdout)
    one = json.loads(waste("--json", "--projected", "--organization", "acme", "--job", "ops").stdout)

    assert [(x["name"], x["interviews"], x["wasted"]["wasted"]) for x in everything] == [
        (None, 3, 3),
        ("data", 2, 2),
        ("operations", 1, 1),
    ]
    assert everything[0]["people"] == 2
    assert everything[0]["without_feedback"] == {"of": 3, "wasted": 0, "share": 0.0}
    assert (counted[0]["open"], counted[0]["wasted"]["share"]) == (3, None)
    assert [x["interviews"] for x in one] == [1]


async def test_people_read_a_table_of_every_organisation(waste):
    answer = waste("--projected", "--by", "cycle")

    assert answer.returncode == 0
    for word in ("acme", "globex", "Summer 2027", "Winter 2027", "3 of 3 (100 %)"):
        assert word in answer.stdout


async def test_an_unknown_organisation_is_the_users_mistake(waste):
    answer = waste("--organization", "nowhere")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "nowhere" in answer.stderr
