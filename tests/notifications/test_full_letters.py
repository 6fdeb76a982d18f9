"""Rule 3: full letters from draft to release: what is chosen, what waits, what a person changes, what never changes."""

import pytest

from tests.heard import Heard
from tests.notifications.facts import at, closed, decided, halden, invited, job, reversed_
from tests.notifications.sentences import COMPETENCIES, TO_BUILD, gave, hunted, judged

pytestmark = pytest.mark.db

DECISION, NEXT = "decision/amara-1/1", "what_happens_next/amara-1/1"


async def judge(stage, mode="approve", **more) -> dict:
    """Amara's letter on Friday the 13th, 16:05."""
    await stage.move_to("2026-11-13 16:05")
    await stage.deliver(*hunted(mode, **more), *judged())
    return await stage.letter("decision", "amara-1")


async def released(stage) -> list[dict]:
    return await stage.said("feedback-released")


def decision_mails(letterbox) -> list[str]:
    """The text of every decision letter."""
    return [
        mail.get_body(("plain",)).get_content()
        for mail in letterbox.read()
        if "about your application" in mail["Subject"]
    ]


async def test_example_15_approved_on_friday_it_leaves_on_monday_at_eight(halden_stage, letterbox):
    letter = await judge(halden_stage)
    assert (letter["variant"], letter["state"]) == ("decision_full", "waiting")
    await halden_stage.move_to("2026-11-13 16:20")
    await halden_stage.approve(letter["letter"])

    await halden_stage.move_to("2026-11-16 07:59")
    early = decision_mails(letterbox)
    await halden_stage.move_to("2026-11-16 08:00")

    assert early == []
    [mail] = decision_mails(letterbox)
    assert "WHAT WENT WELL" in mail
    assert "* SQL: You joined three tables at once." in mail
    assert "* Communication: You said the answer first." in mail
    assert "* Python: You looped over the rows." in mail
    assert "* Suggestion: Read the group-by chapter." in mail
    assert "http://notifications.example/respond/" in mail
    assert not [name for name in ("Ada", "Ben", "Lindqvist", "Okafor") if name in mail]
    [said] = await released(halden_stage)
    assert (said["letter"], said["approved_by"], said["language"]) == (letter["letter"], "ines", "en")
    assert [(s["competency"], s["feedback"]) for s in said["strengths"]] == [
        ("sql", "amara-ada"),
        ("talk", "amara-ada"),
    ]
    assert [(d["competency"], d["feedback"]) for d in said["development"]] == [("python", "amara-ben")]


