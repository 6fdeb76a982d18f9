"""Which mailbox an address leads to."""


def mailbox(address: str) -> str:
    """Without case, and without what comes after a plus."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
