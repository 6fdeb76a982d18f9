"""Hostile clients on real sockets: nothing that never ends is waited for, and who may not come in sends no body."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest
import uvicorn

from shared.running import connections
from shared.running.connections import HttpConnection
from shared.web import middleware, request_body
from tests.kit.http.small import app_of, link

A_MEBIBYTE = "Content-Length: 1048576\r\nContent-Type: application/json"


def put(*headers: str, path: str = "/jobs/j1", method: str = "PUT") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


@pytest.fixture
async def port(client) -> AsyncIterator[int]:
    """The small service, listening."""
    config = uvicorn.Config(app_of(client), http=HttpConnection, lifespan="off", log_config=None)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    yield listening.getsockname()[1]
    server.should_exit = server.force_exit = True
    await serving
    listening.close()


@pytest.fixture
async def opened(port: int) -> AsyncIterator[Callable[[bytes], Awaitable[asyncio.StreamReader]]]:
    """`await opened(bytes)`: a connection on which these were sent, and that stays open."""
    writers: list[asyncio.StreamWriter] = []

    async def connect(sent: bytes = b"") -> asyncio.StreamReader:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
        writer.write(sent)
        return reader

    yield connect
    for writer in writers:
        writer.close()


def signed_in(ines: dict[str, str]) -> str:
    return f"Authorization: {ines['Authorization']}"


async def test_nobody_sends_a_body_without_having_signed_in(opened):
    for request in (
        put(A_MEBIBYTE),
        put("Transfer-Encoding: chunked", "Content-Type: application/json"),
        put(A_MEBIBYTE, "Authorization: Bearer x"),
    ):
        assert (await (await opened(request + b"1\r\n{")).readline()).split()[1] == b"401"


async def test_a_link_that_nobody_signed_takes_no_body(opened):
    forged = await opened(put(A_MEBIBYTE, method="POST", path="/answer/forged") + b"{")

    assert (await forged.readline()).split()[1] == b"404"


async def test_a_body_that_does_not_end_is_given_up(opened, ines, monkeypatch):
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.2)

    by_token = await opened(put(A_MEBIBYTE, signed_in(ines)) + b"{")
    form = ("Content-Length: 9", "Content-Type: application/x-www-form-urlencoded")
    by_link = await opened(put(*form, method="POST", path=link()) + b"k")

    for reader in (by_token, by_link):
        answered = await reader.read()
        assert answered.startswith(b"HTTP/1.1 408")
        assert b'"code": "request-timeout"' in answered


@pytest.mark.parametrize("sent", [b"", b"PUT /jobs/j1 HTT", b"PUT /jobs/j1 HTTP/1.1\r\nHost: x\r\n"])
async def test_headers_that_do_not_end_are_given_up(opened, monkeypatch, sent):
    monkeypatch.setattr(connections, "HEADERS_SECONDS", 0.2)

    assert await (await opened(sent)).read() == b""


async def test_headers_that_grow_for_ever_are_refused(port):
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /live HTTP/1.1\r\n")
    sent = 0

    with suppress(ConnectionError):
        while sent < 100:
            writer.write(b"X: " + b"x" * 50_000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)
            sent += 1

    assert sent < 100
    writer.close()


async def test_connections_that_ask_nothing_make_room(opened, monkeypatch):
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 5)
    idle = [await opened(b"GET /live HT") for _ in range(20)]

    answered = await (await opened(put(method="GET", path="/live"))).readline()

    assert answered.split()[1] == b"200"
    assert [await reader.read() for reader in idle[:15]] == [b""] * 15


async def test_health_is_answered_however_much_is_asked_at_once(opened, ines, monkeypatch):
    monkeypatch.setattr(middleware, "MOST_AT_ONCE", 2)
    waiting = [await opened(put(A_MEBIBYTE, signed_in(ines)) + b"{") for _ in range(2)]
    assert (await (await opened(put(method="GET", path="/live"))).readline()).split()[1] == b"200"

    refused = await (await opened(put(A_MEBIBYTE, signed_in(ines)))).read()

    assert refused.startswith(b"HTTP/1.1 503")
    assert b'"code": "busy"' in refused
    assert len(waiting) == 2


async def test_bodies_in_memory_have_a_limit_together(opened, ines, monkeypatch):
    monkeypatch.setattr(request_body, "MOST_HELD", 100_000)
    large = put(A_MEBIBYTE, signed_in(ines)) + b" " * 60_000
    both = [asyncio.create_task((await opened(large)).read()) for _ in range(2)]

    (refused,), (held,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    small = await opened(
        put("Content-Length: 14", "Content-Type: application/json", signed_in(ines)) + b'{"title": "x"}'
    )

    assert b'"code": "busy"' in await refused
    assert (await small.readline()).split()[1] == b"200"
    assert not held.done()
    held.cancel()
