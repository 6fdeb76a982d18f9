"""The mail server as a child process of a stack."""

import mailbox
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from local import children
from local.ports import claim_port


class LocalMailServer:
    """The mail server of one home; letters lie in `folder`, a maildir."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.folder = self.home / "mail"
        self.log = children.log_of(self.home, "mail")
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where letters are handed in."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Prepare, launch and wait. From the main thread."""
        self.prepare()
        self.launch()
        self.wait()

    def prepare(self) -> None:
        """Choose the port."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = claim_port(self.home, "mail")

    def launch(self) -> None:
        """Start the server; it is not answering yet."""
        command = [sys.executable, "-m", "local.mail", "--port", str(self.port), "--maildir", str(self.folder)]
        self.process = children.launch(self.home, "mail", command)

    def wait(self, seconds: float = 20) -> None:
        """Return when the server greets. Raises CannotStart."""
        if self.process is not None:
            children.wait_until(self._greets, self.process, self.log, seconds=seconds)

    def stop(self) -> None:
        """Stop in order."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGTERM, seconds=5)

    def _greets(self) -> bool:
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), timeout=1)) as connection:
                return connection.recv(4) == b"220 "
        except OSError:
            return False


def read_letters(folder: Path) -> list[bytes]:
    """Every letter in this maildir, in the order of arrival."""
    box = mailbox.Maildir(folder, create=False)
    return [box.get_bytes(key) for key in sorted(box.keys(), key=_arrival)]


def _arrival(key: str) -> list[int]:
    """Seconds, microseconds and process of a maildir's key: the numbers in it have no leading zeros."""
    return [int(number) for number in re.findall(r"\d+", key)[:3]]
