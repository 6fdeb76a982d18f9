"""What a command found: as JSON for scripts, else drawn for whoever reads the screen."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

WIDE = 140  # columns where nobody looks: a file or another program must not get broken words


def show(found: Any, draw: Callable[[], RenderableType], *, as_json: bool) -> None:
    """Print what was found; rows that are named tuples become objects, instants are written as ISO 8601."""
    if as_json:
        print(json.dumps(_plain(found), default=datetime.isoformat))
    else:
        console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=WIDE)
        console.print(draw())


def _plain(found: Any) -> Any:
    if hasattr(found, "_asdict"):
        return _plain(found._asdict())
    if isinstance(found, dict):
        return {name: _plain(value) for name, value in found.items()}
    return [_plain(one) for one in found] if isinstance(found, (list, tuple)) else found
