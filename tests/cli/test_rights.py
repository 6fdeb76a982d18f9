"""`talentloop export` and `talentloop erase`, on the databases of all services."""

import json

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.contracts import OrganizationConfigured, UserRegistered
from tests.candidates.sentences import NOW, amara, consented, feedback, noor, opened
from tests.programs import talentloop
from tests.stage import staged

pytestmark = pytest.mark.db

STRENGTH = {"competency": "sql", "observed": "You told Lindqvist about joins, as Ada saw."}
SAID = {"language": "en", "strengths": [STRENGTH]}


@pytest.fixture
async def rights(fresh_database, tmp_path):
    """The commands, where Amara and Noor are known everywhere, to one organisation with a legal hold of six months."""
    urls = {}
    held = OrganizationConfigured(name="Halden", legal_hold_months=6)
    ada = UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example")
    said = feedback("amara", number=3, shareable=SAID, interviewer="ada")
    facts = [held, ada, opened(), *amara(consented("amara")), *noor(), said]
    for service in (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS):
        addresses = await fresh_database(service.name)
        async with staged(addresses, service, NOW) as stage:
            await stage.deliver(*(f for f in facts if service.name in f.listens))
        urls[f"{service.name.upper()}_DATABASE_URL"] = addresses.url

    def call(*arguments):
        return talentloop(*arguments, home=tmp_path, **urls)

    return call


async def test_an_export_holds_everything_and_names_no_colleague(rights, tmp_path):
    whole = json.loads(rights("export", "amara").stdout)

    held = whole["services"]["candidates"]["facts"]
    assert {f["topic"] for f in held} >= {"candidate-registered", "consent-changed", "candidate-pooled"}
    [said] = [f["body"] for f in held if f["fact"] == "amara-su27-f3"]
    assert said["interviewer"].startswith("colleague ")
    assert said["shareable"]["strengths"][0]["observed"] == (
        f"You told {said['interviewer']} about joins, as {said['interviewer']} saw."
    )
    assert "Lindqvist" not in json.dumps(whole)
    assert "noor" not in json.dumps(whole)
    file = tmp_path / "amara.json"
    assert rights("export", "amara", "--output", str(file)).stdout == ""
    assert (json.loads(file.read_text())["candidate"], file.stat().st_mode & 0o777) == ("amara", 0o600)
    refused = rights("export", "amara", "--output", str(tmp_path / "absent" / "amara.json"))
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1)


async def test_a_dry_run_says_what_would_go_and_until_when_it_is_held(rights):
    plan = json.loads(rights("erase", "amara", "--dry-run", "--json").stdout)
    shown = rights("erase", "amara", "--dry-run").stdout

    assert (plan["asked"], plan["ids"], plan["until"]) == (False, ["amara"], "2027-05-13T15:00:00+00:00")
    assert plan["held"]["candidates"]["feedback-submitted"] == 3
    assert plan["held"]["interviews"]["application-decided"] == 1
    assert plan["held"]["interviews"]["candidate-registered"] == 1
    assert "candidate-registered" not in plan["held"]["insights"]
    assert "A legal hold keeps it until 2027-05-13 15:00 UTC." in shown
    assert "Nothing was done: a dry run." in shown
    again = json.loads(rights("erase", "amara", "--dry-run", "--json").stdout)
    assert again == plan


async def test_asking_restricts_at_once(rights):
    unanswered = rights("erase", "amara")
    untouched = json.loads(rights("export", "amara").stdout)["services"]["candidates"]["facts"]
    done = rights("erase", "amara", "--yes")

    assert (unanswered.returncode, "feedback-submitted" in unanswered.stdout) == (2, True)
    assert "erasure-requested" not in {f["topic"] for f in untouched}
    assert (done.returncode, "Asked for." in done.stdout) == (0, True)
    held = json.loads(rights("export", "amara").stdout)["services"]["candidates"]["facts"]
    [asked] = [f for f in held if f["topic"] == "erasure-requested"]
    assert asked["body"]["by"] == "platform"


async def test_a_stranger_is_named(rights):
    for command in (("export", "zoe"), ("erase", "zoe", "--dry-run")):
        found = rights(*command)
        assert (found.returncode, found.stderr) == (1, "No service knows a candidate zoe.\n")
