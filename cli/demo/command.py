"""`talentloop demo`: starts a stack of its own, plays the story, shows what became of every interview."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer
from aiokafka.errors import KafkaError
from rich.console import Console, RenderableType

from cli.demo import figures, following, screen
from cli.demo.figures import Figures
from cli.demo.place import DemoSystem, Deployment, OwnStack
from cli.demo.play import StorySeen, play
from cli.demo.stage import staged
from cli.errors import Failed, ServerUnreachable, UserMistake
from local.claims import is_running
from local.files import write_whole
from local.stack import environment, home_folder

_ELSEWHERE = ("TOPIC_PREFIX", "PARTS")
_console = Console(stderr=True, highlight=False)


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON instead of the screen.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack running afterwards.")] = False,
    deployed: Annotated[
        bool, typer.Option("--deployed", help="Play on the deployment that the environment names; nothing is killed.")
    ] = False,
) -> None:
    """Play "Nobody was hired" on a real stack: eight applications, thirteen interviews, and what comes of them.

    Everything happens in `demo` inside TALENTLOOP_HOME, which is emptied first. Exit 1: it did not end as it should.
    """
    found = _play_deployed(as_json=as_json) if deployed else _play_here(keep=keep, as_json=as_json)
    if wrong := figures.differences(found):
        raise Failed("\n".join(("The story did not end as it should:", *wrong)))


def _play_here(*, keep: bool, as_json: bool) -> Figures:
    home = _own_home()
    with _running(home, keep=keep):
        seen = asyncio.run(_play(OwnStack(home)))
        found = figures.count(seen)
        write_whole(home / "demo.json", json.dumps(found, indent=2) + "\n")
        write_whole(home / following.REPORT, seen.report)
    _show(found, as_json, lambda: screen.draw(seen, found, following.here(home, environment(home))))
    return found


def _play_deployed(*, as_json: bool) -> Figures:
    place = Deployment()
    seen = asyncio.run(_play(place))
    found = figures.count(seen)
    _show(found, as_json, lambda: screen.draw(seen, found, following.deployed(place.public)))
    return found


async def _play(place: DemoSystem) -> StorySeen:
    try:
        async with staged(place) as stage:
            if await stage.count_facts():
                raise UserMistake(
                    "The story was played here already. Begin anew: docker compose down --volumes, then up again."
                )
            return await play(stage, _tell)
    except (KafkaError, httpx.HTTPError, OSError) as error:
        raise ServerUnreachable(
            f"A server of the demo does not answer ({type(error).__name__}: {error}). {place.logs}"
        ) from error


def _show(found: Figures, as_json: bool, draw: Callable[[], RenderableType]) -> None:
    if as_json:
        print(json.dumps(found))
    else:
        _wide(Console(highlight=False)).print(draw())


def _own_home() -> Path:
    """A folder of the demo's own; every command that is run in here means this one."""
    home = home_folder() / "demo"
    for name in _ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["TALENTLOOP_HOME"] = str(home)
    return home


@contextmanager
def _running(home: Path, *, keep: bool) -> Iterator[None]:
    """An empty stack, stopped at the end whatever happens, unless it is to be kept."""
    from cli import stack  # not part of an installation without the local stack

    if is_running(home):
        stack.down()
    shutil.rmtree(home, ignore_errors=True)
    signal.signal(signal.SIGTERM, _interrupt)
    finished = False
    try:
        stack.up(detach=True)
        yield
        finished = True
    finally:
        if not (keep and finished) and is_running(home):
            stack.down()


def _interrupt(*_: object) -> None:
    """A polite kill cleans up as Ctrl-C does."""
    raise KeyboardInterrupt


def _tell(line: str) -> None:
    _console.print(line, style="dim")


def _wide(console: Console) -> Console:
    console.width = max(screen.NARROW, min(screen.WIDE, console.width))
    return console