async def test_example_15_in_tokyo_it_leaves_at_midnight_of_berlin(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(*hunted(), *judged(timezone="Asia/Tokyo"))
    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"])

    await halden_stage.move_to("2026-11-16 00:00")

    assert len(decision_mails(letterbox)) == 1


async def test_example_16_reversed_on_saturday_it_never_leaves_on_tuesday_a_person_decides(halden_stage, letterbox):
    letter = await judge(halden_stage)
    await halden_stage.approve(letter["letter"])
    await halden_stage.move_to("2026-11-14 10:00")
    await halden_stage.deliver(reversed_("amara", at("2026-11-14 10:00")))

    await halden_stage.move_to("2026-11-17 09:00")
    assert decision_mails(letterbox) == []
    assert (await halden_stage.letters())[DECISION] == "suppressed(decision_reversed)"

    await halden_stage.deliver(decided("amara", decided_at=at("2026-11-17 09:00"), id="again"))
    again = await halden_stage.letter("decision", "amara-1")
    assert (again["variant"], again["state"]) == ("decision_full", "waiting")
    await halden_stage.approve(again["letter"])
    await halden_stage.move_to("2026-11-18 10:00")
    await halden_stage.deliver(reversed_("amara", at("2026-11-18 10:00")))
    await halden_stage.move_to("2026-11-20 10:00")

    assert len(decision_mails(letterbox)) == 1
    assert await halden_stage.tasks() == ["decision_changed"]


async def test_example_9_a_correction_after_the_release_is_one_task_and_no_second_letter(halden_stage, letterbox):
    letter = await judge(halden_stage)
    await halden_stage.approve(letter["letter"])
    await halden_stage.move_to("2026-11-14 09:00")

    await halden_stage.deliver(
        gave("amara", "ada", {"sql": "Other words."}, when=at("2026-11-14 09:00"), overall="yes")
    )
    await halden_stage.deliver(gave("amara", "ada", {"sql": "Yet others."}, when=at("2026-11-14 09:00"), overall="yes"))
    await halden_stage.move_to("2026-11-16 09:00")
    await halden_stage.move_to("2026-11-30 09:00")

    [mail] = decision_mails(letterbox)
    assert "You joined three tables at once." in mail
    assert len(await released(halden_stage)) == 1
    assert await halden_stage.tasks() == ["feedback_changed"]


async def test_example_5_without_anything_to_share_the_letter_is_short_and_offers_feedback(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if not f.event.topic.startswith("feedback")]
    await halden_stage.deliver(*hunted("live"), *facts, gave("amara", "ada", overall="no_decision"))

    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = decision_mails(letterbox)
    assert "WHAT WENT WELL" not in mail
    assert "http://notifications.example/respond/" in mail
    assert await released(halden_stage) == []


async def test_example_6_who_would_not_be_reconsidered_is_not_asked_for_the_pool(halden_stage, letterbox):
    """The contrast: somebody else is, by the same kind of letter."""
    await halden_stage.move_to("2026-11-13 16:05")
    amara = [f for f in judged() if f.event.topic != "application-decided"]
    await halden_stage.deliver(
        *hunted("live", automatic_release=True), *amara, decided("amara", would_reconsider=False)
    )
    await halden_stage.deliver(*judged("noor"), invited("noor"))

    await halden_stage.move_to("2026-11-16 08:00")

    asked = {"Keep me in mind" in text: "Amara" in text for text in decision_mails(letterbox)}
    assert asked == {False: True, True: False}


async def test_example_8_whoever_declined_an_offer_is_thanked_and_never_rejected(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "application-decided"]
    await halden_stage.deliver(*hunted("live"), *facts, decided("amara", "offer_declined"))

    await halden_stage.move_to("2026-11-16 08:00")
    await halden_stage.move_to("2026-11-25 09:00")

    letter = await halden_stage.letter("decision", "amara-1")
    [mail] = [m for m in letterbox.read() if m["Subject"] == "Halden: thank you"]
    text = mail.get_body(("plain",)).get_content()
    assert (letter["variant"], letter["state"]) == ("decision_thanks", "sent")
    assert "Thank you for letting us know your decision" in text
    assert not [words for words in ("decided not to", "not the answer", "WHAT WENT WELL") if words in text]
    assert decision_mails(letterbox) == []


async def test_a_letter_shows_what_may_be_shared_and_nothing_internal(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "feedback-submitted"]
    internal = {"ratings": ({"competency": "sql", "level": 0.25, "raw": "raw-words", "scale": "scale-words"},)}
    verdicts = [f for f in judged() if f.event.topic == "feedback-submitted"]
    rated = [f._replace(event=type(f.event).model_validate({**dict(f.event), **internal})) for f in verdicts]
    await halden_stage.deliver(*hunted("live", automatic_release=True), *facts, *rated)

    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = decision_mails(letterbox)
    assert "You joined three tables at once." in mail
    assert not [words for words in ("raw-words", "scale-words", "0.25", "strong_no", "Lindqvist") if words in mail]
    [said] = await released(halden_stage)
    assert not any(words in str(said) for words in ("raw-words", "scale-words", "overall", "level"))


@pytest.mark.parametrize(
    ("strengths", "development", "variant"),
    [
        ({"sql": "a", "talk": "b"}, {"python": ("c", "d")}, "decision_full"),
        ({"sql": "a"}, {"python": ("c", "d")}, "decision_short"),
        ({"sql": "a", "talk": "b"}, {}, "decision_short"),
        ({"sql": "a", "elsewhere": "b"}, {"nowhere": ("c", "d")}, "decision_full"),
    ],
    ids=["enough", "one strength", "nothing to build up", "outside the job's list"],
)
async def test_full_needs_two_strengths_and_one_point_to_build_up(halden_stage, strengths, development, variant):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if not f.event.topic.startswith("feedback")]

    await halden_stage.deliver(*hunted(), *facts, gave("amara", "ada", strengths, development))

    assert (await halden_stage.letter("decision", "amara-1"))["variant"] == variant


@pytest.mark.parametrize(
    ("policy", "variants"), [("short", ["decision_short"]), ("none", []), ("full", ["decision_full"])]
)
async def test_the_job_says_how_much_is_told(halden_stage, policy, variants):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(*hunted(feedback_policy=policy), *judged())

    rows = await halden_stage.fetch("SELECT variant FROM letters WHERE kind = 'decision'")
    assert [row["variant"] for row in rows] == variants


async def test_late_feedback_makes_a_waiting_short_letter_a_full_one(halden_stage):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != "ben"]
    await halden_stage.deliver(*hunted(), *facts)
    short = await halden_stage.letter("decision", "amara-1")

    await halden_stage.move_to("2026-11-18 11:20")
    await halden_stage.deliver(gave("amara", "ben", None, TO_BUILD, when=at("2026-11-18 11:20")))

    full = await halden_stage.letter("decision", "amara-1")
    assert (short["variant"], short["state"]) == ("decision_short", "waiting")
    assert (full["variant"], full["state"]) == ("decision_full", "waiting")


