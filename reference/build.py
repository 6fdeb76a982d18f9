"""The reference site: its sources are laid out in a folder, and zensical makes of them what browsers read."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from reference.beyond import INDEX, REPOSITORY, ROOT, repository_pages
from reference.events import event_pages
from reference.pages import ANY_BYTES, Pages, render
from reference.routes import route_pages

SITE = ROOT / "site"
ZENSICAL = [sys.executable, "-m", "zensical", "build", "--strict"]
THEME = Path(__file__).parent / "theme"
MADE = {"events": event_pages, "routes": route_pages}

Navigation: TypeAlias = "list[str | dict[str, Navigation]]"

_COLOURS = re.compile("\x1b\\[[0-9;]*m")


class SiteBroken(Exception):
    """A link leads nowhere, or a page cannot be made; the message says which."""


def build(to: Path, pages: Pages) -> None:
    """Build a site of these pages into a folder, in place of what stood there. Raises SiteBroken."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _lay_out(folder, pages)
        done = subprocess.run(ZENSICAL, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SiteBroken(_COLOURS.sub("", done.stderr).partition("Traceback")[0])
        shutil.rmtree(to, ignore_errors=True)
        shutil.move(folder / "site", to)


def pages_of_site() -> Pages:
    """Everything the site consists of, by its path there."""
    made = {f"{folder}/{path}": text for folder, pages in MADE.items() for path, text in pages().items()}
    return repository_pages() | made


def _lay_out(folder: Path, pages: Pages) -> None:
    for path, text in pages.items():
        file = folder / "docs" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", ANY_BYTES))
    shutil.copytree(THEME, folder / "theme")
    (folder / "zensical.toml").write_text(render("zensical.toml", nav=_toml(navigation(pages))), "utf-8")


def navigation(pages: Pages) -> Navigation:
    """What stands in the menu: pages and folders in the order in which the start page names them, then the rest."""
    listed = [path for path in pages if path.endswith(".md") and not path.startswith(REPOSITORY)]
    return _menu([path.split("/") for path in sorted(listed, key=lambda path: _place(path, pages[INDEX]))], "")


def _place(path: str, start: str) -> tuple[bool, int, bool]:
    named = start.find(f"]({path.partition('/')[0]}")
    return path != INDEX, named if named >= 0 else len(start), not path.endswith(f"/{INDEX}")


def _menu(paths: list[list[str]], folder: str) -> Navigation:
    entries: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        entries.setdefault(first, []).append(rest)
    return [
        {name.capitalize(): _menu(inner, f"{folder}{name}/")} if inner != [[]] else f"{folder}{name}"
        for name, inner in entries.items()
    ]


def _toml(menu: Navigation) -> str:
    lines = (
        json.dumps(e) if isinstance(e, str) else "".join(f"{{ {json.dumps(n)} = {_toml(m)} }}" for n, m in e.items())
        for e in menu
    )
    return f"[{', '.join(lines)}]"
