"""How rows become values: followed by the syntax tree from each statement to what its columns fill, name by name."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

READING = {"fetch", "fetchrow", "stream"}
HARMLESS = {"bool", "len"}  # these take a row or rows, and no column by its place

Columns = Sequence[str]


def misread(module: ModuleType, columns: Mapping[str, Columns]) -> list[str]:
    """Which functions' rows are read by place under other names. `columns`: those of each statement."""
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    readers = ((function.name, _Reader(function, vars(module))) for function in functions)
    return [f"{module.__name__}.{name}: {fault}" for name, reader in readers for fault in reader.faults(columns)]


class _Reader:
    """One function that reads rows."""

    def __init__(self, function: ast.AST, names: Mapping[str, Any]) -> None:
        self.function = function
        self.names = names
        self.parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}

    def faults(self, columns: Mapping[str, Columns]) -> Iterator[str]:
        for call in ast.walk(self.function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in READING:
                match call.args:
                    case [ast.Constant(value=str(text)), *_]:
                        yield from self.follow(call, columns[text], is_row=call.func.attr == "fetchrow")
                    case _:
                        yield self.fault(call, "not a statement as it stands")

    def follow(self, node: ast.expr, columns: Columns, *, is_row: bool) -> Iterator[str]:
        """What is done with a value that is rows, or a row."""
        match self.parents[node]:
            case ast.Await() as parent:
                yield from self.follow(parent, columns, is_row=is_row)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                yield from self.bind(target, self.function, columns, is_row=is_row)
            case ast.For() | ast.AsyncFor() | ast.comprehension() as loop if loop.iter is node and not is_row:
                scope = self.parents[loop] if isinstance(loop, ast.comprehension) else loop
                yield from self.bind(loop.target, scope, columns, is_row=True)
            case ast.Starred() as starred if is_row:
                yield from self.fill(self.parents[starred], starred, columns)
            case ast.Subscript(slice=ast.Constant(value=str(name))) if is_row:
                yield from [] if name in columns else [self.fault(node, f"no column is named {name}")]
            case ast.Subscript(slice=ast.Constant(value=0)) if is_row and len(columns) == 1:
                pass
            case ast.Call(func=ast.Name(id=name)) as call:
                yield from self.hand_on(name, call.args.index(node), node, columns, is_row=is_row)
            case ast.IfExp(test=test) | ast.If(test=test) if test is node:
                pass
            case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.UnaryOp(op=ast.Not()):
                pass
            case _:
                yield self.fault(node, "a row is handed on as it is")

    def bind(self, target: ast.expr, scope: ast.AST, columns: Columns, *, is_row: bool) -> Iterator[str]:
        """A row or rows get a name, or each column of a row its own."""
        match target:
            case ast.Name(id=name):
                for use in _uses(scope, name):
                    yield from self.follow(use, columns, is_row=is_row)
            case ast.Tuple(elts=names) if is_row:
                yield from self.unpack(names, scope, columns)
            case _:
                yield self.fault(target, "rows become something else than a name")

    def unpack(self, targets: Sequence[ast.expr], scope: ast.AST, columns: Columns) -> Iterator[str]:
        names = [t.id if isinstance(t, ast.Name) else "*" for t in targets]
        star = names.index("*") if "*" in names else len(names)
        after = len(columns) - len(names[star + 1 :])
        taken = [*columns[:star], *columns[after:]]
        for name, column in zip([*names[:star], *names[star + 1 :]], taken, strict=False):
            if name not in (column, "_"):
                yield self.fault(targets[0], f"{column} is read as {name}")
        if star == len(names) and len(names) != len(columns):
            yield self.fault(targets[0], f"{len(columns)} columns are read as {len(names)}")
        for starred in targets:
            if isinstance(starred, ast.Starred):
                yield from self.bind(starred.value, scope, columns[star:after], is_row=True)

    def fill(self, call: ast.AST, starred: ast.Starred, columns: Columns) -> Iterator[str]:
        """Columns become the arguments of a call, or what `_make` is given, in their order."""
        match call, self.parents.get(call):
            case ast.Call(func=ast.Name(id=name), args=values), _ if name in self.names:
                pass
            case ast.Tuple(elts=values), ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="_make")):
                pass
            case _:
                yield self.fault(starred, "columns fill something that has no names")
                return
        first = values.index(starred)
        fields = list(inspect.signature(self.names[name]).parameters)[first : first + len(columns)]
        if fields != list(columns):
            wrong = [f"{c} fills {f}" for c, f in zip(columns, fields, strict=False) if c != f]
            yield self.fault(call, f"{name}: {', '.join(wrong) or 'more columns than fields'}")

    def hand_on(self, name: str, place: int, node: ast.expr, columns: Columns, *, is_row: bool) -> Iterator[str]:
        """Another function reads on."""
        if name in HARMLESS:
            return
        called = self.names.get(name)
        if not isinstance(called, FunctionType):
            yield self.fault(node, f"a row is handed on as it is to {name}")
            return
        reader = _Reader(ast.parse(textwrap.dedent(inspect.getsource(called))), called.__globals__)
        parameter = list(inspect.signature(called).parameters)[place]
        yield from reader.bind(ast.Name(parameter), reader.function, columns, is_row=is_row)

    def fault(self, node: ast.AST, what: str) -> str:
        return f"{what} (`{ast.unparse(node)}` in {self.names['__name__']})"


def _uses(scope: ast.AST, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node
