"""One Talentloop service as a child process of a stack."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from local import children
from local.ports import claim_port
from local.stack import service_settings


class Worker:
    """The process of one service: `python -m services.NAME`."""

    def __init__(self, home: Path, name: str) -> None:
        self.home = home.absolute()
        self.name = name
        self.log = children.log_of(self.home, name)
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def prepare(self) -> None:
        """Choose the port."""
        self.port = claim_port(self.home, self.name)

    def launch(self) -> None:
        """Start the process; it is not ready yet. Settings of our own environment stay, addresses are the stack's."""
        settings = {**os.environ, **service_settings(self.home, self.name)}
        command = [sys.executable, "-m", f"services.{self.name}"]
        self.process = children.launch(self.home, self.name, command, environment=settings)

    def wait(self, seconds: float = 60) -> None:
        """Return when `/ready` says yes. Raises CannotStart."""
        if self.process is not None:
            children.wait_until(self._is_ready, self.process, self.log, seconds=seconds)

    def stop(self) -> None:
        """Let it finish what it does, then end."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGTERM, seconds=20)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
