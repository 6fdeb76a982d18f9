"""No sum or difference of what is published is of one to four people, or of one interviewer."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.guard import FEWEST, Node, guard, parent, visible_parts
from services.insights.domain.versions import follow
from shared.contracts import RoundFigure

Vector = tuple[Fraction, ...]


def reduced(rows: Sequence[Sequence[int]]) -> list[Vector]:
    """A basis of everything that sums and differences of the rows are, in echelon form."""
    basis: list[Vector] = []
    for row in rows:
        rest = remainder(tuple(map(Fraction, row)), basis)
        if any(rest):
            pivot = next(x for x in rest if x)
            basis.append(tuple(x / pivot for x in rest))
    return basis


def remainder(row: Vector, basis: Sequence[Vector]) -> Vector:
    for known in basis:
        at = next(i for i, x in enumerate(known) if x)
        row = tuple(x - row[at] * y for x, y in zip(row, known, strict=True))
    return row


def determined(visible: Sequence[frozenset[str]], people: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """Every set of leaves of one to four people whose number follows from the visible ones."""
    names = [name for name, count in people.items() if count]
    basis = reduced([[int(name in shown) for name in names] for shown in visible])
    small = [name for name in names if people[name] < 5]
    for size in range(1, 5):
        for chosen in combinations(small, size):
            if sum(people[name] for name in chosen) < 5:
                row = tuple(Fraction(int(name in chosen)) for name in names)
                if not any(remainder(row, basis)):
                    yield chosen


def leaves(node: Node) -> Iterator[str]:
    """Whom a node's number is the sum of."""
    if not node.children:
        yield node.name
    for child in node.children:
        if child.counted:
            yield from leaves(child)


def shown(node: Node) -> Iterator[Node]:
    if node.shown:
        yield node
    for child in node.children:
        yield from shown(child)


COUNTS = st.integers(0, 9)


@st.composite
def trees(draw: st.DrawFn) -> Node:
    """An organisation, its families, their jobs, and the parts of each job's number."""
    names = iter(range(100))

    def leaf() -> Node:
        return Node(f"n{next(names)}", draw(COUNTS))

    def job() -> Node:
        parts = [leaf() for _ in range(draw(st.integers(0, 3)))]
        return parent(f"n{next(names)}", parts, is_whole=True) if parts else leaf()

    families = [[job() for _ in range(draw(st.integers(1, 3)))] for _ in range(draw(st.integers(1, 3)))]
    return parent("all", [parent(f"n{next(names)}", jobs) for jobs in families])


def counts(node: Node) -> dict[str, int]:
    found = {} if node.children else {node.name: node.people}
    for child in node.children:
        found |= counts(child)
    return found


@settings(max_examples=150)
@given(trees())
def test_nothing_that_follows_from_a_guarded_tree_is_of_one_to_four(tree):
    guarded = guard(tree)

    assert not list(determined([frozenset(leaves(node)) for node in shown(guarded)], counts(tree)))
    assert all(node.people == sum(counts(tree)[name] for name in leaves(node)) for node in shown(guarded))


@st.composite
def histories(draw: st.DrawFn) -> list[list[frozenset[str]]]:
    """Of each round the people behind one figure, as they came to it one after the other."""
    names = iter(range(1_000))
    rounds = []
    for _ in range(draw(st.integers(1, 3))):
        known: frozenset[str] = frozenset()
        rounds.append([known := known | {f"p{next(names)}" for _ in range(n)} for n in draw(NEWCOMERS)])
    return rounds


NEWCOMERS = st.lists(st.integers(0, 7), min_size=1, max_size=7)


