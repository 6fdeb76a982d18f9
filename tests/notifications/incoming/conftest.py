"""Somebody was invited, and her mailbox may answer."""

import pytest

from tests.notifications.facts import (
    applied,
    at,
    decided,
    halden,
    ines,
    invited,
    job,
    profile,
    told_by_platform,
)
from tests.notifications.incoming.mails import listening


@pytest.fixture
async def port(halden_stage, addresses, letterbox):
    """Amara was invited to the pool on a Tuesday, and her mailbox may answer."""
    async with listening(halden_stage, addresses, letterbox) as port:
        await halden_stage.move(at("2027-04-05 08:00"))
        await halden_stage.deliver(
            halden(), ines(), job(), profile("amara"), applied("amara"),
            decided("amara", decided_at=at("2027-04-05 08:00"), notice=told_by_platform()),
            invited("amara", said_at=at("2027-04-05 08:00")),
        )  # fmt: skip
        await halden_stage.move_to("2027-04-06 09:00")
        yield port
    await halden_stage.post.close()
