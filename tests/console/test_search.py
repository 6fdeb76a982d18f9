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
