"""News: written with the lint beside it, published once, corrected by whoever read what stands."""

import pytest

from tests.console.forms import form_with

pytestmark = pytest.mark.db

NOTE = {
    "title": "Our warehouse is new",
    "text": "We keep our figures by columns now.",
    "about": "team",
    "language": "en",
}


async def test_a_note_is_looked_at_published_and_corrected(front):
    async with front.reader("ines", "recruiter") as ines:
        checked = await ines.send("/news", **NOTE | {"act": "check", "text": "Our young team is a great culture fit."})
        unread = await ines.send("/news", **NOTE | {"act": "check", "language": "nl"})
        refused = await ines.send("/news", **NOTE | {"act": "publish", "text": "Ask Ada Lindqvist about it."})
        form = form_with((await ines.get("/news")).text, "etag")
        for _ in range(2):
            done = await ines.send(
                "/news", **form | NOTE | {"act": "publish", "families": "Data, legal", "answers-team": "on"}
            )
        [note] = (await front.house.ask("notifications", "GET", "/news"))["items"]
        correcting = form_with((await ines.get(f"/news?news={note['news']}")).text, "etag")
        mended = await ines.send("/news", **NOTE | correcting | {"act": "publish", "tell_until": "2027-06-30"})
        late = await ines.send("/news", **NOTE | correcting | {"act": "publish", "title": "Columns"})

    assert "Please look again" in checked.text
    assert "We could not check these words" in unread.text
    assert (refused.status_code, "name" in refused.text) == (422, True)
    assert "It stood so already." in done.text
    assert (note["families"], note["by"], note["tell_until"]) == (["Data", "legal"], "ines", None)
    assert (note["answers"], correcting.get("answers-team")) == (["team"], "on")
    assert "Corrected. Whoever was told is not told again." in mended.text
    assert (late.status_code, "Somebody changed this in the meantime" in late.text) == (422, True)
    assert "2027-06-30" in late.text
