"""Letters: released at once or one by one, rewritten with the lint beside, taken back while they are here."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest

from cli.demo.story import FIRST_JOB
from services.console.api.undoing import NAMED
from services.console.sql.acts import save_act
from services.notifications.domain.letters import Variant
from shared.kit.db import EVERYONE
from tests.console.forms import form_with, versions_in
from tests.console.words import said

pytestmark = pytest.mark.db

LIST = f"/letters?job={FIRST_JOB}"


def letter_of(page: str, name: str) -> str:
    """The address of somebody's letter."""
    return re.findall(rf'href="(/letters/[^"]+)"[^>]*>{name}<', page)[0].replace("&amp;", "&")


async def states(front, kind: str = "decision") -> dict[str, str]:
    """Whose letters stand how, by the service itself."""
    listed = await front.house.ask("notifications", "GET", f"/letters?kind={kind}&job={FIRST_JOB}&limit=100")
    return {one["candidate"]: one["state"] for one in listed["items"]}


def test_every_letter_has_a_name():
    letters = set(Variant) - {Variant.DIGEST}  # which is of nobody
    named = {variant: said("letterwords.html", "variant", variant, language="de") for variant in letters}

    assert [variant for variant, name in named.items() if name == variant] == [], (
        "letterwords.html knows no word for it"
    )


async def test_all_but_lukas_are_released_and_two_are_taken_back(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(LIST)).text
        released = (
            await ines.send(LIST, act="release-all", expected="7", etag=form_with(page, "expected")["etag"])
        ).text
        back = {
            name: letter_of(page, name).partition("?")[0].rpartition("/")[2] for name in ("Amara Nwosu", "Mei Tanaka")
        }
        taken = (await ines.send(LIST, act="take-back", id=list(back.values()))).text

    assert "7 letters are released." in released
    assert "1 is left: it has to be looked at alone." in released
    assert "2 letters are taken back and wait again." in taken
    found = await states(front)
    assert {who for who, state in found.items() if state == "waiting"} == {"amara", "mei", "lukas"}


async def test_what_is_released_can_be_taken_back_for_ten_minutes_at_least(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(LIST)).text
        await ines.send(LIST, act="release-all", expected="7", etag=form_with(page, "expected")["etag"])
    letters = (await front.house.ask("notifications", "GET", f"/letters?job={FIRST_JOB}&limit=100"))["items"]

    assert min(one["due_at"] for one in letters if one["due_at"]) >= "2026-11-13T15:30"  # it is 15:20


async def test_more_than_a_form_can_name_are_taken_back_by_whoever_released_them(front):
    async with front.reader("ines", "recruiter") as ines, front.reader("head", "recruiter") as head:
        page = (await ines.get(LIST)).text
        await ines.send(LIST, act="release-all", expected="7", etag=form_with(page, "expected")["etag"])
        listed = await front.house.ask("notifications", "GET", f"/letters?kind=decision&job={FIRST_JOB}&limit=100")
        released = [one["letter"] for one in listed["items"] if one["state"] == "planned"]
        async with front.database.transaction(EVERYONE) as conn:
            await save_act(conn, UUID(int=1), "halden", "ines", released, datetime.now(UTC))
        others = (await head.send(LIST, act="take-back", of=str(UUID(int=1)))).text
        taken = (await ines.send(LIST, act="take-back", of=str(UUID(int=1)))).text

    assert "Choose at least one letter first." in others
    assert "7 letters are taken back and wait again." in taken
    assert 'name="number" value="7"' in taken


@pytest.mark.parametrize(("number", "named", "acts"), [(200, 200, 0), (201, 0, 1)])
def test_a_form_names_two_hundred_and_an_act_names_more(number, named, acts):
    form = said("components.html", "things", range(number), "an-act" if number > NAMED else "")

    assert (form.count('name="id"'), form.count('name="of"')) == (named, acts)


