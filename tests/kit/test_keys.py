"""The issuer's keys: one not understood is skipped, and an issuer that is slow, broken or away holds up nobody."""

import asyncio
import gzip
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from local.issuer import AUDIENCE, ISSUER
from shared.web.access import Access, NotSignedIn, TokenIdentity
from shared.web.jwks import IssuerKeys, IssuerUnreachable, KeysRefused, usable

EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
GOOD, RSA_GOOD = EC.as_dict(private=False), RSA.as_dict(private=False)
NAMED = {"kid": "odd"}
NOT_UNDERSTOOD = {
    "unknown kind": {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AAAA", **NAMED},
    "unknown curve": {"kty": "EC", "crv": "BP-256", "x": "AAAA", "y": "AAAA", "alg": "BP256R1", **NAMED},
    "unknown Edwards curve": {"kty": "OKP", "crv": "X9999", "x": "AAAA", **NAMED},
    "Edwards": {**OKPKey.generate_key("Ed25519").as_dict(private=False), **NAMED},
    "a shared secret": {**OctKey.generate_key(256).as_dict(private=True), **NAMED},
    "no kind": {"alg": "RS256", **NAMED},
    "kind of another type": {"kty": ["EC"], **NAMED},
    "too short": {"kty": "RSA", "n": "AQAB", "e": "AQAB", **NAMED},
    "weak": {**RSA_GOOD, **NAMED, "n": RSA_GOOD["n"][:171]},
    "another operation": {**GOOD, **NAMED, "key_ops": ["encrypt"]},
    "operations of another type": {**GOOD, **NAMED, "key_ops": {"verify": 1}},
    "another use": {**GOOD, **NAMED, "use": "tls"},
    "for encryption": {**RSA_GOOD, **NAMED, "use": "enc", "alg": "RSA-OAEP"},
    "another kind's algorithm": {**GOOD, **NAMED, "alg": "RS256"},
    "a member left out": {k: v for k, v in GOOD.items() if k != "y"} | NAMED,
    "null members": {**dict.fromkeys(GOOD), "kty": "EC", **NAMED},
    "a point on no curve": {**GOOD, **NAMED, "x": "AAAA", "y": "AAAA"},
    "no base64": {**RSA_GOOD, **NAMED, "n": "é!"},
    "no object": "key",
    "null": None,
    "a list": [GOOD],
}
STILL_GOOD = {
    "certificates and what else there is": {"x5t#S256": "abc", "x5c": "MIIB", "issuer": "https://x", "exp": 12345},
    "null use and algorithm": {"use": None, "alg": None, "key_ops": None},
    "verify among operations": {"key_ops": ["sign", "verify", "foo"]},
}


def signed(key: ECKey | RSAKey, alg: str = "ES256", kid: object = "ec-1", **claims: object) -> str:
    header = {"alg": alg, **({} if kid is None else {"kid": kid})}
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ines", "organization": "acme", "exp": 4_000_000_000}
    return jws.serialize_compact(header, json.dumps({**told, **claims}), key, algorithms=[alg])


class Issuer:
    """A server of keys that answers, hangs, drips or lies."""

    def __init__(self) -> None:
        self.asked = 0
        self.changed = asyncio.Condition()
        self.keys: list[object] = [GOOD]
        self.open = asyncio.Event()
        self.open.set()
        self.answer: Callable[[], bytes] = lambda: response(json.dumps({"keys": self.keys}).encode())

    async def is_asked(self, times: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.asked >= times)
        assert self.asked == times

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        async with self.changed:
            self.asked += 1
            self.changed.notify_all()
        await self.open.wait()
        writer.write(self.answer())
        writer.close()


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    told = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers]
    return "\r\n".join([*told, "", ""]).encode() + body


