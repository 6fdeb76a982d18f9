"""Progress where no terminal is: a line each ten seconds, with what is left, how fast, and until when."""

from io import StringIO

from rich.console import Console

from cli.catching_up import WorkLeft
from cli.progress import Pace, Watch


def test_a_line_each_ten_seconds_says_what_is_left_how_fast_and_until_when():
    seconds, out = iter(range(1000)), StringIO()

    with Watch(Console(file=out, soft_wrap=True), lambda: next(seconds)) as watch:
        for left in range(35_000, 0, -1_000):
            watch.tell("candidates", left, WorkLeft(left, 0).words())

    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0] == "candidates: 26,000 records to read, 1,000/s, about 26 s"


def test_what_does_not_move_or_is_done_is_said():
    pace = Pace()
    pace.note(0, 600)
    assert pace.words() == ""
    pace.note(10, 600)
    assert pace.words() == "nothing moves"
    pace.note(20, 590)
    assert pace.words() == "0/s, about 20 min"
    assert WorkLeft(0, 3).words() == "everything read, 3 people and jobs to derive"
