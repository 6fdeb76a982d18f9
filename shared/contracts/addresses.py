"""E-mail addresses: which of them mail can reach, how they go out, and which two are one mailbox."""

import re

import idna

LONGEST_LOCAL = 64  # bytes before the @ (RFC 5321, 4.5.3.1.1)
LONGEST_DOMAIN = 253
_DOT_ATOM = re.compile(r"[^.]+(?:\.[^.]+)*")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_\-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*(?![0-9]+$){_LABEL}")  # nothing ends in a number but the address of a host


def domain_of(domain: str) -> str | None:
    """A domain as it stands in the DNS (UTS 46, IDNA 2008), in lower case; None for what is none."""
    try:
        name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
    return name.lower() if len(name) <= LONGEST_DOMAIN and _DOMAIN.fullmatch(name) else None


def is_reachable(address: str) -> bool:
    """True unless no mail server could ever take the address."""
    local, _, domain = address.rpartition("@")
    return 0 < len(local.encode()) <= LONGEST_LOCAL and address.isprintable() and domain_of(domain) is not None


def as_sent(address: str) -> str:
    """The address as servers take it: the domain by its A-labels, and in quotes what else could not stand there.

    Some providers gave out mailboxes such as `ana..ito@` or `ana.@`, which RFC 5321 takes in quotes only.
    """
    local, _, domain = address.rpartition("@")
    spelled = local if _DOT_ATOM.fullmatch(local) else f'"{local}"'
    return f"{spelled}@{domain_of(domain) or domain}"
