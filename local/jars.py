"""The jars of Apache Kafka: pinned by hash, downloaded once for all stacks of a user.

`python -m local.jars` resolves them anew (after a change of ENDPOINT) and prints the list for `jars.lock`.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext
from jgo.parse import Endpoint

from local.errors import RegistryUnreachable
from local.files import cache_folder, locked
from local.progress import steps

VERSION = "4.3.1"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{VERSION}+org.slf4j:slf4j-simple:1.7.36"
_LOCK = Path(__file__).with_name("jars.lock")


@dataclass(frozen=True)
class Jar:
    """One pinned file of Maven Central."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name in the cache."""
        return f"{self.artifact}-{self.version}.jar"


def pinned_jars() -> list[Jar]:
    """What `jars.lock` says, in the order of the class path."""
    lines = _LOCK.read_text().splitlines()
    return [Jar(*line.replace(":", " ").split()) for line in lines if line and not line.startswith("#")]


def registry() -> str:
    """Maven Central, or the mirror named by TALENTLOOP_MAVEN_URL."""
    return os.environ.get("TALENTLOOP_MAVEN_URL") or MAVEN_CENTRAL_URL


def kafka_folder() -> Path:
    """Where the jars of exactly this lock file live in the cache."""
    return cache_folder() / f"kafka-{VERSION}-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:8]}"


def fetch_jars() -> list[Path]:
    """The jars, downloaded when they are not there yet. Of two processes at once, one downloads and one waits.

    Raises RegistryUnreachable.
    """
    folder = kafka_folder() / "jars"
    jars = pinned_jars()
    if not folder.exists():
        with locked(cache_folder() / "kafka.lock"):
            if not folder.exists():
                _download_whole(jars, folder)
    return [folder / jar.name for jar in jars]


def _download_whole(jars: list[Jar], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="download-", dir=folder.parent))
    try:
        (draft / "jars").mkdir()
        _download(jars, draft)
        (draft / "jars").rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _download(jars: list[Jar], draft: Path) -> None:
    maven = MavenContext(repo_cache=draft / "maven", remote_repos={"central": registry()}, timeout=30)
    title = f"Downloading Apache Kafka {VERSION} (45 MB, once)"
    with steps(title, len(jars)) as advance, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda jar: _download_one(maven, jar, draft / "jars", advance), jars))


def _download_one(maven: MavenContext, jar: Jar, folder: Path, advance: Callable[[], None]) -> None:
    try:
        file = Path(maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())
    except (RuntimeError, OSError) as error:  # not found; or the connection, as `requests` has it
        raise _unreachable(jar, error) from error
    if hashlib.sha256(file.read_bytes()).hexdigest() != jar.sha256:
        raise RegistryUnreachable(f"{jar.name} from {registry()} is not the file that is pinned. Is it a proxy's page?")
    file.rename(folder / jar.name)
    advance()


def _unreachable(jar: Jar, error: Exception) -> RegistryUnreachable:
    return RegistryUnreachable(
        f"Apache Kafka could not be downloaded: {jar.name} from {registry()} ({type(error).__name__}).\n"
        "Check the network or HTTPS_PROXY, or name a mirror in TALENTLOOP_MAVEN_URL, then try again. "
        "Downloads are needed once."
    )


def resolve_anew() -> list[str]:
    """The lines of a new `jars.lock`: everything ENDPOINT needs at run time."""
    with tempfile.TemporaryDirectory() as draft:
        maven = MavenContext(repo_cache=Path(draft))
        wanted = [replace(c, scope=c.scope or "compile") for c in Endpoint.parse(ENDPOINT).coordinates]
        named, needed = maven.resolver.resolve([maven.create_dependency(c) for c in wanted])
        found = [d.artifact for d in [*named, *needed] if d.scope in ("compile", "runtime")]
        return [
            f"{a.groupId}:{a.artifactId}:{a.version} {hashlib.sha256(a.resolve().read_bytes()).hexdigest()}"
            for a in found
        ]


if __name__ == "__main__":
    print("\n".join(resolve_anew()))  # noqa: T201 - the list is the output
