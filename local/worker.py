"""One Talentloop service as a child process of a stack, and the local issuer beside them."""

import os
import signal
import urllib.error
import urllib.request

from local import children
from local.ports import claim_port
from local.stack import identity_settings, service_settings
from local.zygote import Zygote


class Worker:
    """The process of one service: `python -m services.NAME`, forked from one that has imported it."""

    def __init__(self, zygote: Zygote, name: str) -> None:
        self.home = zygote.home
        self.zygote = zygote
        self.name = name
        self.module = f"services.{name}"
        self.log = children.log_of(self.home, name)
        self.process: children.Running | None = None
        self.port = 0

    def prepare(self) -> None:
        """Choose the port."""
        self.port = claim_port(self.home, self.name)

    def launch(self) -> None:
        """Start the process; it is not ready yet."""
        settings = _in_our_surroundings(self._settings())
        self.process = self.zygote.fork(self.name, self.module, settings)

    def wait(self, seconds: float = 60) -> None:
        """Return when `/ready` says yes. Raises CannotStart."""
        if self.process is not None:
            children.wait_until(self._is_ready, self.process, self.log, seconds=seconds)

    def stop(self) -> None:
        """Let it finish what it does, then end."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGTERM, seconds=20)

    def _settings(self) -> dict[str, str]:
        return service_settings(self.home, self.name)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class IdentityWorker(Worker):
    """The process people sign in at: `python -m local.identity`."""

    def __init__(self, zygote: Zygote) -> None:
        super().__init__(zygote, "identity")
        self.module = "local.identity"

    def _settings(self) -> dict[str, str]:
        return identity_settings(self.home)


def _in_our_surroundings(settings: dict[str, str]) -> dict[str, str]:
    """LOG_LEVEL, TOPIC_PREFIX and the like pass through; addresses and secrets of another deployment do not."""
    kept = {name: value for name, value in os.environ.items() if not _is_elsewhere(name, settings)}
    return {**kept, **settings}


def _is_elsewhere(name: str, settings: dict[str, str]) -> bool:
    return name.startswith(("KAFKA_", "OIDC_")) or name.removesuffix("_FILE") in settings
