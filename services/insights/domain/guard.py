"""The guard: nothing that is published, and nothing that follows from it by adding up, is of one to four people.

What is visible of a tree is a sum of atoms: leaves that are shown, and the rests that stand between a node and its
shown children. Each atom has nobody or at least five people (and two interviewers, where that matters), so whatever
follows from sums and differences is a union of atoms, and has, too.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

FEWEST = 5


class Node(NamedTuple):
    """People behind one number, and how they are divided. A tree is built of leaves; `guard` says the rest.

    `is_whole`: its own number stands whatever becomes of its parts; else it may leave some out.
    `interviewers`: whom the number tells of, where it tells of interviewers at all.
    `shown`: whether the number itself is; `counted`: whether it is in the sums above it.
    """

    name: str
    people: int = 0
    children: tuple["Node", ...] = ()
    is_whole: bool = False
    interviewers: frozenset[str] = frozenset()
    shown: bool = True
    counted: bool = True


def parent(name: str, children: Iterable[Node], *, is_whole: bool = False) -> Node:
    """A node of whatever its children hold; those who are in none of them are a child of their own."""
    found = tuple(children)
    interviewers = frozenset[str]().union(*(c.interviewers for c in found))
    return Node(name, sum(c.people for c in found), found, is_whole, interviewers)


def guard(node: Node) -> Node:
    """The tree with every number hidden, or left out of the sums above it, that would tell of too few."""
    if node.children:
        node = _close(node._replace(children=tuple(guard(child) for child in node.children)))
    return _hidden(node) if _tells(node.people, node.interviewers) else node


def visible_parts(parts: Mapping[str, int]) -> frozenset[str]:
    """Of a whole that is known anyway (reasons, kinds, steps): the parts whose numbers may stand beside it."""
    whole = guard(parent("", (Node(name, people) for name, people in sorted(parts.items())), is_whole=True))
    return frozenset(child.name for child in whole.children if child.shown)


def _close(node: Node) -> Node:
    """The rest between the node and its shown children: either nobody, or enough."""
    if node.is_whole:
        return node._replace(children=_with_others_hidden(node.children))
    children = node.children
    if _tells(*_rest(children)):
        children = tuple(c if c.shown else c._replace(counted=False) for c in children)
    counted = parent(node.name, (c for c in children if c.counted))
    return node._replace(people=counted.people, interviewers=counted.interviewers, children=children)


def _with_others_hidden(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """With the smallest parts that are shown hidden, too, until nothing follows of those that had to be."""
    while _tells(*_rest(children)):
        smallest = min((c for c in children if c.shown and c.people), key=_size, default=None)
        if smallest is None:
            break
        children = tuple(_hidden(c) if c is smallest else c for c in children)
    return children


def _rest(children: Iterable[Node]) -> tuple[int, frozenset[str]]:
    hidden = [c for c in children if not c.shown]
    return sum(c.people for c in hidden), frozenset[str]().union(*(c.interviewers for c in hidden))


def _tells(people: int, interviewers: frozenset[str]) -> bool:
    return 0 < people < FEWEST or len(interviewers) == 1


def _hidden(node: Node) -> Node:
    return node._replace(shown=False, children=tuple(_hidden(child) for child in node.children))


def _size(node: Node) -> tuple[int, str]:
    return node.people, node.name
