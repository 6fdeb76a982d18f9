"""The issuer's public keys: held, refreshed beside the callers, and read key by key from whatever the issuer sends."""

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import structlog
from joserfc.jwk import ECKey, RSAKey

from shared.web.problems import Unavailable

log = structlog.get_logger()

Key = RSAKey | ECKey

KEYS_LAST_SECONDS = 3600
UNKNOWN_KEY_PAUSE_SECONDS = 10  # strangers' key ids do not hammer the issuer
FAILURE_PAUSE_SECONDS = 5
FETCH_SECONDS = 5
UNKNOWN_KEY_WAITS_SECONDS = 2  # for a refresh, counted from its start and so once for everyone
LARGEST = 512 * 1024
MOST_KEYS = 100
_HOPS = 4
_SMALLEST_RSA = 2048  # RFC 7518, 3.3
_VERIFIES = {
    "RSA": frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
    "EC": frozenset(("ES256", "ES384", "ES512")),
}
ALGORITHMS = tuple(sorted(frozenset[str]().union(*_VERIFIES.values())))


class IssuerUnreachable(Unavailable):
    """The issuer's keys cannot be fetched, and we hold none."""

    code = "issuer-unreachable"


class KeysRefused(Exception):
    """What the issuer answers is no set of keys."""


class IssuerKeys:
    """Kept for an hour and longer while the issuer is away. Whoever is signed by a held key never waits for it."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._held: tuple[Key, ...] = ()
        self._fetched_at = self._failed_at = float("-inf")
        self._refresh: asyncio.Task[None] | None = None
        self._give_up_at = 0.0

    async def current(self, *, unknown: bool = False) -> tuple[Key, ...]:
        """The keys. With `unknown` a refresh is waited for, for a moment, unless there was just one.

        Raises IssuerUnreachable.
        """
        refresh = self._refreshed(UNKNOWN_KEY_PAUSE_SECONDS if unknown else KEYS_LAST_SECONDS)
        if refresh and not self._held:
            await asyncio.wait([refresh])
        elif refresh and unknown:
            await asyncio.wait([refresh], timeout=max(0, self._give_up_at - asyncio.get_running_loop().time()))
        if not self._held:
            raise IssuerUnreachable(
                "The issuer's keys cannot be fetched.", headers={"Retry-After": str(FAILURE_PAUSE_SECONDS)}
            )
        return self._held

    def _refreshed(self, lasts: float) -> asyncio.Task[None] | None:
        """The one refresh that runs, started when what is held is older than `lasts` and none failed just now."""
        if self._refresh and not self._refresh.done():
            return self._refresh
        now = self._clock()
        if now - self._fetched_at < lasts or now - self._failed_at < FAILURE_PAUSE_SECONDS:
            return None
        self._give_up_at = asyncio.get_running_loop().time() + UNKNOWN_KEY_WAITS_SECONDS
        self._refresh = asyncio.create_task(self._fetch(), name="issuer's keys")
        return self._refresh

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._held = usable(json.loads(await read_issuer(self._url)))
            self._fetched_at = self._clock()
        except Exception as error:  # whatever a foreign server makes libraries raise: what is held stays
            self._failed_at = self._clock()
            log.warning("issuer's keys not fetched", error=type(error).__name__)


def usable(told: object) -> tuple[Key, ...]:
    """The keys of a set that can verify a token; others are skipped (RFC 7517, 5). Raises KeysRefused for none."""
    keys = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(keys, list):
        raise KeysRefused("no set of keys")
    found = tuple(key for one in keys[:MOST_KEYS] for key in _usable(one))
    if not found:
        raise KeysRefused("no key that verifies")
    if len(found) < len(keys):
        log.warning("issuer's keys skipped", skipped=len(keys) - len(found), used=len(found))
    return found


def _usable(one: object) -> Iterator[Key]:
    """One key, by its public members alone: certificates, private halves and what we do not know stay outside."""
    if not isinstance(one, dict) or not _is_for_verifying(one):
        return
    try:
        key = _imported(one)
        size = key.public_key.key_size  # reads the numbers: a point that lies on no curve fails here
    except Exception:  # of libraries about what a stranger wrote
        return
    if isinstance(key, ECKey) or size >= _SMALLEST_RSA:
        yield key


def _is_for_verifying(one: Mapping[str, Any]) -> bool:
    """By its kind, use, operations and algorithm; null counts as left out. Never a shared secret: `oct` is no kind."""
    kind, operations, algorithm = one.get("kty"), one.get("key_ops"), one.get("alg")
    return (
        isinstance(kind, str)
        and kind in _VERIFIES
        and one.get("use") in (None, "sig")
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and (algorithm is None or algorithm in tuple(_VERIFIES[kind]))
    )


def _imported(one: Mapping[str, Any]) -> Key:
    """Raises whatever the library does."""
    optional = {name: one[name] for name in ("kid", "alg") if isinstance(one.get(name), str)}
    if one["kty"] == "RSA":
        return RSAKey.import_key({"kty": "RSA", "n": one["n"], "e": one["e"], **optional})
    return ECKey.import_key({"kty": "EC", "crv": one["crv"], "x": one["x"], "y": one["y"], **optional})


def fitting(keys: tuple[Key, ...], algorithm: object, name: object) -> tuple[Key, ...]:
    """Keys that may have signed a token: of its algorithm's kind, and of its `kid` where both name one."""
    return tuple(
        key
        for key in keys
        if algorithm in tuple(_VERIFIES[key.key_type])
        and key.alg in (None, algorithm)
        and (name is None or key.kid in (None, name))
    )


async def read_issuer(url: str) -> bytes:
    """A document of the issuer, of bounded size and never out of TLS. Raises KeysRefused and httpx's own."""
    if url.startswith("file:"):
        return await asyncio.to_thread(Path(unquote(urlsplit(url).path)).read_bytes)
    headers = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(timeout=FETCH_SECONDS, headers=headers, verify=_trusted()) as client:
        return await _download(client, httpx.URL(url))


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates count: read once, as it takes as long as the fetch itself."""
    return httpx.create_ssl_context()


async def _download(client: httpx.AsyncClient, url: httpx.URL) -> bytes:
    """What stands there, by few redirects and never from https to http. Raises KeysRefused and httpx's own."""
    for _ in range(_HOPS):
        async with client.stream("GET", url) as answer:
            if answer.next_request is None:
                answer.raise_for_status()
                return await _bounded(answer)
            if (url.scheme, answer.next_request.url.scheme) == ("https", "http"):
                raise KeysRefused("redirected out of TLS")
            url = answer.next_request.url
    raise KeysRefused("redirected too often")


async def _bounded(answer: httpx.Response) -> bytes:
    """As it came over the line: nothing is unpacked that could become larger."""
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > LARGEST:
            raise KeysRefused("too large")
    return bytes(body)
