"""Addresses of pages, with what they are asked for."""

from urllib.parse import quote, urlencode


def address(path: str, /, *steps: str, **asked: object) -> str:
    """A page of the console; what is not given is left out. Never for a name: addresses are logged."""
    whole = "/".join((path, *(quote(step, safe="") for step in steps)))
    given = urlencode({name: _said(value) for name, value in asked.items() if value not in (None, "", False)})
    return f"{whole}?{given}" if given else whole


def _said(value: object) -> object:
    return 1 if value is True else value
