"""Every measurement of `make bench` runs to its end, tiny, and what it compares ends alike: it would not rot unseen."""

import asyncio

import pytest

from bench import console, drain, latency, lint, pool, stored
from bench import servers as servers_module
from bench.__main__ import parser
from bench.parts import PARTS
from bench.processes import running
from bench.servers import Servers

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka]

TINY = [
    *("--rounds=1", "--candidates=3", "--seconds=1", "--rates=10", "--rows=500", "--stored=10", "--mails=5"),
    *("--letters=20", "--members=500", "--million=40", "--family=20", "--jobs=20", "--of-a-round=60"),
    "--applications=40",
]


@pytest.fixture
def servers(home, kafka, postgres):
    return Servers(home, kafka, postgres)


@pytest.mark.parametrize("part", PARTS)
async def test_a_measurement_comes_to_its_end(part, servers, monkeypatch):
    for module in (servers_module, latency, drain):
        monkeypatch.setattr(module, "PARTITIONS", 2)  # making topics is most of it
    monkeypatch.setattr(latency, "WARM_SECONDS", 0)
    monkeypatch.setattr(stored, "NEW", 2)
    monkeypatch.setattr(stored, "WARM", 1)
    monkeypatch.setattr(pool, "OURS", 3)
    monkeypatch.setattr(lint, "LONGEST", 500)
    monkeypatch.setattr(console, "PAGES", 4)
    monkeypatch.setattr(console, "WARM", 4)

    figures = await PARTS[part](servers, parser().parse_args(TINY))

    assert figures
    assert all(one["ours"] is not None for one in figures.values())


async def test_a_process_that_ends_by_itself_ends_the_measurement(servers):
    async with servers.place() as where:
        with pytest.raises(ExceptionGroup, match="unhandled") as failed:
            async with running(where, [(("bench.nothing",), {})]):
                await asyncio.sleep(60)

    assert "bench.nothing" in str(failed.value.exceptions[0])
