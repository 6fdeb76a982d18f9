"""What one feedback costs each service: at a low rate it is a batch alone, and each statement is a round trip."""

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from tests.candidates.sentences import NOW, amara, consented, feedback, opened, the_next_job
from tests.interleaving import statements_for
from tests.notifications.facts import halden
from tests.stage import staged

pytestmark = pytest.mark.db


MOST = [(INTERVIEWS, 7), (CANDIDATES, 26), (NOTIFICATIONS, 12), (INSIGHTS, 9)]


@pytest.mark.parametrize(("service", "most"), MOST, ids=[service.name for service, _ in MOST])
async def test_a_feedback_on_somebody_decided_pooled_and_proposed(service, most, fresh_database, record_property):
    async with staged(await fresh_database(service.name), service, NOW) as stage:
        await stage.deliver(halden("shadow"), opened(), the_next_job(), *amara(consented("amara")))

        cost = await statements_for(stage, feedback("amara", number=3))

    record_property(f"statements for a feedback, {service.name}", cost)
    assert cost <= most
