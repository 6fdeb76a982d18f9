"""Connections: how long one may take to say what it wants, how much it may say of it, and how many there are."""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_SECONDS = 10
LARGEST_HEADERS = 64 * 1024  # and what the first piece of them brings
MOST_CONNECTIONS = 800  # below the 1,024 open files that a process often has


class HttpConnection(HttpToolsProtocol):
    """uvicorn's, with an end to waiting. Whoever waits longest without a request makes room for whoever comes.

    uvicorn's own `limit_concurrency` counts what is idle too, and then answers nobody, health checks among them.
    """

    _waiting: TimerHandle | None = None
    _is_in_headers = False
    _header_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to headers that do not end."""
        was_in_headers = self._is_in_headers
        super().data_received(data)
        if was_in_headers and self._is_in_headers and not self.transport.is_closing():
            self._header_bytes += len(data)
            if self._header_bytes > LARGEST_HEADERS:
                self.send_400_response("The headers are too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_in_headers, self._header_bytes = True, 0

    def on_headers_complete(self) -> None:
        """Somebody wants something."""
        self._is_in_headers = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, and for what is left of this one: nobody reads it any more."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self._wait()

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(HEADERS_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _make_room(self) -> None:
        waiting = [c for c in self.connections if isinstance(c, HttpConnection) and c._waiting and c is not self]
        if waiting:
            min(waiting, key=lambda c: c._waiting.when() if c._waiting else 0).transport.close()
