"""Ids of derived things: UUIDv5 of what they are about, so that saying them again says the same; and keyed hashes."""

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from shared.contracts.writing import alike

NAMESPACE = UUID("6f1b2f0e-6c62-5f4a-9a6e-7a1e10095e7d")
GENERAL = "general"
_BEGUN = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)


def derived_id(kind: str, *about: str) -> str:
    """The id of one thing of a kind: the parts never contain `/`. What `uuid5` says, in a quarter of its time."""
    digest = _BEGUN.copy()
    digest.update("/".join((kind, *about)).encode())
    octets = bytearray(digest.digest()[:16])
    octets[6] = octets[6] & 0x0F | 0x50
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def family_of(family: str | None, department: str | None) -> str:
    """The family of a job: its own, else its department, else general. Spellings that look alike are one."""
    spelled = ("-".join(alike(name).split()) for name in (family, department) if name)
    return next(filter(None, spelled), GENERAL)


def membership_id(candidate: str, family: str) -> str:
    """One person's place in the pool of one family."""
    return derived_id("membership", candidate, family)


def match_id(candidate: str, job: str) -> str:
    """One person proposed for one job."""
    return derived_id("match", candidate, job)


@lru_cache(maxsize=4096)  # whoever plans a person's letters asks for each several times
def letter_id(organization: str, kind: str, about: str, recipient: str, step: int) -> str:
    """One letter: two causes for the same letter are one letter."""
    return derived_id("letter", organization, kind, about, recipient, str(step))


def overdue_id(application: str, missing: str, step: int) -> str:
    """One broken promise."""
    return derived_id("overdue", application, missing, str(step))


def keyed_hash(name: str, key: str) -> bytes:
    """What a name is known by once it may not be kept: nobody finds the name without the key."""
    return hmac.digest(key.encode(), name.encode(), hashlib.sha256)
