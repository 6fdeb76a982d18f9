"""DKIM (RFC 6376): the receiving domain can tell that a letter is ours, and that nobody changed it."""

import dkim
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

# RFC 8058 wants the unsubscribe headers signed.
_HEADERS = (
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To", b"MIME-Version", b"Content-Type",
    b"Content-Language", b"Auto-Submitted", b"List-Unsubscribe", b"List-Unsubscribe-Post",
)  # fmt: skip
_SIGNED = 2 * _HEADERS  # a name once more than it occurs: nobody can add another one


class Signer:
    """Signs letters of our domain."""

    def __init__(self, key: str, selector: str, domain: str) -> None:
        pem = load_pem_private_key(key.encode(), password=None)
        # dkimpy reads the older of the two forms only
        self._key = pem.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        self._selector = selector.encode()
        self._domain = domain.encode()

    def sign(self, mail: bytes) -> bytes:
        """The same mail under its signature."""
        signature: bytes = dkim.sign(
            mail,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_SIGNED),
        )
        return signature + mail
