"""Progress of several things at once, on stderr: bars for a person, else a line each ten seconds."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

EVERY_SECONDS = 10.0
_LOOKED_AT_SECONDS = 60.0


class Pace:
    """How fast something is worked off, seen over the last minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, now: float, left: int) -> None:
        """So much was left at this second."""
        self._seen.append((now, left))
        while len(self._seen) > 2 and now - self._seen[0][0] > _LOOKED_AT_SECONDS:
            self._seen.popleft()

    def words(self) -> str:
        """Such as `565/s, about 9 min`; `nothing moves` when nothing does, empty before it can be known."""
        (began, first), (now, left) = self._seen[0], self._seen[-1]
        if now == began or not left:
            return ""
        rate = (first - left) / (now - began)
        return f"{rate:,.0f}/s, about {_spoken(left / rate)}" if rate > 0 else "nothing moves"


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Watch:
    """What is going on, by name. Use it as a context: bars vanish at the end, lines stay."""

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console or Console(stderr=True, highlight=False, soft_wrap=True)
        self._clock = clock
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
        self._bars = Progress(
            *columns, TimeElapsedColumn(), console=self._console, transient=True, disable=not self._console.is_terminal
        )
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, str] = {}
        self._paces: dict[str, Pace] = {}
        self._totals: dict[str, int] = {}
        self._next_line = clock() + EVERY_SECONDS

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the screen."""
        self._bars.stop()

    def tell(self, name: str, left: int, words: str) -> None:
        """Of `name`, so much is left to do, in these words; its rate and end are added."""
        now = self._clock()
        pace = self._paces.setdefault(name, Pace())
        pace.note(now, left)
        self._said[name] = f"{words}, {pace.words()}".removesuffix(", ")
        self._draw(name, left)
        if now >= self._next_line:
            self._next_line = now + EVERY_SECONDS
            self._print_lines()

    def _draw(self, name: str, left: int) -> None:
        total = self._totals[name] = max(left, self._totals.get(name, 0))
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, said="")
        self._bars.update(self._tasks[name], total=total, completed=total - left, said=self._said[name])

    def _print_lines(self) -> None:
        if self._console.is_terminal:
            return
        for name, said in self._said.items():
            self._console.print(f"{name}: {said}", markup=False)


@contextmanager
def telling(first: str) -> Iterator[Callable[[str], None]]:
    """One line that says what is waited for, and changes; without a terminal each of its words on a line of its own."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    said = ""

    def tell(words: str) -> None:
        nonlocal said
        status.update(escape(words))
        if not console.is_terminal and words != said:
            console.print(words, markup=False)
        said = words

    with console.status(escape(first)) as status:
        tell(first)
        yield tell
