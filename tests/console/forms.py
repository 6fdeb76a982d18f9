"""Forms of a page, as a browser would send them."""

import re
from html import unescape
from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._written: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if (
            not self.forms
            or "name" not in told
            or (told.get("type") in ("checkbox", "radio") and "checked" not in told)
        ):
            return
        if tag == "input":
            self.forms[-1][told["name"]] = told.get("value", "on")
        if tag == "textarea":
            self._written = told["name"]
            self.forms[-1][self._written] = ""

    def handle_data(self, data: str) -> None:
        if self._written:
            self.forms[-1][self._written] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._written = None


def versions_in(page: str) -> dict[str, tuple[str, str]]:
    """What stands now and what was sent, by what it is about, as a page shows both."""
    table = page.partition('class="list versions"')[2].partition("</table>")[0]
    rows = re.findall(r"<th scope=\"row\">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>", table, re.DOTALL)
    return {
        what: (unescape(re.sub("<.*?>", "", now)).strip(), unescape(re.sub("<.*?>", "", sent)).strip())
        for what, now, sent in rows
    }


def form_with(page: str, field: str) -> dict[str, str]:
    """The fields of the first form that has this one, filled in as the page shows them; no button among them."""
    parser = _Forms()
    parser.feed(page)
    return next(form for form in parser.forms if field in form)
