"""One deployment of this project on a Docker engine, made and run with the commands an operator has."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from local.databases import SERVICES
from local.ports import free_port
from tests.compose import ROOT

LONG = 600


def docker(*arguments: str, reads: str = "") -> subprocess.CompletedProcess[str]:
    """`docker ...`. Fails the test with what it said."""
    done = subprocess.run(["docker", *arguments], input=reads, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done


class Deployment:
    """A folder with this project's files, its secrets, and what Compose made of it."""

    def __init__(self, folder: Path, *overlays: str) -> None:
        self.folder = folder
        self.files = ("docker-compose.yml", *overlays)
        self.name = f"talentloop-test-{secrets.token_hex(3)}"
        self.heard = ""  # what containers said that are no more

    def prepare(self, kept: Path | None = None) -> None:
        """Copy the project as it is now, then make the secrets of a deployment to try, or take these."""
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)
        if kept:
            shutil.copytree(kept, self.folder / "secrets")
        subprocess.run(
            [sys.executable, "-m", "cli", "init-deployment", str(self.folder), "--demo"],
            check=True,
            capture_output=True,
        )
        self.set(COMPOSE_PROJECT_NAME=self.name, COMPOSE_FILE=":".join(self.files), **self._own_ports())

    def _own_ports(self) -> dict[str, str]:
        """Ports nobody else uses; a range of three for each service."""
        singles = ("KAFKA_PORT", "KAFKA_2_PORT", "KAFKA_3_PORT", "MAILDEV_PORT", "PROMETHEUS_PORT", "IDENTITY_PORT")
        start = free_port()
        names = (*SERVICES, "inbound")
        ranges = {f"{s.upper()}_PORTS": f"{start + 10 * n}-{start + 10 * n + 9}" for n, s in enumerate(names)}
        return {**{name: str(free_port()) for name in singles}, **ranges}

    def set(self, **settings: str) -> None:
        """Change settings in `.env`."""
        known = dict(line.split("=", 1) for line in (self.folder / ".env").read_text().splitlines())
        (self.folder / ".env").write_text("".join(f"{k}={v}\n" for k, v in {**known, **settings}.items()))

    def rewrite(self, secret: str, value: str) -> str:
        """Give a secret another value; what it was."""
        file = self.folder / "secrets" / secret
        before = file.read_text()
        file.chmod(0o644)
        file.write_text(value)
        return before

    @property
    def settings(self) -> dict[str, str]:
        """What stands in `.env`."""
        return dict(line.split("=", 1) for line in (self.folder / ".env").read_text().splitlines())

    @property
    def kafka_ports(self) -> list[str]:
        """Where this machine reaches each of its Kafka nodes."""
        names = ["KAFKA_PORT"]
        if "docker-compose.cluster.yml" in self.files:
            names += ["KAFKA_2_PORT", "KAFKA_3_PORT"]
        return [self.settings[name] for name in names]

    def compose(self, *arguments: str, reads: str | None = None) -> subprocess.CompletedProcess[str]:
        """`docker compose ...`, whatever comes of it."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COMPOSE_", "KAFKA_", "TALENTLOOP_"))}
        return subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.folder, env=environment, input=reads, capture_output=True, text=True, check=False, timeout=LONG,
        )  # fmt: skip

    def attempt(self, *commands: str) -> subprocess.CompletedProcess[str]:
        """Commands of the manual as they stand there, whatever comes of them."""
        script = ["bash", "-euo", "pipefail", "-c", "\n".join(commands)]
        return subprocess.run(script, cwd=self.folder, capture_output=True, text=True, check=False, timeout=LONG)

    def follow(self, *commands: str) -> str:
        """Commands of the manual as they stand there; their output. Fails the test with what they said."""
        done = self.attempt(*commands)
        assert done.returncode == 0, f"{commands}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def do(self, *arguments: str, reads: str | None = None) -> str:
        """`docker compose ...`; its output. Fails the test with what it said."""
        done = self.compose(*arguments, reads=reads)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout

    def up(self, *more: str) -> float:
        """Bring everything up and wait until it is healthy; how many seconds that took."""
        started = time.monotonic()
        self.do("up", "--detach", "--build", "--wait", *more)
        return time.monotonic() - started

    def down(self) -> None:
        """Take the containers away; what they said is remembered, volumes stay."""
        self.heard += self.logs()
        self.do("down")

    def use(self, *overlays: str) -> None:
        """Go on with these files."""
        self.files = ("docker-compose.yml", *overlays)
        self.set(COMPOSE_FILE=":".join(self.files))

    def talentloop(self, *arguments: str) -> str:
        """A command of the operator, inside."""
        return self.do("run", "--rm", "-T", "talentloop", *arguments)

    def containers(self, service: str | None = None) -> list[dict[str, Any]]:
        """What the engine knows of them, the ones that ended included."""
        ids = self.do("ps", "--all", "--quiet", *([service] if service else [])).split()
        inspected = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
        found: list[dict[str, Any]] = json.loads(inspected.stdout)
        return found

    def replace(self, service: str) -> None:
        """A new container for each replica, one after the other, as the manual says."""
        replicas = self.containers(service)
        for replica in replicas:
            subprocess.run(["docker", "stop", replica["Id"]], check=True, capture_output=True)
            subprocess.run(["docker", "rm", replica["Id"]], check=True, capture_output=True)
            scale = f"{service}={len(replicas)}"
            self.do("up", "--detach", "--wait", "--no-deps", "--no-recreate", "--scale", scale, service)

    def restart_each(self, service: str) -> None:
        """Restart each replica, one after the other."""
        for replica in self.containers(service):
            subprocess.run(["docker", "restart", replica["Id"]], check=True, capture_output=True)

    def kill(self, service: str) -> None:
        """`kill -9` of the first process of one container, as the kernel would; the engine starts it again."""
        pid = next(c["State"]["Pid"] for c in self.containers(service) if c["State"]["Running"])
        os.kill(pid, 9)

    def port(self, service: str, inside: int = 8000) -> int:
        """Where a service's first running container is reached from this machine."""
        running = next(c for c in self.containers(service) if c["State"]["Running"])
        return int(running["NetworkSettings"]["Ports"][f"{inside}/tcp"][0]["HostPort"])

    def ready(self, service: str) -> dict[str, Any]:
        """What `/ready` answers, as soon as anything does."""
        self.wait_until(lambda: bool(self._readiness(service)), f"{service} does not answer")
        return self._readiness(service)

    def wait_until_ready(self, services: Iterable[str] = SERVICES) -> None:
        """Return when each says that every part of it works."""
        for service in services:
            self.wait_until(lambda of=service: self._readiness(of).get("ready", False), f"{service} is not ready")

    def _readiness(self, service: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.get(service, "/ready"))
        except (httpx.HTTPError, ValueError, StopIteration):
            return {}
        return found

    def get(self, service: str, path: str) -> str:
        """What a service answers. Raises httpx.HTTPError."""
        return httpx.get(f"http://127.0.0.1:{self.port(service)}{path}", timeout=5).text

    def mails(self) -> list[dict[str, Any]]:
        """What the mail server caught."""
        caught: list[dict[str, Any]] = httpx.get(f"http://127.0.0.1:{self.port('maildev', 1080)}/api/email").json()
        return caught

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 240, pause: float = 1) -> None:
        """Return when it holds."""
        given_up = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < given_up, f"{what}\n{self.compose('ps', '--all').stdout}"
            time.sleep(pause)

    def wait_for_state(self, state: str, *services: str) -> None:
        """Return when the engine calls every container of these services `healthy` or `unhealthy`."""

        def holds() -> bool:
            found = [c["State"] for service in services for c in self.containers(service)]
            return all(s.get("Health", {}).get("Status") == state for s in found)

        self.wait_until(holds, f"{', '.join(services)} do not become {state}")

    def wait_for_advice(self, service: str, *words: str) -> None:
        """Return when one line of its log says what goes wrong and what to do about it."""

        def says_so() -> bool:
            return any(all(word in line for word in words) for line in self.advice(service))

        self.wait_until(says_so, f"{service} does not say {words}: {self.advice(service)[-3:]}", 120)

    def advice(self, service: str) -> list[str]:
        """What a service advised."""
        lines = [line for line in self.logs("--no-log-prefix", service).splitlines() if line.startswith("{")]
        return [one["advice"] for one in map(json.loads, lines) if one.get("advice")]

    def wait_until_healthy(self, services: Iterable[str] = ("kafka", "postgres", *SERVICES)) -> None:
        """Return when the engine calls every container of these services healthy."""
        wanted = list(services)

        def are_healthy() -> bool:
            states = [c["State"] for service in wanted for c in self.containers(service)]
            return all(s["Running"] and s.get("Health", {}).get("Status") == "healthy" for s in states)

        self.wait_until(are_healthy, f"{', '.join(wanted)} do not become healthy")

    def query(self, database: str, statement: str) -> list[str]:
        """Lines that PostgreSQL answers to its superuser."""
        psql = ["exec", "-T", "--user", "postgres", "postgres", "psql", "--no-psqlrc", "-At", "-d", database, "-c"]
        return self.do(*psql, statement).splitlines()

    def python(self, service: str, code: str) -> subprocess.CompletedProcess[str]:
        """Run a few lines inside a service's container."""
        return self.compose("exec", "-T", service, "python", "-", reads=code)

    def logs(self, *services: str) -> str:
        """Everything they said."""
        return self.do("logs", "--no-color", *services)

    def lose_volume(self, name: str) -> None:
        """A disk that died."""
        subprocess.run(["docker", "volume", "rm", f"{self.name}_{name}"], check=True, capture_output=True)

    def destroy(self) -> None:
        """Take everything away, volumes included."""
        self.compose("--profile", "*", "down", "--volumes", "--timeout", "5", "--remove-orphans")


def secrets_of(deployment: Deployment) -> Mapping[str, str]:
    """Every secret value by the name of its file; values that are no secret are left out."""
    files = [f for f in (deployment.folder / "secrets").iterdir() if f.name not in ("jwks", "smtp_url", "kafka_jaas")]
    return {file.name: value for file in files if (value := file.read_text())}


def documented(heading: str, block: int = 0) -> list[str]:
    """The lines of one block of code under a heading of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text()
    section = re.split(rf"^#+ {heading}$", text, flags=re.MULTILINE)[1]
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return textwrap.dedent(blocks[block]).splitlines()
