"""A database of release 0.1.0 with all that it held: migrated, it shows what that release showed, and goes on."""

import asyncio
import gzip
import json
import subprocess
from collections.abc import AsyncIterator, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from local.databases import Addresses, copy_database, drop_database
from local.postgres import PROGRAMS, Postgres
from services.notifications.letters.shown_mail import shown_mail
from shared.contracts import BY_TOPIC, CandidateErased, key_of
from shared.kit.cloudevents import Envelope, encode
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.facts import remember_all
from shared.people.export import export
from shared.running.migrations import migrate
from shared.running.start import Service
from tests.browser import Browser, browsing
from tests.databases import Databases
from tests.heard import Heard
from tests.stage import Stage

pytestmark = pytest.mark.db

RELEASE = Path(__file__).parent / "release_0_1_0"  # its README says how it was made
SHOWN = json.loads((RELEASE / "shown.json").read_text())
SERVICES = tuple(SHOWN)  # that there were
SINCE = {"mentor"}  # kinds of letters that the release did not send: a mentor who was proposed is asked now
LATER = {"run", "why"}  # a run's id names its rules, too; that somebody confirmed a membership is a reason since


@pytest.fixture(scope="module")
def upgraded(postgres: Postgres, databases: Databases) -> Iterator[dict[str, Addresses]]:
    """By service: the release's database, migrated. To be copied."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(asyncio.run, _upgrade(postgres, databases)).result()


async def _upgrade(postgres: Postgres, databases: Databases) -> dict[str, Addresses]:
    for service in SERVICES:
        databases.template(service)  # makes its roles
    restored = [await _make_empty(postgres, service) for service in SERVICES]
    for database in restored:
        await asyncio.to_thread(_restore, database)
    await asyncio.gather(*(migrate(s, r.owner_url, s) for s, r in zip(SERVICES, restored, strict=True)))
    return dict(zip(SERVICES, restored, strict=True))


async def _make_empty(postgres: Postgres, service: str) -> Addresses:
    await drop_database(postgres, f"release_{service}")
    return await copy_database(postgres, service, "template0", f"release_{service}")


def _restore(empty: Addresses) -> None:
    """What `pg_dump` wrote, by the role that owns the schema."""
    dump = gzip.decompress((RELEASE / f"{empty.name.removeprefix('release_')}.sql.gz").read_bytes())
    command = [PROGRAMS / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", empty.owner_url]
    subprocess.run(command, input=dump, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(params=SERVICES)
async def stage(request, postgres: Postgres, upgraded: dict[str, Addresses]) -> AsyncIterator[Stage]:
    """Today's service on the release's database."""
    service = import_module(f"services.{request.param}.main").SERVICE
    copy = await copy_database(postgres, service.name, upgraded[service.name].name, f"upgraded_{service.name}")
    database = await Database.connect(copy.url, service.name)
    yield Stage(database, service.router, service.schedule)
    await database.close()
    await drop_database(postgres, copy.name)


def as_then(now: Any, then: Any, besides: Collection[str] = ()) -> Any:
    """What is shown now, of what was shown then: fields are added from release to release, and none is taken away."""
    if isinstance(then, dict):
        return {key: as_then(now[key], then[key], besides) for key in then if key not in besides}
    if isinstance(then, list):
        now = [one for one in now if not isinstance(one, dict) or one.get("kind") not in SINCE]
        assert len(now) == len(then)
        return [as_then(*both, besides) for both in zip(now, then, strict=True)]
    return now


def compared(shown: Any) -> Any:
    """Matches without whom nobody compares any more, as they did not consent; mails without their reader's links."""
    if isinstance(shown, dict) and shown.get("mail"):
        return shown | {"mail": shown_mail(shown["mail"].encode())}
    if not isinstance(shown, dict) or "items" not in shown:
        return shown
    return shown | {"items": [one for one in shown["items"] if "consent" not in one.get("blockers", ())]}


