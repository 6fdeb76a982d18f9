"""Progress that a person sees on stderr; a script's stdout stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def steps(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar of `total` steps; call what it yields after each. Without a terminal: one line."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(what, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """A spinner while something takes its time. Without a terminal: one line."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(what, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        bar.add_task(what, total=None)
        yield
