"""Ways in: what is remembered of somebody who was sent to the issuer, and where they may be sent afterwards."""

import base64
import hashlib
import re
import secrets
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote

HOME = "/"
LONGEST_NEXT = 2000
_PAGE = re.compile(r"/(?!/)[^\\\x00-\x20\x7f-\x9f\u2028\u2029]*")
_READ = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f-\x9f\u2028\u2029]*")  # by whoever decodes it: spaces stand there
_SIGNING = re.compile(r"/+(sign-in|signed-in|sign-out|signed-out)\b")  # whoever is back does not begin again


class Way(NamedTuple):
    """Somebody on their way: known by `state`, from this browser, with a verifier that only we hold (RFC 7636)."""

    state: str
    browser: str
    nonce: str
    verifier: str
    next: str

    @property
    def challenge(self) -> str:
        """What the issuer hears of the verifier: S256."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def new_way(browser: str, next: str) -> Way:  # noqa: A002 - its name in the address
    """A way that nobody can guess. `next` is where it leads, if that is a page of ours."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Way(state, browser, nonce, verifier, own_page(next))


def own_page(asked: str) -> str:
    """A path of our own with its query, or the first page for whatever else a link may name.

    Nothing that a browser, or whoever decodes it once more, could take for another host.
    """
    path = asked.partition("?")[0]
    seen = [path, unquote(path), unquote(unquote(path))]
    is_ours = len(asked) <= LONGEST_NEXT and _PAGE.fullmatch(asked) and all(map(_READ.fullmatch, seen))
    return asked if is_ours and not any(map(_SIGNING.match, seen)) else HOME


class Obstacle(StrEnum):
    """Why somebody is not signed in."""

    USED = "used"  # or too late: the state, or the issuer's code
    OTHER_BROWSER = "other-browser"
    DECLINED = "declined"
    AWAY = "away"
    UNFIT = "unfit"
    NO_ROLE = "no-role"


class SignInFailed(Exception):
    """Somebody comes back from the issuer, or needs it, and is not signed in."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle
