"""The lint in the feedback form: while typing with script, on sending without it; it never stands in the way."""

import re

import pytest

from tests.interviews.test_form import APPLICATION, GIVEN, JOB, SCHEDULE, link

pytestmark = pytest.mark.db

WRITTEN = "Great culture fit; our young team would suit him. Ada saw it too."


@pytest.fixture
async def form(browser):
    """The browser, once the interview and the colleagues are known."""
    people = {"ben": "Ben Okafor", "ada": "Ada Lindqvist"}
    for user, name in people.items():
        await browser.put(f"/users/{user}", {"name": name, "email": f"{user}@halden.example"}, "coordinator")
    job = JOB | {"team": [{"user": "ada", "role": "recruiter"}]}
    for path, body in (("/jobs/su27", job), ("/applications/a1", APPLICATION), ("/interviews/i1", SCHEDULE)):
        assert (await browser.put(path, body, "coordinator")).status_code == 201
    return browser


async def test_without_script_the_advice_comes_on_sending_and_nothing_typed_is_lost(form, stage):
    shown = await form.client.post(link(), data=GIVEN | {"strength-0": WRITTEN})

    assert shown.status_code == 200
    assert "“culture fit”" in shown.text
    assert "“our young team”" in shown.text
    assert "“Ada”: Leave other people" in shown.text
    assert WRITTEN in shown.text
    assert "Read about list comprehensions." in shown.text
    assert await stage.said("feedback-submitted") == []


async def test_it_may_be_sent_as_it_is_by_whoever_has_read_the_advice(form, stage):
    shown = await form.client.post(link(), data=GIVEN | {"strength-0": WRITTEN})
    [seen] = re.findall(r'name="seen" value="(\w+)"', shown.text)

    other = await form.client.post(link(), data=GIVEN | {"strength-0": "You are too young.", "seen": seen})
    sent = await form.client.post(link(), data=GIVEN | {"strength-0": WRITTEN, "seen": seen})

    assert "Not sent yet" in other.text
    assert "Your feedback is in" in sent.text
    [said] = await stage.said("feedback-submitted")
    assert said["shareable"]["strengths"][0]["observed"] == WRITTEN


async def test_once_changed_it_is_sent_without_another_question(form, stage):
    shown = await form.client.post(link(), data=GIVEN | {"strength-0": WRITTEN})
    [seen] = re.findall(r'name="seen" value="(\w+)"', shown.text)

    sent = await form.client.post(link(), data=GIVEN | {"seen": seen})

    assert "Your feedback is in" in sent.text
    assert len(await stage.said("feedback-submitted")) == 1


async def test_advice_while_typing_is_by_field_and_keeps_nothing(form, stage):
    body = {"language": "en", "texts": {"strength-0": WRITTEN, "observed-1": "Wrote loops."}}

    advised = await form.client.post(f"{link()}/lint", json=body)

    assert advised.status_code == 200
    assert list(advised.json()["advice"]) == ["strength-0"]
    assert len(advised.json()["advice"]["strength-0"]) == 3
    assert await stage.said("feedback-submitted") == []
    assert (await form.client.post("/feedback-form/nonsense/lint", json=body)).status_code == 404
    assert (await form.client.post(f"{link()}/lint", json={"language": "en"})).status_code == 422
