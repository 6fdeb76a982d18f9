"""The page for people at `/docs`: what it loads, and how it looks."""

from html.parser import HTMLParser

from tests.kit.http.small import app_of
from tests.screens import NARROW, WIDE, Screen


class Addresses(HTMLParser):
    """Everything a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href")]


async def test_the_page_loads_from_this_service_only(client):
    page = await client.get("/docs")
    addresses = Addresses()
    addresses.feed(page.text)

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
    assert sorted(addresses.found) == ["data:,", "docs/assets/swagger-ui-bundle.js", "docs/assets/swagger-ui.css"]
    for address in ("/openapi.json", "/docs/assets/swagger-ui-bundle.js", "/docs/assets/swagger-ui.css"):
        assert (await client.get(address)).status_code == 200, address


async def test_a_file_that_is_held_is_not_sent_again_and_nothing_else_is_read(client):
    first = await client.get("/docs/assets/swagger-ui.css")
    again = await client.get("/docs/assets/swagger-ui.css", headers={"If-None-Match": first.headers["etag"]})
    outside = [await client.get(f"/docs/assets/{path}") for path in ("..%2f__init__.py", "%2e%2e/core.py", "none", "")]

    assert (again.status_code, again.content) == (304, b"")
    assert [answer.status_code for answer in outside] == [404] * 4


async def test_a_process_without_http_has_no_such_page(start, settings):
    client = await start(settings.model_copy(update={"parts": frozenset({"clock"})}))

    assert (await client.get("/docs")).status_code == 404
    assert app_of(client).openapi_url is None


async def test_it_works_under_its_own_policy_narrow_and_wide(client, screens):
    async with screens(localhost=client) as chromium:
        for width in (NARROW, WIDE):
            async with chromium.at("/docs", Screen(width)) as page:
                operation = page.locator("#operations-jobs-put_job_jobs__job__put")
                await operation.click()
                await page.get_by_text("Only change what still has this").wait_for()
                await chromium.keep(page, "docs", Screen(width))
