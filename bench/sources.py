"""The project's own source text, read and not run: its modules, and what they take from one another.

Imports count wherever they stand, in functions and under `if TYPE_CHECKING`, too: whoever reads has to follow them.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PRODUCT = ("services", "shared", "cli", "local", "bench")

Graph = Mapping[str, Set[str]]


class Module(NamedTuple):
    """One file.

    `folder`: the package it lies in; an `__init__` lies in its own. `functions`: lines of each, from `def` to the last:
    its docstring counts, decorators do not. `names`: (module, name) of what it takes of others, by import or as an
    attribute.
    """

    name: str
    folder: str
    lines: int
    classes: Sequence[str]
    functions: Sequence[int]
    imports: Set[str]
    names: Set[tuple[str, str]]


def lies_in(module: str, package: str) -> bool:
    """In it, or in a package below; or it is the package."""
    return f"{module}.".startswith(f"{package}.")


def read(root: Path = ROOT) -> list[Module]:
    """Every module of the product."""
    files = {_name(root, file): file for part in PRODUCT for file in sorted((root / part).rglob("*.py"))}
    return [_read(name, file, files.keys()) for name, file in files.items()]


def _name(root: Path, file: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _read(name: str, file: Path, known: Set[str]) -> Module:
    text = file.read_text()
    nodes = list(ast.walk(ast.parse(text)))
    folder = name if file.name == "__init__.py" else name.rpartition(".")[0]
    taken = [one for node in nodes for one in _taken(node, folder, known) if one.module in known]
    modules = {one.called: one.module for one in taken if not one.name}
    return Module(
        name,
        folder,
        len(text.splitlines()),
        [node.name for node in nodes if isinstance(node, ast.ClassDef)],
        [_length(node) for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)],
        {one.module for one in taken} - {name},
        {(one.module, one.name) for one in taken if one.name} | set(_attributes(nodes, modules)),
    )


def _length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


class _Taken(NamedTuple):
    """What one import binds: a name of a module, or with an empty name the module itself."""

    called: str
    module: str
    name: str


def _taken(node: ast.AST, folder: str, known: Set[str]) -> Iterator[_Taken]:
    if isinstance(node, ast.Import):
        yield from (_Taken(alias.asname or alias.name, alias.name, "") for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        source = resolve_name("." * node.level + (node.module or ""), folder)
        for alias in node.names:
            whole, called = f"{source}.{alias.name}", alias.asname or alias.name
            yield _Taken(called, whole, "") if whole in known else _Taken(called, source, alias.name)


def _attributes(nodes: Iterable[ast.AST], modules: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def graph_of(modules: Iterable[Module]) -> Graph:
    """Module -> those among these that it imports."""
    chosen = {module.name: module for module in modules}
    return {name: module.imports & chosen.keys() for name, module in chosen.items()}


def floors(graph: Graph) -> int:
    """The most modules in one chain of imports; a circle counts with all of its modules."""
    reached, height = _reached(graph), dict[str, int]()
    for name in sorted(graph, key=lambda name: len(reached[name])):  # whoever imports comes after what it imports
        circle = _circle(name, reached)
        below = (height[other] for one in circle for other in graph[one] - circle)
        height[name] = len(circle) + max(below, default=0)
    return max(height.values(), default=0)


def circles(graph: Graph) -> list[list[str]]:
    """Modules that import one another, at once or round about: strongly connected components of more than one."""
    reached = _reached(graph)
    found = {_circle(name, reached) for name in graph}
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def _circle(name: str, reached: Graph) -> frozenset[str]:
    """A module with those that it imports and that import it, at once or round about."""
    return frozenset(other for other in reached[name] if name in reached[other])


def _reached(graph: Graph) -> Graph:
    """Module -> itself and what it imports, at once or round about."""
    found = {}
    for name in graph:
        seen, ahead = {name}, [name]
        while ahead:
            new = graph[ahead.pop()] - seen
            seen |= new
            ahead += new
        found[name] = seen
    return found
