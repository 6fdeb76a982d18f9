"""What people correct of their own profile stays as they say it, whatever is registered of them later (rule 11)."""

from datetime import datetime, timedelta

import pytest

from services.candidates.api.own_data import TypedData
from services.candidates.domain.corrections import CorrectedPerson, RegisteredProfile, correction, own_words, said_again
from shared.contracts import CandidateRegistered, OwnField, ProfileCorrected
from tests.candidates.sentences import NOW, registered
from tests.candidates.test_own_page import link
from tests.heard import Heard

STANDS = {"name": "Noor Hadad", "preferred_name": None, "language": "en", "timezone": None}
WANTED = {"name": "Noor Haddad", "preferred_name": "Noor", "language": "de", "timezone": "Asia/Tokyo"}


def profile(said_at: datetime = NOW, candidate: str = "noor", **given) -> RegisteredProfile:
    body = {"candidate": candidate, "name": "Noor Hadad", "email": "noor@mail.example"} | given
    return RegisteredProfile(said_at, CandidateRegistered.model_validate(body))


def corrected(at: datetime = NOW, **own) -> ProfileCorrected:
    return ProfileCorrected(candidate="noor", corrected=tuple(OwnField(f) for f in own), corrected_at=at, **own)


def test_only_what_they_changed_is_theirs_and_stays_so_as_they_change_more():
    first = correction("noor", STANDS, [], STANDS | {"language": "de"}, NOW)
    second = correction("noor", STANDS | {"language": "de"}, [first], STANDS | {"language": None}, NOW)
    third = correction("noor", STANDS | {"language": None}, [second], STANDS | {"language": None, "name": "Noor"}, NOW)

    assert (first.corrected, first.language) == (("language",), "de")
    assert (second.corrected, second.language) == (("language",), None)
    assert own_words([third]) == {"name": "Noor", "language": None}
    assert correction("noor", STANDS, [first], STANDS, NOW) is None


def test_each_profile_that_says_otherwise_is_said_again_because_of_the_later_of_both():
    before, after = profile(NOW - timedelta(days=1)), profile(NOW + timedelta(days=1), "noor-2", phone="+49 30 1")
    agrees = profile(NOW + timedelta(days=2), "noor-3", name="Noor Haddad")

    sayings = said_again(CorrectedPerson("acme", [before, after, agrees], [corrected(name="Noor Haddad")]))

    assert [(s.event.candidate, s.event.name, s.cause.topic) for s in sayings] == [
        ("noor", "Noor Haddad", "profile-corrected"),
        ("noor-2", "Noor Haddad", "candidate-registered"),
    ]
    assert sayings[1].event.phone == "+49 30 1"


@pytest.mark.db
async def test_they_read_and_correct_what_is_registered_and_no_platform_undoes_it(browser, stage):
    await stage.deliver(registered("noor", name="Noor Hadad", language="en", email="noor@mail.example"))
    form = (await browser.client.get(f"{link('noor')}/data")).text

    kept = await browser.client.post(f"{link('noor')}/data", data=WANTED)
    again = await browser.client.post(f"{link('noor')}/data", data=WANTED)
    ahead = NOW + timedelta(minutes=9)  # a platform's clock may be ahead of ours
    nightly = registered("noor", name="Noor Hadad", language="en", email="noor@work.example", phone="+49 30 1")
    await stage.deliver(Heard(nightly, ahead, id="nightly"))
    known = (await browser.get("/candidates/noor")).json()
    page = (await browser.client.get(link("noor"))).text

    assert 'name="name" maxlength="200" autocomplete="name" required value="Noor Hadad"' in form
    assert ('name="was_name" value="Noor Hadad"' in form, 'name="was_timezone" value=""' in form) == (True, True)
    assert (kept.status_code, again.status_code) == (303, 303)
    assert kept.headers["location"].endswith("?kept=true#data")
    assert {field: known[field] for field in WANTED} == WANTED
    assert (known["email"], known["phone"]) == ("noor@work.example", "+49 30 1")
    said = await stage.fetch("SELECT topic FROM outbox ORDER BY topic")
    assert [row["topic"] for row in said] == ["candidate-registered"] * 2 + ["profile-corrected"]
    assert "Asia/Tokyo" in page
    assert "Deutsch" in page


@pytest.mark.db
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_order_in_which_both_are_heard_does_not_matter(browser, stage, order):
    facts = [
        Heard(registered("noor", name="Noor Hadad", country="DE"), NOW, id="nightly"),
        Heard(corrected(NOW - timedelta(days=9), name="Noor Haddad"), NOW - timedelta(days=9), id="own"),
    ]

    for position in order:
        await stage.deliver(facts[position])

    known = (await browser.get("/candidates/noor")).json()
    assert (known["name"], known["country"]) == ("Noor Haddad", "DE")


def test_a_form_that_was_open_while_a_platform_said_more_keeps_only_what_they_changed():
    shown = {f"was_{field}": value or "" for field, value in STANDS.items()}
    sent = TypedData(**shown, name="Noor Haddad", language="en")
    stands = STANDS | {"language": "fr", "timezone": "Asia/Tokyo", "preferred_name": " Noor"}

    assert sent.over(stands) == stands | {"name": "Noor Haddad"}
    assert TypedData(**WANTED).over(stands) == WANTED


@pytest.mark.db
@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "<b>Noor</b>"}, {"timezone": "Mars/Olympus"}])
async def test_what_cannot_be_kept_is_shown_again_and_changes_nothing(browser, stage, wrong):
    await stage.deliver(registered("noor", name="Noor Hadad"))

    answer = await browser.client.post(f"{link('noor')}/data", data=WANTED | wrong)

    [field] = wrong
    assert (answer.status_code, 'role="alert"' in answer.text, f'id="{field}"' in answer.text) == (422, True, True)
    assert 'value="Noor" aria' in answer.text
    assert await stage.fetch("SELECT 1 FROM outbox") == []