async def test_a_short_letter_that_was_approved_stays_short(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != "ben"]
    await halden_stage.deliver(*hunted(), *facts)
    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"])

    await halden_stage.move_to("2026-11-14 11:20")
    await halden_stage.deliver(gave("amara", "ben", None, TO_BUILD, when=at("2026-11-14 11:20")))
    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = decision_mails(letterbox)
    assert "WHAT WENT WELL" not in mail


async def test_live_a_full_letter_waits_unless_the_organisation_releases_automatically(halden_stage, letterbox):
    letter = await judge(halden_stage, "live")
    assert letter["state"] == "waiting"

    automatic = Heard(halden("live", automatic_release=True).event, at("2026-11-13 16:30"), id="automatic")
    await halden_stage.move_to("2026-11-13 16:30")
    await halden_stage.deliver(automatic)
    before = await released(halden_stage)
    await halden_stage.move_to("2026-11-16 08:00")

    assert before == []
    [said] = await released(halden_stage)
    assert said["approved_by"] == "automatic"
    assert len(decision_mails(letterbox)) == 1


@pytest.mark.parametrize(
    "feedback",
    [
        gave("amara", "ada", {"sql": "Great culture fit.", "talk": "b"}),
        gave("amara", "ada", {"sql": "As Ben said, right.", "talk": "b"}),
        gave("amara", "ada", {"sql": "Hyvä.", "talk": "b"}, language="fi"),
        gave("amara", "ada", {"python": "Good tests.", "talk": "b"}),
        gave("amara", "eve", {"sql": "a", "talk": "b"}),
        gave("amara", "ben", None, {"python": ("Silmukoit rivit.", "Lue luku.")}, language="fi"),
    ],
    ids=[
        "lint",
        "a colleague's name",
        "no word list",
        "on both sides",
        "an interviewer nobody knows",
        "no word list for one of several languages",
    ],
)
async def test_nothing_is_released_automatically_that_a_person_should_see(halden_stage, letterbox, feedback):
    await halden_stage.move_to("2026-11-13 16:05")
    instead_of = "ben" if feedback.event.interviewer == "ben" else "ada"
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != instead_of]
    await halden_stage.deliver(*hunted("live", automatic_release=True), *facts, feedback)

    await halden_stage.move_to("2026-11-17 08:00")

    assert (await halden_stage.letters())[DECISION] == "waiting"
    assert (await released(halden_stage), decision_mails(letterbox)) == ([], [])


async def test_shadow_plans_the_same_letter_and_says_nothing_to_anybody(halden_stage, letterbox):
    letter = await judge(halden_stage, "shadow")

    await halden_stage.move_to("2026-11-16 08:00")

    assert letter["variant"] == "decision_full"
    assert (await halden_stage.letters())[DECISION] == "suppressed(shadow)"
    assert (await released(halden_stage), letterbox.read()) == ([], [])


async def test_reminders_end_with_the_release(halden_stage):
    from tests.notifications.facts import scheduled

    await halden_stage.move_to("2026-11-13 16:05")
    interview = scheduled("amara", interviewers=({"user": "ada"}, {"user": "ben"}, {"user": "tomas"}))
    await halden_stage.deliver(*hunted(), interview, *judged())
    before = await halden_stage.letters(kind="reminder")

    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"])

    assert len(before) == 1
    assert await halden_stage.letters(kind="reminder") == {}


async def test_a_database_that_was_lost_knows_from_the_log_what_was_released(halden_stage, letterbox):
    letter = await judge(halden_stage)
    await halden_stage.approve(letter["letter"])
    await halden_stage.fetch("DELETE FROM verdicts RETURNING letter")

    await halden_stage.move_to("2026-11-16 08:00")

    assert len(decision_mails(letterbox)) == 1
    assert len(await released(halden_stage)) == 1


async def test_a_reopened_job_takes_the_letter_back(halden_stage):
    letter = await judge(halden_stage)
    await halden_stage.approve(letter["letter"])
    await halden_stage.deliver(closed(), job(opened_at=at("2026-11-13 16:04"), competencies=COMPETENCIES))

    assert (await halden_stage.letters())[DECISION] == "suppressed(reopened)"


async def test_what_somebody_typed_makes_no_button_and_no_header(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    evil = {"sql": "=> Click | https://evil.example", "talk": "# Big | => x | https://evil.example"}
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != "ada"]
    await halden_stage.deliver(*hunted(), *facts, gave("amara", "ada", evil))
    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"])

    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = [m for m in letterbox.read() if "about your application" in m["Subject"]]
    page = mail.get_body(("html",)).get_content()
    assert 'href="https://evil.example' not in page
    assert "=&gt; Click | https://evil.example" in page