async def test_a_letter_is_rewritten_with_the_lint_beside_it(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        shown = (await ines.get(address)).text
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        checked = (
            await ines.send(
                address, **form | {"act": "check", "observed-0": "A team of young people is what he needs."}
            )
        ).text
        unread = (await ines.send(address, **form | {"act": "check", "language-0": "nl", "observed-0": "Gezien."})).text
        kept = await ines.send(
            address, **form | {"act": "save-release", "observed-0": "The daily revenue query was right the first time."}
        )

    assert "<mark>culture fit</mark>" in shown
    assert "From Ben Okafor" in shown
    assert "A team of young people is what he needs." in checked
    assert "<mark>" in checked
    assert "We could not check these words" in unread
    assert "Nothing was found" not in unread
    assert kept.status_code == 200
    assert (await states(front))["lukas"] in ("planned", "ready")


async def test_what_is_written_in_another_language_than_its_mail_is_marked(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        before = (await ines.get(address)).text
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        german = {"language-0": "de", "observed-0": "Die Abfrage nach dem Umsatz war gleich richtig."}
        after = (await ines.send(address, **form | {"act": "save"} | german)).text

    assert '<span class="tag">German</span>' not in before
    assert after.count('<span class="tag">German</span>') == 2  # among the points, and in the mail as it would leave


async def test_what_a_colleague_wrote_as_it_was_saved_does_not_leave_unseen(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        front.overtake("/draft", b"The daily query", b"The nightly query")
        kept = (
            await ines.send(address, **form | {"act": "save-release", "observed-0": "The daily query was right."})
        ).text

    assert "The nightly query was right." in kept
    assert (await states(front))["lukas"] == "waiting"


def to_choose(page: str) -> dict[str, str]:
    """What the list sends for each letter that can be chosen, by whom it is to."""
    return {name: value for value, name in re.findall(r'name="id" value="([^"]+)">.{0,40}?>Select ([^<]+)<', page)}


async def test_a_letter_chosen_in_the_list_leaves_as_it_was_shown_or_not_at_all(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(LIST)).text
        address = letter_of(page, "Amara Nwosu")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        await ines.send(address, **form | {"act": "save", "observed-0": "The daily query was right."})
        all_of_then = form_with(page, "expected")["etag"]
        shown = to_choose((await ines.get(LIST)).text)
        front.overtake("/draft", b"The daily query", b"The nightly query")
        chosen = [shown["Amara Nwosu"], shown["Mei Tanaka"]]
        at_once = (await ines.send(LIST, act="release", id=chosen)).text
        a_moment_later = (await ines.send(LIST, act="release", id=chosen[:1])).text
        everybody = (await ines.send(LIST, act="release-all", expected="7", etag=all_of_then)).text
        unseen = [
            (await ines.send(LIST, act="release-all", expected="7")).text,
            (await ines.send(LIST, act="release", id=[chosen[0].partition("@")[0]])).text,
            (await ines.send(address, act="release")).text,
        ]
        before = await states(front)
        after = (await ines.send(LIST, act="release", id=[to_choose(everybody)["Amara Nwosu"]])).text

    assert "1 letter is released." in at_once
    assert "1 says something else than you were shown: read it again, then release it." in at_once
    assert "0 letters are released." in a_moment_later
    assert "The letters changed since you looked" in everybody
    assert "The letters changed since you looked" in unseen[0]
    assert "0 letters are released." in unseen[1]
    assert "The letter changed since you looked" in unseen[2]
    assert (before["amara"], before["mei"]) == ("waiting", "planned")
    assert "1 letter is released." in after


async def test_what_is_released_again_is_what_was_taken_back(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(LIST)).text
        amara = letter_of(page, "Amara Nwosu")
        draft = form_with((await ines.get(amara + "&edit=true")).text, "observed-0") | {"act": "save"}
        await ines.send(LIST, act="release", id=list(to_choose(page).values()))
        back = (await ines.send(LIST, act="take-back", id=[to_choose(page)["Mei Tanaka"].partition("@")[0]])).text
        await ines.send(amara, act="take-back")
        strip = form_with((await ines.send(amara, act="take-back")).text, "number")
        await ines.send(amara, **draft | {"observed-0": "The daily query was right.", "etag": ""})
        changed = (await ines.send(amara, **strip)).text
        again = (await ines.send(LIST, **form_with(back, "number"))).text

    assert "The letter changed since you looked" in changed
    assert "1 letter is released." in again
    found = await states(front)
    assert (found["amara"], found["mei"]) == ("waiting", "planned")


async def test_words_are_looked_at_while_they_are_written_and_silence_is_no_page(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        before = len(front.asked)
        found = await ines.send("/lint", **form | {"field": "observed-0", "observed-0": "Ben says: a culture fit."})
        asked = [one.url.path for one in front.asked[before:]]
        good = await ines.send("/lint", **form | {"field": "observed-0", "observed-0": "The query was right."})
        wrong = await ines.send("/lint", **form | {"field": "../etc"})
        await front.away("notifications")
        away = await ines.send("/lint", **form | {"field": "observed-0"})

    assert "<mark>culture fit</mark>" in found.text
    assert "<mark>Ben</mark>" in found.text  # who saw the candidate is not named
    assert '<ul class="advice">' in found.text
    assert "<html" not in found.text
    assert asked == ["/lint"]
    assert (good.status_code, good.text.strip()) == (200, "")
    assert [(one.status_code, one.text) for one in (wrong, away)] == [(204, ""), (204, "")]


async def test_what_somebody_else_changed_meanwhile_is_shown_beside_what_was_written(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        await ines.send(address, **form | {"act": "save", "observed-0": "The revenue query was right."})
        late = (await ines.send(address, **form | {"act": "save", "observed-0": "Your query was right at once."})).text

    assert "Your query was right at once." in late
    assert '<button form="rewriting" name="act" value="save">' in late
    assert "What stands there now:" in late
    assert "The revenue query was right." in late


async def test_who_refuses_a_letter_that_somebody_else_released_sees_both_and_keeps_the_reason(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Amara Nwosu")
        shown = form_with((await ines.get(address)).text, "etag")
        await ines.send(address, act="release", etag=shown["etag"])
        late = (await ines.send(address, act="refuse", etag=shown["etag"], reason="She was told by phone.")).text
        on = (await ines.send(address, **form_with(late, "reason"))).text

    assert versions_in(late) == {
        "State": ("is released and will leave", "Refuse"), "Reason": ("–", "She was told by phone."),
    }  # fmt: skip
    assert "The letter is refused: it does not leave." in on


async def test_what_was_written_of_a_letter_that_is_released_meanwhile_is_not_lost(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Amara Nwosu")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        await ines.send(address, act="release", etag=form["etag"])
        late = (await ines.send(address, **form | {"act": "save", "observed-0": "Wrote the query at once."})).text
        on = (await ines.send(address, **form_with(late, "observed-0") | {"act": "save"})).text

    assert "Wrote the query at once.</textarea>" in late
    assert "It is kept. It still waits to be released." in on


async def test_an_empty_sentence_is_named_where_it_stands(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Lukas Brandt")
        form = form_with((await ines.get(address + "&edit=true")).text, "observed-0")
        answer = await ines.send(address, **form | {"act": "save", "observed-0": " "})
        longer = (await ines.send(address, **form | {"act": "save", "observed-0": "Right. " * 200})).text

    assert answer.status_code == 422
    assert 'href="#observed-0"' in answer.text
    assert "Write a sentence, or leave the point out." in answer.text
    assert re.search(r'<a href="#observed-0">What went well</a>: is no plain text, or too long', longer)


async def test_refusing_wants_a_reason_and_can_be_taken_back(front):
    async with front.reader("ines", "recruiter") as ines:
        address = letter_of((await ines.get(LIST)).text, "Amara Nwosu")
        unsaid = (await ines.send(address, act="refuse")).text
        refused = (await ines.send(address, act="refuse", reason="She was told by phone.")).text
        back = (await ines.send(address, act="take-back")).text

    assert "Say why." in unsaid
    assert "She was told by phone." in refused
    assert "1 letter is taken back and waits again." in back


async def test_more_than_thirty_are_released_by_typing_their_number(front):
    chosen = [f"l-{n}" for n in range(31)]
    async with front.reader("ines", "recruiter") as ines:
        answer = (await ines.send(LIST, act="release", id=chosen)).text

    assert "There are 31: type this number, then do it again." in answer


async def test_what_somebody_has_to_look_at_is_never_released_with_others(front):
    async with front.reader("ines", "recruiter") as ines:
        lukas = letter_of((await ines.get(LIST)).text, "Lukas Brandt").partition("?")[0].rpartition("/")[2]
        await ines.send(LIST, act="release", id=[lukas])

    assert (await states(front))["lukas"] == "waiting"


async def test_a_hiring_manager_sees_the_letters_of_their_jobs(front):
    async with front.reader("tomas", "hiring_manager") as tomas, front.reader("nobody", "hiring_manager") as nobody:
        own, others = await tomas.get(LIST), await nobody.get(LIST)
        letter = letter_of(own.text, "Mei Tanaka")
        await tomas.send(letter, act="release", etag=form_with((await tomas.get(letter)).text, "etag")["etag"])
        leaving, none = await tomas.get("/letters?state=leaving"), await nobody.get("/letters?state=leaving")

    assert "Amara Nwosu" in own.text
    assert "Amara Nwosu" not in others.text
    assert ("Mei Tanaka" in leaving.text, "Amara Nwosu" in leaving.text) == (True, False)
    assert (none.status_code, "Mei Tanaka" in none.text) == (200, False)


async def test_letters_without_their_service_say_so(front):
    await front.away("notifications")
    async with front.reader("ines", "recruiter") as ines:
        answer = await ines.get(LIST)

    assert "does not answer just now" in answer.text


async def test_no_name_is_in_an_address(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(LIST)).text
        await ines.get(letter_of(page, "Lukas Brandt"))

    addresses = " ".join(str(one.url) for one in front.asked) + " ".join(re.findall(r'(?:href|action)="([^"]*)"', page))
    assert not any(name in addresses for name in ("Lukas", "Brandt", "Amara", "Nwosu", "Tanaka"))
