"""Operations: what is parked, tried again or discarded by administrators, and never a value of it."""

import re

import pytest

from cli.demo import story
from tests.heard import Heard

pytestmark = pytest.mark.db


async def park(front, count: int = 2) -> None:
    """Ben's scorecards with a level that no scale has."""
    stage = front.house.stages["interviews"]
    fact = next(f for facts in story.interviews(4) for f in facts if f.event.topic == "feedback-submitted")
    for _ in range(count):
        sound = stage.log.append(Heard(fact.event, fact.at, organization=story.ORGANIZATION, source=story.SOURCE))
        broken = re.sub(rb'"level":\s*[0-9.]+', b'"level": 7', sound.value, count=1)
        await stage.take([stage.log.place(sound.topic, sound.key, broken, sound.headers)])


async def test_parked_facts_are_tried_again_or_discarded_once_their_number_is_typed(front):
    await park(front)
    async with front.reader("root", "admin") as root:
        page = (await root.get("/operations")).text
        link = re.search(r'href="(/operations\?service=interviews&amp;code=[^"]+)"', page)[1].replace("&amp;", "&")
        code = link.rpartition("=")[2]
        records = (await root.get(link)).text
        event = re.search(r'href="(/operations\?source=[^"]+)"', records)[1].replace("&amp;", "&")
        followed = (await root.get(event)).text
        tried = await root.send("/operations", service="interviews", code=code, act="redrive")
        await front.house.stages["interviews"].clock.run_due()
        await park(front, 1)
        refused = await root.send("/operations", service="interviews", code=code, act="discard", number="7")
        standing = int(re.search(r"To discard all, type (\d+)", refused.text)[1])
        gone = await root.send("/operations", service="interviews", code=code, act="discard", number=str(standing))

    assert "ratings" in page
    assert "7" not in re.findall(r"<code>([^<]*)</code>", records)  # a field, never its value
    assert "parked" in followed
    assert "2 are tried again" in tried.text
    assert "there is no way back" in refused.text
    assert "discarded" in gone.text
    assert "ready" in page


async def test_only_administrators_operate(front):
    for role in ("recruiter", "auditor", "interviewer", "analyst"):
        async with front.reader("somebody", role) as somebody:
            read = await somebody.get("/operations")
            acted = await somebody.send("/operations", service="interviews", code="invalid", act="redrive")
        assert (read.status_code, acted.status_code) == (403, 403), role
    assert [one for one in front.asked if "dead-letters" in one.url.path] == []


async def test_a_service_that_is_away_is_not_ready_and_the_others_tell(front):
    await front.away("insights")
    async with front.reader("root", "admin") as root:
        page = await root.get("/operations")

    assert page.status_code == 200
    assert "not ready" in page.text
    assert "The part for insights does not answer just now." in page.text


async def test_a_service_that_is_not_ready_says_which_part_of_it(front):
    await front.house.stages["insights"].database.close()
    async with front.reader("root", "admin") as root:
        page = await root.get("/operations")

    assert "not ready" in page.text
    assert "database: not reached" in page.text
