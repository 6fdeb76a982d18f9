"""DKIM (RFC 6376): the receiving domain can tell that a letter is ours, and that nobody changed it."""

import dkim
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from services.notifications.settings import NotificationsSettings

# RFC 8058 wants the unsubscribe headers signed.
_HEADERS = (
    b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To", b"MIME-Version", b"Content-Type",
    b"Content-Language", b"Auto-Submitted", b"List-Unsubscribe", b"List-Unsubscribe-Post",
)  # fmt: skip
_SIGNED = 2 * _HEADERS  # a name once more than it occurs: nobody can add another one


def signer_of(settings: NotificationsSettings) -> "Signer | None":
    """Who signs mail of these settings; None where none is signed."""
    if not settings.dkim_key or not settings.dkim_selector:
        return None
    return Signer(settings.dkim_key.get_secret_value(), settings.dkim_selector, settings.mail_domain)


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
