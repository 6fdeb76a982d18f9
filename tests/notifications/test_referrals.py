"""Referrals: a task and a mail for whoever answers for the job, and thanks to who recommended."""

import pytest

from shared.contracts import ErasureRequested, ReferralMade, UserRegistered
from tests.heard import Heard
from tests.notifications.conftest import Halden, settings_of
from tests.notifications.facts import at, ben, halden, heard, ines, job, profile

pytestmark = pytest.mark.db

MONDAY = at("2026-11-23 10:00")


def recommended(by: str = "ben", **more) -> Heard:
    event = ReferralMade(referral="zoe-ben", candidate="zoe", user=by, **{"job": "su27-data"} | more)
    return Heard(event, MONDAY, source="talentloop/candidates")


async def on_monday(stage, *facts: Heard, moved_to: str = "2026-11-23 10:01") -> None:
    await stage.move_to(moved_to)
    await stage.deliver(halden(reply_person="ines"), ines(), ben(), job(), profile("zoe"), *facts)
    await stage.move_to(moved_to)


def read(letterbox) -> dict[str, tuple[str, str]]:
    """By reader: subject and text."""
    mails = {mail["To"].addresses[0].username: mail for mail in letterbox.read()}
    return {to: (m["Subject"], m.get_body(("plain",)).get_content()) for to, m in mails.items()}


async def test_the_owner_of_the_job_gets_a_mail_and_a_task_and_who_recommends_is_thanked(halden_stage, letterbox):
    await on_monday(halden_stage, recommended(note="We built a reporting tool together."))

    found = read(letterbox)
    assert found["ines"][0] == "Ben Okafor recommends somebody for Data Analyst Intern"
    assert [word for word in ("Zoe", "reporting tool") if word in found["ines"][1] + found["ben"][1]] == []
    assert found["ben"][0] == "Thank you for your recommendation"
    assert "Ines Calder will look at it within five working days" in found["ben"][1]
    [task] = await halden_stage.fetch("SELECT * FROM tasks")
    assert (task["kind"], task["owner"], task["job"], task["due_at"]) == (
        "referral", "ines", "su27-data", at("2026-11-30 18:00"),
    )  # fmt: skip
    assert "zoe" not in found
    assert "https://" not in found["ines"][1]


async def test_where_there_is_a_console_the_mail_leads_to_the_tasks(addresses, database, letterbox):
    console = "https://console.halden.example"
    stage = Halden(database, settings_of(addresses.url, letterbox.mail.url, console_url=console))
    await on_monday(stage, recommended())
    await stage.post.close()

    assert f"Open the tasks:\r\n{console}/tasks" in read(letterbox)["ines"][1]


async def test_for_no_job_whoever_answers_for_the_organisation_looks_at_it(halden_stage, letterbox):
    await on_monday(halden_stage, recommended(job=None))

    assert read(letterbox)["ines"][0] == "Ben Okafor recommends somebody"


async def test_whoever_recommends_for_their_own_job_knows_it(halden_stage, letterbox):
    await on_monday(halden_stage, recommended(by="ines"))

    assert (letterbox.read(), await halden_stage.tasks()) == ([], [])


async def test_of_what_was_recommended_long_ago_nobody_hears(halden_stage, letterbox):
    await on_monday(halden_stage, recommended(), moved_to="2026-12-07 10:01")

    assert (letterbox.read(), await halden_stage.tasks()) == ([], [])


async def test_a_colleague_whom_nobody_knows_yet_is_written_to_once_they_are_known(halden_stage, letterbox):
    await on_monday(halden_stage, recommended(by="cora"))
    await halden_stage.move_to("2026-12-01 10:00")
    assert "cora" not in read(letterbox)

    await halden_stage.deliver(UserRegistered(user="cora", name="Cora Lind", email="cora@halden.example"))
    await halden_stage.move_to("2026-12-01 10:01")

    assert read(letterbox)["cora"][0] == "Thank you for your recommendation"


async def test_about_whoever_asked_to_be_forgotten_nobody_is_written_to(halden_stage, letterbox):
    gone = heard(ErasureRequested(candidate="zoe", requested_at=at("2026-11-20 10:00"), by="platform"))

    await on_monday(halden_stage, gone, recommended())

    assert (letterbox.read(), await halden_stage.tasks()) == ([], [])
