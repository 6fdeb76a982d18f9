"""The post at work: loops that send, forward and listen, each of which heals by itself."""

import asyncio

from services.notifications.post.courier import Courier
from services.notifications.post.digesting import Digesting
from services.notifications.post.forwarding import Forwarding
from services.notifications.post.listening import Listener
from services.notifications.post.sandbox import Sandbox
from services.notifications.post.sending import LEASE_SECONDS, Sending
from services.notifications.post.watching import POLL_SECONDS
from services.notifications.settings import NotificationsSettings
from shared.kit.loops import Loops
from shared.running.runtime import Runtime

SENDING_LOOPS = 3  # while one of them waits for a slow server, the others go on


class Post:
    """Sends what is ready. Any number may run: letters are claimed under a lease."""

    def __init__(self, runtime: Runtime, settings: NotificationsSettings, *, lease: float = LEASE_SECONDS) -> None:
        self.courier = Courier(settings.mail_server)
        self.sending = Sending(runtime, self.courier, settings, lease)
        self.sandbox = Sandbox()
        self.digesting = Digesting(runtime, self.courier, settings)
        self.forwarding = Forwarding(runtime, self.courier, settings, self.sandbox)
        self.listener = Listener(runtime, settings, self.sandbox)
        self._loops = Loops("post")
        self._one_at_a_time = asyncio.Lock()

    @property
    def trouble(self) -> str:
        """Which of the loops fail, and on what; empty when all of them work."""
        return self._loops.trouble

    async def run(self) -> None:
        """Send for ever, and take what comes back. What is in hand at the end is ended first."""
        loops = {f"sending {n}": self.sending.send_what_may for n in range(1, SENDING_LOOPS + 1)}
        loops |= {
            "digests": self.digesting.send_some,
            "forwarding": self.forwarding.forward_some,
            "listening": self.listener.open,
        }
        try:
            async with asyncio.TaskGroup() as tasks:
                for loop, work in loops.items():
                    tasks.create_task(self._loops.keep(loop, work, rest=POLL_SECONDS))
        finally:
            await self.close()

    async def close(self) -> None:
        """Let every connection go, and the process that opens mail."""
        await self.listener.close()
        await self.courier.close()
        await self.sandbox.close()

    async def run_due(self) -> int:
        """Send everything that is ready now; how many letters were looked at."""
        done = 0
        async with self._one_at_a_time:
            while count := await self._send_once():
                done += count
        return done

    async def _send_once(self) -> int:
        handed_in = await self.sending.send_some() + await self.forwarding.forward_some()
        return handed_in + await self.digesting.send_some()
