"""docker-compose.yml and its overlays, read as Compose reads them as far as checks need it."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("docker-compose*.yml"))


class _Loader(yaml.CSafeLoader):
    """YAML with the tags that overlays use."""


def _plain(loader: yaml.CSafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


for _tag in ("!override", "!reset"):
    _Loader.add_constructor(_tag, _plain)


def read(path: Path) -> dict[str, Any]:
    """One file with its anchors and merges resolved."""
    content: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader
    return content


def base() -> dict[str, Any]:
    """docker-compose.yml."""
    return read(ROOT / "docker-compose.yml")