@asynccontextmanager
async def an_issuer() -> AsyncIterator[tuple[Issuer, IssuerKeys, list[float]]]:
    """An issuer, what we hold of it, and our clock."""
    issuer, now = Issuer(), [1000.0]
    server = await asyncio.start_server(issuer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield issuer, IssuerKeys(f"http://127.0.0.1:{port}/keys", clock=lambda: now[0]), now
    issuer.open.set()
    server.close()


async def identified(keys: IssuerKeys, token: str) -> TokenIdentity:
    return await Access(keys, issuer=ISSUER, audience=AUDIENCE).identify(token)


@pytest.mark.parametrize("odd", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_a_key_that_is_not_understood_is_skipped(odd):
    assert [key.kid for key in usable({"keys": [odd, GOOD, odd, RSA_GOOD]})] == ["ec-1", "rsa-1"]
    with pytest.raises(KeysRefused):
        usable({"keys": [odd]})


@pytest.mark.parametrize("more", STILL_GOOD.values(), ids=STILL_GOOD)
async def test_what_a_key_says_beside_itself_does_no_harm(more):
    async with an_issuer() as (issuer, keys, _):
        issuer.keys = [{**GOOD, **more}]

        assert await identified(keys, signed(EC))


async def test_keys_of_one_name_or_none_and_tokens_without_a_name_are_tried_in_turn():
    other, nameless = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    async with an_issuer() as (issuer, keys, _):
        without = {k: v for k, v in nameless.as_dict(private=False).items() if k != "kid"}
        issuer.keys = [{**other.as_dict(private=False), "kid": "ec-1"}, {**without, "kid": None}, GOOD, RSA_GOOD]

        for token in (
            signed(EC),
            signed(EC, kid=None),
            signed(other),
            signed(nameless, kid="whatever"),
            signed(nameless, kid=None),
            signed(RSA, "PS256", "rsa-1"),
            signed(RSA, "RS512", None),
        ):
            assert await identified(keys, token)


async def test_neither_a_published_secret_nor_a_public_key_as_one_signs_anything():
    secret = OctKey.generate_key(256, {"kid": "oct-1"})
    async with an_issuer() as (issuer, keys, _):
        issuer.keys = [secret.as_dict(private=True), GOOD, RSA_GOOD]

        for key, kid in ((secret, "oct-1"), (OctKey.import_key(json.dumps(GOOD)), "ec-1"), (secret, None)):
            with pytest.raises(NotSignedIn):
                await identified(keys, signed(key, "HS256", kid))


async def test_held_keys_answer_while_the_issuer_hangs_and_one_refresh_runs():
    async with an_issuer() as (issuer, keys, now):
        await identified(keys, signed(EC))
        issuer.open.clear()
        now[0] += 3700

        known = [await identified(keys, signed(EC)) for _ in range(20)]

        assert (len(known), issuer.open.is_set()) == (20, False)
        await issuer.is_asked(2)


async def test_strangers_with_unknown_keys_wait_once_together_and_hold_up_nobody():
    stranger = ECKey.generate_key("P-256")
    async with an_issuer() as (issuer, keys, now):
        await identified(keys, signed(EC))
        issuer.open.clear()
        now[0] += 11

        strangers = [asyncio.create_task(identified(keys, signed(stranger, kid=f"x{i}"))) for i in range(20)]
        await issuer.is_asked(2)
        assert await identified(keys, signed(EC))
        assert not any(task.done() for task in strangers)
        refused = await asyncio.gather(*strangers, return_exceptions=True)
        late = await asyncio.gather(identified(keys, signed(stranger, kid="y")), return_exceptions=True)

        assert {type(r) for r in [*refused, *late]} == {NotSignedIn}
        assert (issuer.asked, issuer.open.is_set()) == (2, False)


async def test_a_new_key_works_at_first_try_for_everyone_who_comes_with_it():
    new = ECKey.generate_key("P-256", {"kid": "ec-2"})
    async with an_issuer() as (issuer, keys, now):
        await identified(keys, signed(EC))
        now[0] += 11
        issuer.keys = [new.as_dict(private=False)]

        assert len(await asyncio.gather(*(identified(keys, signed(new, kid="ec-2")) for _ in range(5)))) == 5
        assert issuer.asked == 2


async def test_after_a_failure_there_is_a_pause():
    async with an_issuer() as (issuer, keys, now):
        issuer.answer = lambda: response(b"", "500 Oops")

        for _ in range(3):
            with pytest.raises(IssuerUnreachable):
                await identified(keys, signed(EC))
        assert issuer.asked == 1
        issuer.answer = lambda: response(json.dumps({"keys": [GOOD]}).encode())
        now[0] += 6
        assert await identified(keys, signed(EC))


async def test_at_the_start_everyone_shares_one_fetch():
    async with an_issuer() as (issuer, keys, _):
        assert len(await asyncio.gather(*(identified(keys, signed(EC)) for _ in range(10)))) == 10
        assert issuer.asked == 1


GIGANTIC = b'{"keys": [], "x": "' + b"x" * 600_000 + b'"}'
BROKEN = {
    "an empty set": response(b'{"keys": []}'),
    "an error as JSON": response(b'{"error": "later"}'),
    "a page": response(b"<html>Sign in</html>"),
    "no set": response(b"[]"),
    "deep": response(b"[" * 100_000),
    "an error": response(b"", "503 Away"),
    "gigantic": response(GIGANTIC),
    "a packed bomb": response(gzip.compress(b" " * 50_000_000), "200 OK", "content-encoding: gzip"),
    "a redirect to itself": response(b"", "302 Found", "location: /keys"),
    "a redirect to nowhere": response(b"", "302 Found", "location: http://[::bad"),
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_what_is_held_outlives_a_broken_answer(broken):
    async with an_issuer() as (issuer, keys, now):
        await identified(keys, signed(EC))
        issuer.answer = lambda: broken
        now[0] += 4000

        with pytest.raises(NotSignedIn):
            await identified(keys, signed(EC, kid="waits-for-the-refresh"))
        assert issuer.asked >= 2
        assert await identified(keys, signed(EC))


async def test_a_redirect_is_followed():
    async with an_issuer() as (issuer, keys, _):
        answers = [response(b"", "301 Moved", "location: /elsewhere"), response(json.dumps({"keys": [GOOD]}).encode())]
        issuer.answer = lambda: answers.pop(0)

        assert await identified(keys, signed(EC))


@pytest.mark.parametrize(
    "subject", ["ines\0", "", "a\nb", "x" * 256, "\ud800", 7, None, ["ines"]], ids=lambda s: repr(s)[:12]
)
async def test_a_subject_that_is_no_line_is_nobody(subject):
    async with an_issuer() as (_, keys, _):
        with pytest.raises(NotSignedIn):
            await identified(keys, signed(EC, sub=subject))


HEADERS = [
    '{"alg": ["ES256"]}',
    '{"alg": "none"}',
    '{"alg": null, "kid": "ec-1"}',
    '{"alg": "ES256", "kid": ["ec-1"]}',
    '{"alg": "ES256", "kid": {"a": 1}}',
    '{"alg": "ES256", "kid": "ec-1", "crit": ["x"], "x": 1}',
    '{"alg": "ES256", "kid": "\\ud800"}',
    '{"alg": "ES256", "kid": ' + "9" * 5000 + "}",
    "[" * 9000,
    "null",
    "[]",
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: h[:30])
async def test_no_header_of_a_token_is_a_surprise(header):
    async with an_issuer() as (_, keys, _):
        for token in (f"{_base64(header)}.e30.AAAA", f"{_base64(header)}.e30.", "." * 9000, "a" * 60_000):
            with pytest.raises(NotSignedIn):
                await identified(keys, token)


def _base64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
