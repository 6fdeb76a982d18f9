"""`talentloop trace`: one event and everything it caused, across the services, in words."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from cli import where
from cli.errors import Failed
from cli.showing import AsJson
from cli.trace.tree import TraceStep, as_json, count
from cli.trace.tree import trace as find

_WIDEST = 1_000
_NOTHING = "Nothing followed. What several facts lead to names one of them as its cause, mostly a decision."


def trace(
    event: Annotated[str, typer.Argument(metavar="ID", help="The event's `ce_id`.")],
    organization: Annotated[str | None, typer.Option(help="Only this organisation's.")] = None,
    json_: AsJson = False,
) -> None:
    """Show one event and all it caused in every service, with times. Exit 1: no service knows it."""
    found = where.run(find(event, organization))
    if not found:
        raise Failed(
            f"No service knows an event {event}: it never came, was replaced or ignored more than 30 days ago, or its "
            "person was erased."
        )
    if json_:
        print(json.dumps([as_json(root) for root in found]))
        return
    console = Console(highlight=False, soft_wrap=True, width=_WIDEST)  # a tree is cut at the width, whatever it says
    for root in found:
        console.print(_grown(root))
    total = count(found) - len(found)
    print(f"{total} {'event' if total == 1 else 'events'} followed." if total else _NOTHING)


def _grown(root: TraceStep, above: Tree | None = None) -> Tree:
    tree = Tree(_line(root)) if above is None else above.add(_line(root))
    for effect in root.caused:
        _grown(effect, tree)
    return tree


def _line(one: TraceStep) -> str:
    at = f"{one.time:%Y-%m-%d %H:%M:%S}" if one.time else "no time"
    standing = f" [dim]({escape(_standing(one))})[/]"
    return f"[cyan]{at}[/]  {escape(one.words)}{standing}\n[dim]{escape(f'{one.topic} {one.event} by {one.source}')}[/]"


def _standing(one: TraceStep) -> str:
    """How the services that know it hold it, in few words: `stored in candidates, notifications`."""
    states: dict[str, list[str]] = {}
    for service, state in one.known.items():
        states.setdefault(state, []).append(service)
    told = "; ".join(f"{state} in {', '.join(services)}" for state, services in states.items())
    return f"{told}: {one.problem}" if one.problem else told
