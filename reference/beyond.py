"""Files of the repository as pages: those of `docs/`, and what they link to, so that no link leads out of the site."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from reference.pages import Pages

ROOT = Path(__file__).parents[1]
DOCS, REPOSITORY, README, INDEX = "docs", "repository", "README.md", "index.md"
TOLD_ELSEWHERE = {"shared/contracts/schema": f"events/{INDEX}", "services": f"routes/{INDEX}"}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)")


def repository_pages() -> Pages:
    """The pages of `docs/`, and of each file that they or one another link to."""
    pages: Pages = {}
    waiting = [str(path.relative_to(ROOT)) for path in sorted((ROOT / DOCS).rglob("*.md"))]
    while waiting:
        path = waiting.pop(0)
        if path not in TOLD_ELSEWHERE and (address := address_of(path)) not in pages:
            pages[address] = _shown(path)
            waiting += _targets(path)
    return pages


def address_of(path: str) -> str:
    """Where the site shows a file or folder of the repository."""
    if path in TOLD_ELSEWHERE:
        return TOLD_ELSEWHERE[path]
    folder, page = ("", path.removeprefix(f"{DOCS}/")) if path.startswith(f"{DOCS}/") else (f"{REPOSITORY}/", path)
    if (ROOT / path).is_dir():
        return f"{folder}{page}/{INDEX}"
    return f"{folder}{page if page.endswith('.md') else f'{page}.md'}".replace(README, INDEX)


def _shown(path: str) -> str:
    """A file's page, its links leading to where the site shows their targets."""
    here = address_of(path)

    def inside(link: re.Match[str]) -> str:
        target = _target(path, link[1])
        return relpath(address_of(target), dirname(here)) if (ROOT / target).exists() else link[1]

    return _LINK.sub(inside, _markdown(path))


def _targets(path: str) -> Iterator[str]:
    """Files and folders of the repository that a page links to."""
    found = (_target(path, link) for link in _LINK.findall(_markdown(path)))
    yield from (target for target in found if (ROOT / target).exists())


def _target(path: str, link: str) -> str:
    return normpath(join(path if (ROOT / path).is_dir() else dirname(path), link))


def _markdown(path: str) -> str:
    """A file's text; another than Markdown stands in a block, a folder shows its README or lists its files."""
    file = ROOT / path
    if file.is_dir():
        return _listed(file, path)
    text = file.read_text("utf-8")
    return text if file.suffix == ".md" else f"# {path}\n\n````{file.suffix.removeprefix('.')}\n{text}\n````\n"


def _listed(folder: Path, path: str) -> str:
    if (folder / README).exists():
        return (folder / README).read_text("utf-8")
    names = sorted(inner.name for inner in folder.iterdir() if inner.is_file())
    return f"# {path}\n\n" + "".join(f"- [{name}]({name})\n" for name in names)
