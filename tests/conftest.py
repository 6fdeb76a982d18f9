"""Servers for tests: one real PostgreSQL and one real Kafka per run, a fresh database per test."""

import gc
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from xdist.scheduler import LoadFileScheduling

from local import children
from local.databases import Addresses
from local.kafka import Kafka
from local.postgres import Postgres
from tests import programs
from tests.databases import Databases
from tests.screens import CHROMIUM, Screens, Windows, looking, running_chromium, windows_of

E2E = "tests/e2e"
DEPLOYMENT = "tests/deployment"  # one after the other on the same machines: what comes first matters
PATIENT = "is_patient"
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30  # where files wait for no disk, and how much has to be free there
gc.set_threshold(50_000, 10, 100)  # as rarely as a service: what is made while tests are found stays until the end
hypothesis.settings.register_profile(  # how long an example takes says how busy the machine is, and nothing of us
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback  # else seconds for each


@contextmanager
def temporary_home() -> Iterator[Path]:
    """In memory, where there is room: no test cuts the power. PostgreSQL, maybe under another account, may enter it."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="talentloop-test-", dir=MEMORY if is_roomy else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder for the servers of this run."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def own_home() -> Iterator[Path]:
    """An empty home for servers that a test starts, kills and restarts."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def other_home() -> Iterator[Path]:
    """A second home beside `own_home`."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[Postgres]:
    """One PostgreSQL 18 for the run, thrown away after it: only the machine's own crash could lose anything."""
    server = Postgres(home, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def broker(home: Path) -> Iterator[Kafka]:
    """One Apache Kafka for the run, which runs while tests ask for it."""
    server = Kafka(home)
    yield server
    _end(server)


@pytest.fixture
def kafka(broker: Kafka) -> Kafka:
    """That broker, answering."""
    if broker not in _ANSWERING:
        broker.start()
        _ANSWERING.append(broker)
    return broker


_ANSWERING: list[Kafka] = []
_ASKING = pytest.StashKey[set[Path]]()  # files with a test that asks for the broker


def _end(server: Kafka) -> None:
    """Killed: an orderly end takes ten seconds to keep what nobody will read."""
    if server in _ANSWERING:
        _ANSWERING.remove(server)
        children.stop(server.process, how=signal.SIGKILL, seconds=10)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The broker ends with the last file that asks for it: at rest it still takes a twentieth of a processor."""
    if nextitem and nextitem.path != item.path and nextitem.path not in item.config.stash[_ASKING]:
        while _ANSWERING:
            _end(_ANSWERING[0])


@pytest.fixture(scope="session")
def chromium(home: Path) -> Iterator[str]:
    """The address of one Chromium for the run."""
    with running_chromium(home) as address:
        yield address


@pytest.fixture(scope="session")
async def windows(chromium: str) -> AsyncIterator[Windows]:
    """Its windows, which tests look through one after the other."""
    async with windows_of(chromium) as opened:
        yield opened


@pytest.fixture
def screens(windows: Windows) -> Callable[..., AbstractAsyncContextManager[Screens]]:
    """`async with screens(localhost=client) as shown`: what that app answers, in windows nobody has looked through."""
    return partial(looking, windows)


class Rooms(LoadFileScheduling):
    """A process tests a whole file; those that share one running stack are one file, so that it is started once.

    A patient process tests what starts whole services, and mostly waits for them; then it ends. The others leave those
    to it as long as there is anything else.
    """

    def schedule(self) -> None:
        """All tests are those that the others found: a patient process looks for few."""
        found = sorted(self.registered_collections.items(), key=lambda each: each[0].workerinput[PATIENT])
        self.registered_collections = dict(found)
        super().schedule()

    def _check_nodes_have_same_collection(self) -> bool:
        found = self.registered_collections
        self.registered_collections = {node: tests for node, tests in found.items() if not node.workerinput[PATIENT]}
        try:
            return bool(super()._check_nodes_have_same_collection())
        finally:
            self.registered_collections = found

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return E2E if file.startswith(f"{E2E}/") else file

    def _assign_work_unit(self, node: Any) -> None:
        is_patient = node.workerinput[PATIENT]
        wanted = [scope for scope in self.workqueue if _starts_services(self.config.rootpath / scope) is is_patient]
        if is_patient and not wanted:
            node.shutdown()
            return
        if wanted and any(other.workerinput[PATIENT] for other in self.nodes):
            self.workqueue.move_to_end(wanted[0], last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Who tests what, where several processes do."""
    return Rooms(config, log) if config.getoption("dist") == "loadfile" else None


@cache
def _starts_services(place: Path) -> bool:
    """Whether it is, or holds, a file of tests that do."""
    files = place.rglob("test_*.py") if place.is_dir() else [place]
    return any("mark.e2e" in file.read_text() for file in files)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of three processes or more the first is patient."""
    has_company = node.workerinput["workercount"] > 2
    node.workerinput[PATIENT] = has_company and node.config.getoption("dist") == "loadfile" and node.gateway.id == "gw0"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A patient process imports nothing else."""
    is_patient = getattr(config, "workerinput", {}).get(PATIENT)
    return True if is_patient and not _starts_services(collection_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those that start whole services first, then files with properties, pages or time of their own, then larger ones.

    So none ends alone with a long one. Those that share one running stack come together, after their neighbours, who
    would leave it idle, and so do those that ask for the broker; otherwise the order is whatever it was. Those that
    look at pages say so where there is no browser.
    """
    lookers = [item for item in items if "chromium" in getattr(item, "fixturenames", ())]
    long = {item.path for item in items if any(map(item.get_closest_marker, ("hypothesis", "timeout")))}
    long |= {item.path for item in lookers}
    tests = Counter(item.path for item in items)
    asking = config.stash[_ASKING] = {item.path for item in items if "kafka" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> tuple[int, ...]:
        is_alone = "stack" not in getattr(item, "fixturenames", ())
        starts, shares = item.get_closest_marker("e2e") is not None, item.nodeid.startswith(f"{E2E}/")
        is_apart = starts is (item.path in asking)
        is_short = item.path not in long
        about_as_many = 0 if item.nodeid.startswith(DEPLOYMENT) else -tests[item.path].bit_length()
        return not starts, not shares, shares and not is_alone, is_apart, is_short, about_as_many

    items.sort(key=place)
    if not CHROMIUM:
        for item in lookers:
            item.add_marker(pytest.mark.skip("no Chromium to look at pages with: apt install chromium libatomic1"))


def pytest_collection_finish() -> None:
    """All modules are there now: no collection looks at them again, and programs may be forked."""
    gc.freeze()
    programs.import_ahead()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests record (`record_property`): how much was tried, at the end of every run."""
    passed = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    figures = sorted(f"{name}: {value}" for report in passed for name, value in report.user_properties)
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(figure)


@pytest.fixture(scope="session")
async def databases(postgres: Postgres) -> AsyncIterator[Databases]:
    """The databases of the run's server."""
    lent = Databases(postgres)
    yield lent
    await lent.close()


@pytest.fixture
async def fresh_database(databases: Databases) -> AsyncIterator[Callable[[str], Awaitable[Addresses]]]:
    """`await fresh_database("candidates")`: a migrated, empty database of that service, until the test is over."""
    lent: list[tuple[str, Addresses]] = []

    async def lend(service: str) -> Addresses:
        lent.append((service, await databases.lend(service)))
        return lent[-1][1]

    yield lend
    for service, database in lent:
        await databases.take_back(service, database)
