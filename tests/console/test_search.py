"""Search: by name, address or title, and no name stands in any address or line of a log."""

import pytest

pytestmark = pytest.mark.db


async def test_people_and_jobs_are_found_and_no_address_or_log_holds_a_name(front, capsys):
    async with front.reader("ines", "recruiter") as ines:
        named = await ines.send("/search", text="amara nw")
        addressed = await ines.send("/search", text="amara@mail.example")
        titled = await ines.send("/search", text="analyst intern")
        nobody = await ines.send("/search", text="Zyzzyva")
        empty = await ines.get("/search")
        for address in ("/jobs/su27-data", "/pool", "/people/amara"):
            await ines.get(address)
    out, err = capsys.readouterr()
    written = "\n".join([*(str(one.url) for one in front.asked), out, err]).casefold()

    assert 'href="/people/amara"' in named.text
    assert 'href="/people/amara"' in addressed.text
    assert 'href="/jobs/su27-data"' in titled.text
    assert "Nobody is called so." in nobody.text
    assert 'action="/search"' in empty.text
    assert "request" in written
    for name in ("nwosu", "amara nw", "amara%20nw", "amara+nw", "mail.example", "zyzzyva", "lukas brandt"):
        assert name not in written


async def test_who_manages_other_jobs_finds_nobody_and_interviewers_do_not_search(front):
    async with front.reader("mia", "hiring_manager") as mia, front.reader("ada", "interviewer") as ada:
        found = (await mia.send("/search", text="amara")).text
        refused = await ada.send("/search", text="amara")
        home = (await ada.get("/")).text

    assert "Nobody is called so." in found
    assert refused.status_code == 403
    assert 'class="seek"' not in home


async def test_an_id_of_anything_leads_to_its_page_and_a_telephone_number_is_none(front):
    house = front.house
    letters = (await house.ask("notifications", "GET", "/letters?job=su27-data&kind=decision"))["items"]
    letter = next(one["letter"] for one in letters if one["candidate"] == "mei")
    talk = {
        "candidate": "mei", "application": "a-mei-su27-data", "job": "su27-data", "interviewers": [{"user": "ada"}],
        "starts_at": "2026-11-16T10:00:00Z", "ends_at": "2026-11-16T11:00:00Z",
    }  # fmt: skip
    await house.ask("interviews", "PUT", "/interviews/i-7", json=talk)
    of_mei = "/jobs/su27-data?application=a-mei-su27-data"
    pages = {
        "su27-data": "/jobs/su27-data", "a-mei-su27-data": of_mei, "i-7": of_mei,
        letter: f"/letters/{letter}", "017123456789": None, "no-such-1": None,
    }  # fmt: skip
    async with front.reader("ines", "recruiter") as ines, front.reader("cora", "coordinator") as cora:
        led = {text: (await ines.send("/search", text=text)).headers.get("location") for text in pages}
        beside = (await cora.send("/search", text=letter)).headers.get("location")

    assert led == pages
    assert beside == "/people/mei"
    assert not any("017123456789" in str(one.url) for one in front.asked)
