"""Which mailbox an address leads to, and the keyed hash it is known by, which outlives the address."""

import hashlib
import hmac
from collections.abc import Iterable


def mailbox(address: str) -> str:
    """Without case, and without what comes after a plus."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def mailbox_of(address: str, key: str) -> str:
    """The keyed hash a mailbox is known by."""
    return _hashed(mailbox(address), key)


def mailboxes_of(addresses: Iterable[str], key: str) -> list[str]:
    """The keyed hashes of the mailboxes behind these addresses, each once."""
    return sorted(_hashed(name, key) for name in {mailbox(address) for address in addresses})


def _hashed(name: str, key: str) -> str:
    return hmac.digest(key.encode(), f"mailbox/{name}".encode(), hashlib.sha256).hex()
