"""Pages behind links speak the language of whoever opens them."""

import pytest

from services.notifications.api.links import pages
from services.notifications.domain.survey import STATEMENTS
from shared.web.links import Links
from shared.web.translation import LANGUAGES
from tests.notifications.facts import accepted, at, consent, halden, job, matched, profile

LINKS = Links("l" * 32)
VALUES = {
    "unsubscribe.html": [{"done": False}, {"done": True}],
    "stay.html": [{"answer": a, "home": "https://talent.example/me"} for a in (None, "interested", "not_now")],
    "new_link.html": [{"step": step} for step in ("question", "asked", "busy")],
    "answer.html": [{"answer": a, "title": t} for a in (None, "interested", "not_now") for t in ("Analyst", None)],
    "survey.html": [
        {"title": "Analyst", "typed": {}, "errors": e, "done": d}
        for e, d in (((), False), (("s1", "recommend", "text"), False), ((), True))
    ],
}


@pytest.mark.parametrize("template", VALUES)
def test_every_page_says_something_else_in_each_language(template):
    for values in VALUES[template]:
        said = {pages.show(template, language=language, organization="Halden", **values).body for language in LANGUAGES}
        assert len(said) == len(LANGUAGES)


def test_the_surveys_statements_are_those_of_its_results():
    page = pages.show(
        "survey.html", organization="Halden", title=None, typed={"s1": "4"}, errors=("s9",), done=False
    ).body.decode()

    assert all(f"<legend>{statement}</legend>" in page for statement in STATEMENTS)
    assert f"Choose how far you agree: “{STATEMENTS[8]}”" in page
    assert 'name="s1" value="4" checked' in page


@pytest.mark.db
async def test_the_candidates_language_comes_before_the_organisations(halden_stage, browser):
    await halden_stage.move_to("2026-11-23 10:05")
    await halden_stage.deliver(
        halden(language="es"), job("ws27-ae"), profile("amara", language="de-AT"), profile("noor")
    )
    await halden_stage.deliver(consent("amara", at("2026-11-17 10:00")), matched("amara"), accepted("amara"))
    links = {c: f"/unsubscribe/{LINKS.sign('unsubscribe', 'acme', c, None)}" for c in ("amara", "noor")}

    found = {candidate: await browser.client.get(address) for candidate, address in links.items()}

    assert "Keine Mails mehr von Halden?" in found["amara"].text
    assert "¿No quiere más correos de Halden?" in found["noor"].text
