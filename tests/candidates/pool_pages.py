"""Who is found in the pool, page after page."""

from typing import Any
from urllib.parse import urlencode

from tests.browser import Browser


async def found(browser: Browser, *roles: str, user: str = "ines", **filters: Any) -> list[str]:
    """Whom a search finds, page after page, as `candidate` or `candidate/family` outside of data."""
    members: list[dict[str, Any]] = []
    cursor = None
    for _ in range(100):
        query = urlencode(filters | ({"cursor": cursor} if cursor else {}))
        page = (await browser.get(f"/pool?{query}", *roles, user=user)).json()
        members += page["items"]
        if (cursor := page["cursor"]) is None:
            return [m["candidate"] + ("" if m["family"] == "data" else f"/{m['family']}") for m in members]
    raise AssertionError("there is always one page more")
