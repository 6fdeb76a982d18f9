"""My feedback: what an interviewer owes, and the form: drafts kept, words looked at, sent once read."""

import re

import pytest

from tests.console.forms import form_with, versions_in

pytestmark = pytest.mark.db
WORDS = {"language": "en", "overall": "yes", "level-0": "none", "strength-0": "Asked what the question was for."}
WORDS |= {"about-0": "process", "understood-0": "Had expected a test; it was a talk."}


async def owed_form(front, reader):
    page = (await reader.get("/feedback")).text
    return re.search(r'href="(/feedback\?interview=[^"]+)"', page)[1]


async def test_an_interviewer_drafts_looks_at_the_words_and_sends(front):
    async with front.reader("ben", "interviewer") as ben:
        form = await owed_form(front, ben)
        asked = (await ben.get(form)).text
        drafted = await ben.send(form, act="draft", **WORDS | {"overall": ""})
        again = (await ben.get(form)).text
        advised = await ben.send(form, act="send", **WORDS | {"strength-0": "A great culture fit."})
        checked = [(await ben.send(form, act="check", **WORDS | {"language": code})).text for code in ("en", "nl")]
        sent = await ben.send(form, act="send", **WORDS)
        corrected = (await ben.get(form)).text
        etag = re.search(r'name="etag" value="([^"]*)"', corrected)[1].replace("&#34;", '"')
        later = await ben.send(form, act="send", etag=etag, **WORDS | {"overall": "no"})
        late = await ben.send(form, act="send", etag=etag, **WORDS | {"overall": "strong_no"})

    assert "Hanna Virtanen" in asked
    assert "The draft is kept" in drafted.text
    assert WORDS["strength-0"] in again
    assert re.search(r'name="level-0" value="none" checked', again)
    assert '<option value="process" selected>' in again
    assert WORDS["understood-0"] in again
    assert "Please look again" in advised.text
    assert "Send it as it is" in advised.text
    assert ["Nothing stands out in these words" in text for text in checked] == [True, False]
    assert "We could not check these words" in checked[1]
    assert "is in." in sent.text
    assert "sent; send again to correct it" in corrected
    assert "is in." in later.text
    assert "changed elsewhere meanwhile" in late.text


async def test_two_windows_about_one_interview_see_both_versions_and_one_click_leads_on(front):
    async with front.reader("ben", "interviewer") as ben:
        form = await owed_form(front, ben)
        await ben.send(form, act="send", **WORDS)
        mine = WORDS | {"overall": "strong_no", "strength-0": "Found the slow query.", "etag": ""}
        late = (await ben.send(form, act="send", **mine)).text
        on = await ben.send(form, act="send", **mine | {"etag": form_with(late, "overall")["etag"]})

    assert versions_in(late) == {
        "Overall": ("Yes", "Strong no"),
        "SQL: What went well": (WORDS["strength-0"], "Found the slow query."),
    }
    assert re.search(r'value="strong_no" checked', late)  # what was typed is there
    assert '<button form="scorecard" name="act" value="send">' in late
    assert "is in." in on.text


async def test_what_has_to_be_mended_leads_to_its_field_and_keeps_what_was_typed(front):
    async with front.reader("ben", "interviewer") as ben:
        form = await owed_form(front, ben)
        page = await ben.send(form, act="send", **{"language": "en", "observed-0": "Guessed <b>."})

    assert page.status_code == 422
    assert 'href="#overall"' in page.text
    assert 'href="#suggestion-0"' in page.text
    assert "Guessed &lt;b&gt;." in page.text


async def test_nobody_writes_about_an_interview_that_is_not_theirs(front):
    async with front.reader("ben", "interviewer") as ben:
        form = await owed_form(front, ben)
    async with front.reader("eve", "interviewer") as eve, front.reader("ines", "recruiter") as ines:
        refused = await eve.get(form)
        sent = await eve.send(form, act="send", **WORDS)
        looked = await ines.get(form)
    async with front.reader("audit", "auditor") as audit:
        foreign = await audit.get(form)

    assert "Hanna" not in refused.text
    assert "is in." not in sent.text
    assert "You are no interviewer of this interview" in looked.text
    assert foreign.status_code == 403


async def test_feedback_away_says_so(front):
    await front.away("interviews")
    async with front.reader("ben", "interviewer") as ben:
        page = await ben.get("/feedback")

    assert "does not answer just now" in page.text
