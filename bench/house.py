"""The house in figures: how much there is to hold in mind, to be followed from release to release.

Run as `python -m bench.house [--names] [FOLDER ...]`: a table of this checkout, with a column more for each other one.
How imports count stands in `bench.sources`, what a way passes in `bench.ways`.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median_low

from bench.figures import commit_of
from bench.sources import ROOT, Module, circles, floors, graph_of, lies_in, read

LONG = 300  # lines of a file
READINGS = "services.console.calls"  # of what services answer, by the names of their own documents

Figures = dict[str, int]


def count(root: Path) -> Figures:
    """What the text of a checkout says."""
    product = read(root)
    figures = _count_same_names(product)
    for package in _packages(product):
        figures |= {f"{package}: {what}": number for what, number in _count_package(product, package).items()}
    return figures | _count_together(product) | _count_lines(product, root / "tests")


def find_same_names(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Name of a class -> the module of each of that name, where several files have one.

    The console's readings of what services answer count beside the console's own alone.
    """
    found = defaultdict(list)
    for module in modules:
        for name in module.classes:
            found[name].append(module.name)
    counted = {name: where if _is_the_consoles(where) else _but_readings(where) for name, where in found.items()}
    return {name: where for name, where in sorted(counted.items()) if len(set(where)) > 1}


def _is_the_consoles(where: Iterable[str]) -> bool:
    return len({name for name in where if lies_in(name, "services.console")}) > 1


def _but_readings(where: Iterable[str]) -> list[str]:
    return [name for name in where if not lies_in(name, READINGS)]


def _count_same_names(product: Sequence[Module]) -> Figures:
    every = find_same_names(product)
    but_bench = find_same_names(module for module in product if not lies_in(module.name, "bench"))
    return {
        "classes that share their name with one of another file": sum(map(len, every.values())),
        "names they share": len(every),
        "such classes, those of bench left out": sum(map(len, but_bench.values())),
        "names they share, those of bench left out": len(but_bench),
    }


def _packages(product: Iterable[Module]) -> list[str]:
    """Each service, and each package of shared."""
    folders = {tuple(module.folder.split(".")[:2]) for module in product}
    return sorted(".".join(folder) for folder in folders if folder[0] in ("services", "shared") and len(folder) == 2)


def _count_package(product: Sequence[Module], package: str) -> Figures:
    inside = [module for module in product if lies_in(module.name, package)]
    outside = [module for module in product if not lies_in(module.name, package)]
    taken = {(of, name) for module in outside for of, name in module.names if lies_in(of, package)}
    figures = {
        "modules on its longest shelf": max(Counter(module.folder for module in inside).values()),
        **_count_imports(inside),
        "public names": sum(not name.startswith("_") for _, name in taken),
    }
    if lies_in(package, "shared"):
        figures["modules that no service names"] = len(find_unnamed(product, package))
    return figures


def find_unnamed(product: Sequence[Module], package: str) -> list[str]:
    """Modules of a package that no service imports; an `__init__` is no module here."""
    named = {name for module in product if lies_in(module.name, "services") for name in module.imports}
    inside = (module.name for module in product if lies_in(module.name, package) and module.name != module.folder)
    return [name for name in inside if name not in named]


def _count_imports(modules: Iterable[Module]) -> Figures:
    graph = graph_of(modules)
    return {"import floors": floors(graph), "import circles": len(circles(graph))}


def _count_together(product: Iterable[Module]) -> Figures:
    """Packages may form a circle though none of them holds one."""
    found = _count_imports(module for module in product if lies_in(module.name, "shared"))
    return {f"shared, all of it: {what}": number for what, number in found.items()}


def _count_lines(product: Sequence[Module], tests: Path) -> Figures:
    lengths = sorted(lines for module in product for lines in module.functions)
    return {
        "product lines": sum(module.lines for module in product),
        "test lines": sum(len(file.read_text().splitlines()) for file in tests.rglob("*.py")),
        "lines of a function, median": median_low(lengths),
        "lines of a function, 90 of 100 at most": lengths[len(lengths) * 9 // 10],
        "lines of a function, longest": lengths[-1],
        f"files of the product longer than {LONG} lines": len(_find_long(product)),
    }


def _find_long(product: Iterable[Module]) -> list[str]:
    return [f"{module.name}: {module.lines}" for module in product if module.lines > LONG]


def go_ways(root: Path) -> Figures:
    """What the ways through a checkout pass; nothing where it cannot go them yet. Raises SystemExit."""
    if not (root / "bench" / "ways.py").is_file():
        return {}
    command = [sys.executable, "-m", "bench.ways"]
    process = subprocess.run(command, check=False, cwd=root, stdout=subprocess.PIPE, text=True)
    if process.returncode:
        raise SystemExit(f"The ways through {root} cannot be gone.")
    figures: Figures = json.loads(process.stdout.splitlines()[-1])
    return figures


def table(columns: Sequence[tuple[str, Figures]]) -> str:
    """A column for each (commit, figures), and a row for each figure that any has, in the order of the last column."""
    rows = dict.fromkeys(name for _, figures in reversed(columns) for name in figures)
    head = f"| figure | {' | '.join(commit for commit, _ in columns)} |\n|{'---|' * (len(columns) + 1)}\n"
    return head + "".join(
        f"| {name} | {' | '.join(_shown(figures.get(name)) for _, figures in columns)} |\n" for name in rows
    )


def _shown(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def list_names(product: Sequence[Module]) -> str:
    """Whom the figures count: classes by name, circles, modules that no service names, long files."""
    parts = {
        "Classes that share their name": [
            f"{n} x{len(w)}: {', '.join(w)}" for n, w in find_same_names(product).items()
        ],
        "Import circles": [", ".join(circle) for circle in circles(graph_of(product))],
        "Modules of shared that no service names": find_unnamed(product, "shared"),
        f"Files longer than {LONG} lines": _find_long(product),
    }
    return "\n".join(f"\n{what}:\n" + "\n".join(f"  {line}" for line in lines) for what, lines in parts.items())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.house", description="The house in figures.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="another checkout, measured beside")
    parser.add_argument("--names", action="store_true", help="list who is counted in this checkout, too")
    given = parser.parse_args()
    for folder in given.folders:
        if not (folder / "shared" / "__init__.py").is_file():
            parser.error(f"{folder} is no checkout of this project")
    roots = [*given.folders, ROOT]
    print(table([(commit_of(root), count(root) | go_ways(root)) for root in roots]), end="")
    if given.names:
        print(list_names(read()))


if __name__ == "__main__":
    main()
