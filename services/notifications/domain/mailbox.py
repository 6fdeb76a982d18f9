"""Which mailbox an address leads to, and the keyed hash it is known by, which outlives the address."""

from collections.abc import Iterable
from unicodedata import normalize

from shared.contracts import domain_of, keyed_hash


def mailbox(address: str) -> str:
    """Without case, without what comes after a plus, and however the domain is spelled."""
    local, _, domain = address.rpartition("@")
    return f"{normalize('NFC', local).casefold().partition('+')[0]}@{domain_of(domain) or domain.casefold()}"


def mailbox_of(address: str, key: str) -> str:
    """The keyed hash a mailbox is known by."""
    return _hashed(mailbox(address), key)


def mailboxes_of(addresses: Iterable[str], key: str) -> list[str]:
    """The keyed hashes of the mailboxes behind these addresses, each once."""
    return sorted(_hashed(name, key) for name in {mailbox(address) for address in addresses})


def _hashed(name: str, key: str) -> str:
    return keyed_hash(f"mailbox/{name}", key).hex()