async def differs(browser: Browser, shown: dict[str, Any], besides: Collection[str] = ()) -> dict[str, Any]:
    """By address: what is not shown as it was then."""
    shown = {path: compared(then) for path, then in shown.items()}
    today = {path: compared((await browser.get(path, organization="halden")).json()) for path in shown}
    if "/jobs" in shown:  # with the newest opening first since
        today["/jobs"]["items"].sort(key=lambda job: job["job"])
    told = {path: (as_then(today[path], then, besides), as_then(then, then, besides)) for path, then in shown.items()}
    return {path: both for path, both in told.items() if both[0] != both[1]}


async def test_an_upgraded_service_shows_what_the_release_showed_also_when_it_hears_and_derives_all_again(
    stage, tmp_path
):
    shown = SHOWN[stage.database.service]
    async with browsing(service_of(stage), stage, tmp_path) as browser:
        assert await differs(browser, shown) == {}

        heard = await stage.fetch("SELECT * FROM facts")
        await stage.take([record_of(stage, fact) for fact in heard if fact["topic"] in BY_TOPIC])
        await derive_all(stage)

        assert len(heard) > 50
        assert await differs(browser, shown, LATER) == {}


async def test_what_holds_already_is_not_written_again(stage):
    await derive_all(stage)
    before = await written(stage)

    await derive_all(stage)

    assert len(before) > 50
    again = {row.table for row in await written(stage) - before}
    assert again == set(), "does the writer of this table write each column that is compared?"


class WrittenRow(NamedTuple):
    """A row that is kept, and the transaction that wrote it."""

    table: str
    place: str
    transaction: str


async def derive_all(stage: Stage) -> None:
    async with stage.database.transaction(EVERYONE) as conn:
        await remember_all(conn)
    await stage.drain.exhaust()


async def written(stage: Stage) -> set[WrittenRow]:
    """Every row of every table."""
    tables = [row["relname"] for row in await stage.fetch("SELECT relname FROM pg_stat_user_tables")]
    rows = [await stage.fetch(f"SELECT '{table}', ctid::text, xmin::text FROM {table}") for table in tables]  # noqa: S608
    return {WrittenRow(*row.values()) for found in rows for row in found}


def service_of(stage: Stage) -> Service[Any]:
    service: Service[Any] = import_module(f"services.{stage.database.service}.main").SERVICE
    return service


def record_of(stage: Stage, fact: dict[str, Any]) -> ConsumedRecord:
    """A fact as it still lies on Kafka."""
    event = BY_TOPIC[fact["topic"]].model_validate_json(fact["body"])
    told = {name: fact[name] for name in ("organization", "source", "time", "causation", "historical")}
    envelope = Envelope(id=fact["event"], type=fact["topic"], subject=fact["fact"], data=fact["body"].encode(), **told)
    return stage.log.place(fact["topic"], *encode(envelope, key_of(fact["organization"], event)))


@pytest.mark.parametrize("stage", ["candidates"], indirect=True)
async def test_whom_the_release_pooled_is_found_by_words_and_levels_it_knew_nothing_of(stage, tmp_path):
    await stage.drain.exhaust()

    async with browsing(service_of(stage), stage, tmp_path) as browser:
        found = await browser.get("/pool?text=haddad&competency=communication&level=4", organization="halden")
    assert [member["candidate"] for member in found.json()["items"]] == ["noor"]


async def test_whoever_the_release_knew_is_erased_by_its_successor(stage):
    holdings = service_of(stage).holdings
    async with stage.database.transaction("halden") as conn:
        before = await export(conn, holdings, "halden", "noor")
    [clock] = await stage.fetch("SELECT now_at FROM clock")

    await stage.deliver(Heard(CandidateErased(candidate="noor", erased_at=clock["now_at"]), clock["now_at"], "halden"))

    async with stage.database.transaction("halden") as conn:
        after = await export(conn, holdings, "halden", "noor")
    assert len(before.facts) > 5
    assert {fact.topic for fact in after.facts} == {"candidate-erased", "erasure-completed"}
    assert [table for table, rows in after.held.items() if rows] == ["people"]
