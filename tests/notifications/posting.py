"""A post in a process of its own, to be killed: `python -m tests.notifications.posting DATABASE_URL SMTP_URL`."""

import asyncio
import sys

from services.notifications.post.running import Post
from services.notifications.settings import NotificationsSettings
from shared.kit.db import Database
from tests.notifications.conftest import Halden, settings_of


def in_a_burst(database_url: str, smtp_url: str, **more: str) -> NotificationsSettings:
    """At any pace."""
    return settings_of(database_url, smtp_url, mails_per_minute=0, mails_per_minute_and_domain=0, **more)


async def main(database_url: str, smtp_url: str) -> None:
    settings = in_a_burst(database_url, smtp_url)
    stage = Halden(await Database.connect(database_url, "notifications"), settings)
    await Post(stage.runtime, settings).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
