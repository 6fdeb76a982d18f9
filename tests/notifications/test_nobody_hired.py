"""Rule 3: a job that ended without a hire is told so, and what each person would be told is read before deciding."""

import pytest

from cli.sample_letters import CLOSING_REASON, values_of
from services.notifications.domain.letters import Variant
from services.notifications.letters.rendering import write
from shared.web.translation import LANGUAGES
from tests.notifications.facts import applied, closed, completed, decided, halden, job, profile
from tests.notifications.sentences import hunted, judged

NOBODY = {
    "en": ("We hired nobody for this opening.", "we hired nobody for it"),
    "de": ("Wir haben für diese Stelle niemanden eingestellt.", "Wir haben niemanden eingestellt"),
    "fr": ("Nous n’avons embauché personne pour ce poste.", "nous n’avons embauché personne"),
    "es": ("No hemos contratado a nadie para este puesto.", "no hemos contratado a nadie"),
}
SAYING = {Variant.FULL: 0, Variant.SHORT: 0, Variant.WHAT_HAPPENS_NEXT: 1, Variant.HOLDING_NOTE: 1}
REASONS = [
    {"reason": "budget", "texts": [{"language": code, "text": text} for code, text in CLOSING_REASON.items()]},
    {"reason": "young", "texts": [{"language": "en", "text": "Our young team has no seat left."}]},
]


def words_of(variant: Variant, language: str, *, hired_nobody: bool) -> str:
    values = values_of(language) | {"hired_nobody": hired_nobody}
    return " ".join(block.text for block in write(variant, language, organization="Halden", **values).blocks)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", Variant)
def test_letters_that_answer_or_put_off_say_it_with_its_reason_and_no_other_letter_does(variant, language):
    said = words_of(variant, language, hired_nobody=True)
    unsaid = words_of(variant, language, hired_nobody=False)

    if variant in SAYING:
        assert NOBODY[language][SAYING[variant]] in said
        assert CLOSING_REASON[language] in said
    else:
        assert said == unsaid
    assert not any(words in unsaid for words in NOBODY[language])


@pytest.mark.db
@pytest.mark.parametrize(
    ("ending", "says"),
    [
        (
            {"told_reason": "budget"},
            "We hired nobody for this opening. The budget for it was withdrawn. This also ends",
        ),
        ({"told_reason": "young"}, "We hired nobody for this opening. This also ends your application."),
        ({"told_reason": "unknown"}, "We hired nobody for this opening. This also ends your application."),
        ({"outcome": "hired", "told_reason": "budget"}, "We have decided not to take your application further."),
    ],
)
async def test_the_answer_says_how_the_job_ended(halden_stage, letterbox, ending, says):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(
        halden(closing_reasons=REASONS), job(), profile("amara"), applied("amara"), decided("amara"), closed(**ending)
    )

    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = letterbox.read()
    assert says in " ".join(mail.get_body(("plain",)).get_content().split())


@pytest.mark.db
async def test_before_anybody_decides_a_recruiter_reads_what_each_person_would_be_told(halden_stage, browser):
    await halden_stage.move_to("2026-11-13 16:05")
    undecided = [f for f in judged("amara") if f.event.topic != "application-decided"]
    noor = [profile("noor", language="de"), applied("noor"), completed("noor")]
    gone = [profile("priya"), applied("priya"), decided("priya", "withdrawn")]
    facts = [*hunted()[1:], *undecided, *noor, *gone, closed(told_reason="budget")]
    await halden_stage.deliver(halden("approve", closing_reasons=REASONS), *facts)

    foreseen = (await browser.get("/jobs/su27-data/answers")).json()

    amara, of_noor = foreseen["items"]
    assert (foreseen["count"], foreseen["mode"], foreseen["hired_nobody"]) == (2, "approve", True)
    assert foreseen["answers"] == {"decision_full": 1, "decision_short": 1}
    assert [i["competency"] for i in amara["draft"]["strengths"]] == ["sql", "talk"]
    assert (amara["draft"]["concerns"], amara["closing_reason"]) == ([], "The budget for it was withdrawn.")
    assert (of_noor["language"], of_noor["draft"]) == ("de", None)
    assert of_noor["closing_reason"] == "Das Budget dafür wurde gestrichen."
    assert await halden_stage.letters(kind="decision") == {"decision/priya-1/1": "waiting"}


@pytest.mark.db
async def test_what_was_foreseen_is_what_then_waits(halden_stage, browser):
    await halden_stage.move_to("2026-11-13 16:05")
    people = [f for name in ("amara", "noor") for f in judged(name)]
    await halden_stage.deliver(*hunted(), *(f for f in people if f.event.topic != "application-decided"))
    foreseen = (await browser.get("/jobs/su27-data/answers?limit=1")).json()
    rest = (await browser.get(f"/jobs/su27-data/answers?limit=1&cursor={foreseen['cursor']}")).json()

    await halden_stage.deliver(*(f for f in people if f.event.topic == "application-decided"))

    items = [*foreseen["items"], *rest["items"]]
    assert [one["application"] for one in items] == ["amara-1", "noor-1"]
    for one in items:
        waiting = await halden_stage.letter("decision", one["application"])
        drafted = (await browser.get(f"/letters/{waiting['letter']}")).json()["draft"]
        assert (waiting["variant"], drafted) == (one["answer"], one["draft"])
