"""The process that services are forked from: what it becomes is a child like any other."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import children
from local.errors import CannotStart
from local.zygote import Zygote
from tests.local.test_children import wait_for_the_end

TELLING = "tests.local.telling"


@pytest.fixture
def zygote(tmp_path: Path) -> Iterator[Zygote]:
    """One that has imported next to nothing."""
    one = Zygote(tmp_path, ["json"])
    yield one
    one.stop()


def test_a_fork_has_its_own_surroundings_log_and_end(zygote, tmp_path):
    forks = [zygote.fork(name, TELLING, {"SAY": f"I am {name}", "END": "3"}) for name in ("ana", "bo")]

    assert [fork.wait(10) for fork in forks] == [3, 3]
    assert [children.log_of(tmp_path, name).read_text() for name in ("ana", "bo")] == ["I am ana\n", "I am bo\n"]


def test_a_killed_fork_says_so_and_has_a_successor(zygote, tmp_path):
    first = zygote.fork("ana", TELLING, {"SAY": "", "END": "never"})
    psutil.Process(first.pid).kill()
    assert first.wait(10) == -9

    second = zygote.fork("ana", TELLING, {"SAY": "", "END": "never"})
    children.stop(second, how=children.signal.SIGTERM, seconds=10)

    assert second.returncode == -15


def test_a_killed_zygote_takes_its_forks_along_and_is_started_again(zygote):
    first = zygote.fork("ana", TELLING, {"SAY": "", "END": "never"})

    zygote.process.kill()

    assert wait_for_the_end([first.pid]) == []
    assert first.poll() == -9
    second = zygote.fork("ana", TELLING, {"SAY": "", "END": "0"})
    assert second.wait(10) == 0


def test_what_cannot_be_imported_is_refused_with_its_last_words(tmp_path):
    broken = Zygote(tmp_path, ["services.nobody"])

    with pytest.raises(CannotStart, match=r"No module named 'services\.nobody'"):
        broken.fork("ana", TELLING, {})
    broken.stop()