def told_of(history: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The bases of the versions that are said: none before there are five, then what `follow` lets through."""
    said: list[frozenset[str]] = []
    for people in history:
        now = [RoundFigure(measure="met", competency="sql", k=0, of=len(people), people=len(people))]
        before = [RoundFigure(measure="met", competency="sql", k=0, of=len(b), people=len(b)) for b in said[-1:]]
        if not 0 < len(people) < FEWEST:
            [told] = follow(before, now)
            said.append(people if told.of == len(people) else said[-1])
    return said


@settings(max_examples=100)
@given(histories())
def test_nor_from_everything_that_was_ever_told_of_rounds_to_which_people_came_one_by_one(histories):
    """Families, cycles and the organisation are sums of what was told of their rounds: they add nothing to it."""
    said = [told_of(history) for history in histories]

    everything = [base for versions in said for base in versions]
    at_once = [
        frozenset[str]().union(*(v[-1] for v in some)) for n in (2, 3) for some in combinations(filter(None, said), n)
    ]

    atoms = {
        person: sum((person in base) << i for i, base in enumerate(everything)) for h in histories for person in h[-1]
    }
    groups = {str(code): list(atoms.values()).count(code) for code in set(atoms.values()) if code}
    seen = [frozenset(str(atoms[p]) for p in base) for base in [*everything, *at_once]]
    assert not list(determined([base for base in seen if base], groups))


def test_a_figure_that_few_came_to_is_told_as_before_with_all_that_is_of_the_same_people():
    def figures(people: int, met: int) -> list[RoundFigure]:
        of = {"competency": "sql", "of": people, "people": people}
        return [
            RoundFigure(measure="met", k=met, **of),
            RoundFigure(measure="levels", part="5", k=met, **of),
            RoundFigure(measure="met", part="must_haves", k=1, of=9, people=9),
        ]

    assert list(follow(figures(7, 4), figures(8, 5))) == figures(7, 4)
    assert list(follow(figures(7, 4), figures(7, 5))) == figures(7, 5)
    assert list(follow(figures(7, 4), figures(12, 5))) == figures(12, 5)
    assert list(follow(figures(7, 4), [])) == figures(7, 4), "what was told is not taken back"
    assert list(follow([], figures(7, 4))) == figures(7, 4)


def of(measure: str, people: int | None, of: int | None = None, part: str | None = None) -> RoundFigure:
    """A figure of so many people, which are also what it is of unless that is something else."""
    return RoundFigure(measure=measure, part=part, k=1, of=of or people or 0, people=people)


@pytest.mark.parametrize(
    ("said", "now", "told"),
    [
        ([of("scored", 8, 24)], [of("scored", 8, 25)], [of("scored", 8, 24)]),
        ([of("scored", 8, 24)], [of("scored", 9, 24)], [of("scored", 8, 24)]),
        ([of("scored", 8, 24)], [of("scored", 13, 39)], [of("scored", 13, 39)]),
        ([of("scored", 13, 39)], [of("scored", 9, 27)], [of("scored", 13, 39)]),
        ([of("met", None, 8)], [of("met", None, 9)], [of("met", None, 8)]),
        ([of("met", None, 8)], [of("met", None, 13)], [of("met", None, 13)]),
    ],
    ids=["a rating more", "a person more", "five more", "four fewer", "one more", "five more, of people"],
)
def test_what_is_told_again_differs_by_nobody_or_by_five(said, now, told):
    assert list(follow(said, now)) == told


@pytest.mark.parametrize(
    ("measure", "together", "apart"),
    [
        ("met", [], ["must_haves", "values"]),
        ("held", ["missed_by_us", "cancelled_by_them"], []),
        ("wait_first", ["p90", "hours:24"], ["still"]),
        ("not_assessed", ["could_not", "left_out"], []),
        ("misunderstood", ["about:role"], []),
        ("scored", ["never"], []),
        ("withdrew", [], ["reason:pace", "step:1"]),
    ],
)
def test_parts_of_the_same_people_stay_together_and_others_go_their_own_way(measure, together, apart):
    def figures(whole: int, others: int) -> list[RoundFigure]:
        same = [of(measure, whole, part=part) for part in (None, *together)]
        return [*same, *(of(measure, others, part=part) for part in apart)]

    assert list(follow(figures(8, 8), figures(9, 13))) == figures(8, 13)
    assert list(follow(figures(8, 8), figures(13, 9))) == figures(13, 8)
    if together:
        few = [of(measure, 8)]
        assert list(follow(few, [of(measure, 9), of(measure, 9, part=together[0])])) == few, "it tells of who came"


def test_the_proof_would_notice_a_parent_that_gives_its_small_child_away():
    small, large = Node("small", 3), Node("large", 7)

    assert list(determined([frozenset({"small", "large"}), frozenset({"large"})], {"small": 3, "large": 7})) == [
        ("small",)
    ]
    assert guard(parent("all", [small, large])).people == 7


def test_a_hidden_part_takes_the_smallest_other_with_it():
    assert visible_parts({"salary": 5, "other": 4, "pace": 9}) == {"pace"}
    assert visible_parts({"salary": 4, "other": 3, "pace": 9}) == {"pace"}
    assert visible_parts({"salary": 5, "pace": 9}) == {"salary", "pace"}
    assert visible_parts({"salary": 2, "other": 2}) == frozenset()
