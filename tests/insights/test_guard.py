"""No sum or difference of what is published is of one to four people, or of one interviewer."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.guard import Node, Place, Scope, guard, parent, publish, visible_parts

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


JOBS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(["S", "W", None]), st.sampled_from(["Q1", "Q2"]), st.integers(0, 12)
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=150)
@given(JOBS)
def test_nor_from_overlapping_families_cycles_and_quarters(jobs):
    places = [Place(f"j{i}", *job) for i, job in enumerate(jobs)]

    published = publish(places)

    assert not list(determined(list(published.values()), {p.job: p.people for p in places}))
    assert all(Scope("job", p.job) in published for p in places if p.people >= 5)


@settings(max_examples=150)
@given(JOBS, st.sets(st.integers(0, 8)))
def test_nor_for_a_manager_who_takes_their_own_rounds_from_every_sum(jobs, own):
    places = [Place(f"j{i}", *job, is_known=i in own) for i, job in enumerate(jobs)]
    others = {p.job: p.people for p in places if not p.is_known}

    left = [jobs & others.keys() for jobs in publish(places).values()]

    assert not list(determined([frozenset(jobs) for jobs in left if jobs], others))


PANELS = st.lists(st.tuples(st.integers(1, 12), st.sets(st.sampled_from("xyz"), min_size=1)), min_size=1, max_size=6)


@settings(max_examples=100)
@given(PANELS)
def test_nor_is_anything_of_one_interviewer(panels):
    places = [Place(f"j{i}", "A", None, "Q1", n, frozenset(panel)) for i, (n, panel) in enumerate(panels)]
    panel_of = {p.job: p.interviewers for p in places}

    visible = list(publish(places).values())

    basis = reduced([[int(p.job in jobs) for p in places] for jobs in visible])
    for size in range(1, len(places) + 1):
        for chosen in combinations(panel_of, size):
            row = tuple(Fraction(int(p.job in chosen)) for p in places)
            if not any(remainder(row, basis)):
                assert len(frozenset[str]().union(*(panel_of[job] for job in chosen))) > 1


def test_the_proof_would_notice_a_parent_that_gives_its_small_child_away():
    small, large = Node("small", 3), Node("large", 7)

    assert list(determined([frozenset({"small", "large"}), frozenset({"large"})], {"small": 3, "large": 7})) == [
        ("small",)
    ]
    assert guard(parent("all", [small, large])).people == 7


def test_two_totals_that_cross_do_not_give_a_job_away():
    """Family A and cycle S minus everything would be the job that both hold."""
    places = [
        Place("both", "A", "S", "Q1", 3), Place("family", "A", "W", "Q1", 8), Place("cycle", "B", "S", "Q1", 8),
    ]  # fmt: skip

    assert "both" not in publish(places)[Scope("family", "A")]


def test_small_jobs_of_one_family_and_season_are_told_together():
    places = [Place(f"j{i}", "A", "S", "Q1", 3) for i in range(4)]

    published = publish(places)

    assert published[Scope("family", "A")] == {"j0", "j1", "j2", "j3"}
    assert not [scope for scope in published if scope.kind == "job"]


def test_a_small_round_beside_the_readers_own_is_not_told_with_it():
    places = [Place("mine", "A", "S", "Q1", 3, is_known=True), Place("theirs", "A", "S", "Q1", 4)]

    assert publish(places) == {}
    assert publish([place._replace(is_known=False) for place in places])[Scope("family", "A")] == {"mine", "theirs"}


def test_a_hidden_part_takes_the_smallest_other_with_it():
    assert visible_parts({"salary": 5, "other": 4, "pace": 9}) == {"pace"}
    assert visible_parts({"salary": 4, "other": 3, "pace": 9}) == {"pace"}
    assert visible_parts({"salary": 5, "pace": 9}) == {"salary", "pace"}
    assert visible_parts({"salary": 2, "other": 2}) == frozenset()
