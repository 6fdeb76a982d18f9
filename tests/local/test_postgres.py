"""PostgreSQL on this machine: durable, recovers, survives what is left behind by a crash."""

import asyncio
import os
import socket

import asyncpg
import psutil
import pytest

from local.ports import remembered_ports
from local.postgres import Postgres
from tests.conftest import temporary_home

pytestmark = pytest.mark.db


def ask(server: Postgres, statement: str) -> object:
    async def once() -> object:
        conn = await asyncpg.connect(server.url())
        try:
            return await conn.fetchval(statement)
        finally:
            await conn.close()

    return asyncio.run(once())


@pytest.fixture(scope="module")
def home():
    """One data folder for the tests here: making one costs more than a start."""
    with temporary_home() as folder:
        yield folder


@pytest.fixture
def server(home):
    one = Postgres(home)
    one.start()
    yield one
    one.stop()


def test_it_is_postgresql_18_with_fsync(server):
    version, fsync = ask(server, "SHOW server_version"), ask(server, "SHOW fsync")

    assert str(version).startswith("18.")
    assert fsync == "on"


def test_what_was_committed_survives_kill_9(server):
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")

    server.process.kill()
    server.process.wait()
    server.launch()
    server.wait()

    assert ask(server, "SELECT answer FROM kept") == 42


def test_a_restart_keeps_the_port_and_the_passwords(server):
    url = server.url()
    server.stop()

    again = Postgres(server.home)
    again.start()

    assert again.url() == url
    again.stop()


def test_a_port_taken_meanwhile_is_exchanged(server):
    server.stop()
    with socket.create_server(("127.0.0.1", server.port)):
        again = Postgres(server.home)
        again.start()

    assert again.port != server.port
    assert remembered_ports(server.home)["postgres"] == again.port
    again.stop()


def test_a_stale_pid_file_with_a_foreign_number_does_not_stop_the_start(server):
    server.process.kill()
    server.process.wait()
    lock = server.folder / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    server.launch()
    server.wait()

    assert ask(server, "SELECT 1") == 1


def test_a_half_made_data_folder_is_made_again(own_home):
    (own_home / "postgres-new-half").mkdir()
    one = Postgres(own_home)

    one.start()

    assert ask(one, "SELECT 1") == 1
    one.stop()


def test_no_process_stays_after_the_stop(server):
    family = [server.process, *psutil.Process(server.process.pid).children(recursive=True)]

    server.stop()

    assert [p.pid for p in family if psutil.pid_exists(p.pid)] == []


def test_any_folder_name_will_do(own_home):
    odd = Postgres(own_home / "Zoë's home, with spaces")

    odd.start()

    assert ask(odd, "SELECT 1") == 1
    odd.stop()
