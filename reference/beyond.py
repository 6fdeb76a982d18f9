"""Files of the repository as pages: those of `docs/`, and what they link to, so that no link leads out of the site."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from reference.pages import ANY_BYTES, Pages

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
    if path.startswith(f"{DOCS}/"):
        return path.removeprefix(f"{DOCS}/").replace(README, INDEX)
    if (ROOT / path).is_dir():
        return f"{REPOSITORY}/{path}/{INDEX}"
    return f"{REPOSITORY}/{path if path.endswith('.md') else f'{path}.txt'}".replace(README, INDEX)


def _shown(path: str) -> str:
    """A file's page, its links leading to where the site shows their targets; what is no page is shown as it is."""
    here = address_of(path)

    def inside(link: re.Match[str]) -> str:
        target = _target(path, link[1])
        return relpath(address_of(target), dirname(here)) if (ROOT / target).exists() else link[1]

    return _LINK.sub(inside, _text(path)) if here.endswith(".md") else _text(path)


def _targets(path: str) -> Iterator[str]:
    """Files and folders of the repository that a page links to."""
    if address_of(path).endswith(".md"):
        found = (_target(path, link) for link in _LINK.findall(_text(path)))
        yield from (target for target in found if (ROOT / target).exists())


def _target(path: str, link: str) -> str:
    return normpath(join(path if (ROOT / path).is_dir() else dirname(path), link))


def _text(path: str) -> str:
    """What a file says; a folder shows its README, or lists its files."""
    file = ROOT / path
    return _listed(file, path) if file.is_dir() else file.read_bytes().decode("utf-8", ANY_BYTES)


def _listed(folder: Path, path: str) -> str:
    if (folder / README).exists():
        return (folder / README).read_text("utf-8")
    names = sorted(inner.name for inner in folder.iterdir() if inner.is_file() and inner.name[0] != ".")
    return f"# {path}\n\n" + "".join(f"- [{name}]({name})\n" for name in names)
