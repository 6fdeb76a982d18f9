"""Facts beyond Friday: some agree to the pool, and the next job of the same family opens."""

from cli.demo import story
from cli.demo.cast import berlin
from tests.console.house import House

NEXT = f"/jobs/{story.NEXT_JOB}"


async def agree(house: House, *people: str) -> None:
    """These people say yes to the talent pool."""
    answer = {
        "granted": True,
        "given_at": berlin(13, 16, 15).isoformat(),
        "text_version": "1",
        "language": "en",
        "how": "form",
    }
    for person in people:
        await house.ask("candidates", "PUT", f"/candidates/{person}/consents/talent_pool", json=answer)
    await house.settle()


async def open_next_job(house: House) -> None:
    """It asks for SQL, as the one before."""
    await house.move(berlin(23, 12))
    await house.publish(story.next_opening())
