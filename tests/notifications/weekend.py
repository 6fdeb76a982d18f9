"""The Friday on which Amara is decided about, whose letters leave on Monday."""

from tests.notifications.facts import (
    applied,
    decided,
    halden,
    ines,
    job,
    profile,
)

DECISION = "decision/amara-1/1"


POOL = "pool_invitation/data"


async def a_decided_application(stage, mode: str = "live", candidate: str = "amara", **more) -> None:
    await stage.move_to("2026-11-13 16:05")
    person = profile(candidate, **{k: v for k, v in more.items() if k == "timezone"})
    await stage.deliver(halden(mode), ines(), job(), person, applied(candidate), decided(candidate))
