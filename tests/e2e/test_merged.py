"""Two ids turn out to be one person: what one of them took back holds for both, in every service, until they part."""

import pytest

from shared.contracts import CandidateMerged, CandidateRegistered, ConsentChanged
from tests.e2e.week import FRIDAY, MAILS, Week
from tests.e2e.world import World
from tests.heard import Heard

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]

INVITATION = "amara: Halden: Working Student Analytics may fit you"


def withdrawn_elsewhere(week: Week) -> list[Heard]:
    """Amara is also known as `amara-2`, who said no two hours after her yes."""
    at = week.at(FRIDAY, 20)
    text = {"purpose": "talent_pool", "text_version": "1", "language": "en", "how": "link"}
    no = {"candidate": "amara-2", "granted": False, "given_at": at, **text}
    facts = [CandidateRegistered(candidate="amara-2", name="Amara"), ConsentChanged.model_validate(no)]
    return [Heard(fact, at, week.organization, id=f"amara-2-{n}") for n, fact in enumerate(facts)]


def merged(week: Week, *others: str, hour: int) -> Heard:
    at = week.at(FRIDAY, hour)
    return Heard(CandidateMerged(surviving="amara", merged=others, merged_at=at), at, week.organization, id=f"m-{hour}")


async def test_example_32_a_withdrawal_of_one_id_ends_pool_and_mail_of_both(world: World) -> None:
    _, week = await world.begin()
    await world.accept(week)
    await world.say([*withdrawn_elsewhere(week), merged(week, "amara-2", hour=19)])

    await world.stage.move(week.next_monday)
    await world.release(week)
    await world.stage.move(week.next_monday)

    [left] = (await world.ask(week, "candidates", "GET", "/pool?status=left&tier=silver_medalist"))["items"]
    assert (left["candidate"], left["reason"]) == ("amara", "consent_withdrawn")
    assert world.mails(week) == [mail for mail in MAILS if mail != INVITATION]

    await world.say([merged(week, hour=20)])
    await world.stage.settle()
    await world.stage.move(week.next_monday)

    [member] = (await world.ask(week, "candidates", "GET", "/pool?status=active"))["items"]
    assert member["candidate"] == "amara"
    assert world.mails(week) == MAILS
