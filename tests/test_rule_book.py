"""Every rule, example and decision that is cited exists; what the pages say of code and of each other is there."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from services.notifications.domain.policy import LetterKind
from shared.contracts import ALL, EACH, EVENTS, Event

ROOT = Path(__file__).parents[1]
RULES = ROOT / "docs" / "rules.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
WRITTEN = (".py", ".md", ".sql", ".toml", ".html", ".txt", ".yml", ".po", ".sh")
FOLDERS = ("services", "shared", "cli", "local", "bench", "tests", "docs", "deploy", "examples")

CITED = re.compile(
    r"(?<![a-z])(?<!for )(rule|example|decision)s?[ _](\d+(?:(?:, | and | to |/|_and_)\d+)*)", re.IGNORECASE
)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")


@cache
def written() -> dict[str, str]:
    """By place the text of everything of ours that may cite something."""
    found = (f for folder in FOLDERS for f in (ROOT / folder).rglob("*") if f.suffix in WRITTEN and f.is_file())
    files = (f for f in (*found, *ROOT.glob("*.md")) if "node_modules" not in f.parts)
    return {str(file.relative_to(ROOT)): file.read_text() for file in files}


def citations(text: str) -> Iterator[tuple[str, int]]:
    """(kind, number) of everything a text cites."""
    for kind, numbers in CITED.findall(text):
        yield from ((kind.lower(), int(number)) for number in re.findall(r"\d+", numbers))


@cache
def cited() -> dict[tuple[str, int], str]:
    """Where each rule, example and decision is cited, once."""
    return {citation: place for place, text in written().items() for citation in citations(text)}


def there_are(kind: str) -> set[int]:
    if kind == "decision":
        return {int(page.name[:3]) for page in DECISIONS}
    return set(map(int, re.findall(rf'<a id="{kind}-(\d+)"></a>', RULES.read_text())))


def anchors(page: Path) -> set[str]:
    """What a link into a page may name: our own anchors, and its headings as GitHub and MkDocs call them."""
    text = page.read_text()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return set(re.findall(r'<a id="([^"]+)"', text)) | {re.sub(r"[^\w\- ]", "", h).replace(" ", "-") for h in plain}


@pytest.mark.parametrize("kind", ["rule", "example", "decision"])
def test_whatever_is_cited_by_number_exists(kind):
    numbers = {number: place for (of, number), place in cited().items() if of == kind}

    assert {number: place for number, place in numbers.items() if number not in there_are(kind)} == {}
    assert len(numbers) > 10


def test_the_rules_and_the_examples_are_numbered_without_a_gap():
    assert there_are("rule") == set(range(1, 13))
    assert there_are("example") == set(range(1, len(there_are("example")) + 1))


def test_every_example_is_a_test_named_by_its_number():
    tests = "\n".join(text for place, text in written().items() if place.startswith("tests/"))

    names = re.findall(r"def test_(examples?_\d+(?:_and_\d+)?)_", tests)

    assert {number for name in names for _, number in citations(name)} == there_are("example")


def test_every_event_is_in_the_rules_with_its_owner():
    events = RULES.read_text().partition("### How facts are read")[0]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", events, re.MULTILINE))
    owners = {event.topic: "each service" if event.owner == EACH else event.owner for event in EVENTS}

    assert rows == owners


def test_operations_tells_when_each_letter_leaves():
    table = (ROOT / "docs" / "operations.md").read_text().partition("| kind | when | waits for a person |")[2]
    kinds = [row.split("|")[1] for row in table.partition("\n\n")[0].splitlines()[2:]]

    assert {kind for cell in kinds for kind in re.findall(r"`([a-z_]+)`", cell)} == set(LetterKind)


def test_the_readme_tells_who_says_each_event_and_who_hears_it():
    table = (ROOT / "README.md").read_text().partition("## Who publishes, who listens")[2].partition("\n\n|")[2]
    rows = [row.split("|")[-4:-1] for row in table.partition("\n\n")[0].splitlines()[2:]]
    told = {topic: (said.strip(), heard.strip()) for topics, said, heard in rows for topic in _topics(topics)}

    assert told == {event.topic: (_said_by(event), _heard_by(event)) for event in EVENTS}


def _topics(cell: str) -> list[str]:
    """`interview-scheduled`, `-completed`: the second begins as the first."""
    names = re.findall(r"`([a-z-]+)`", cell)
    return [names[0].rpartition("-")[0] + name if name.startswith("-") else name for name in names]


def _said_by(event: type[Event]) -> str:
    if event.owner == EACH:
        return "the topic's owner" if event.topic == "event-rejected" else "each service its own"
    return f"{event.owner}, platforms" if event.from_platforms else event.owner


def _heard_by(event: type[Event]) -> str:
    return "all" if event.listens == ALL else ", ".join(sorted(event.listens)) or "platforms"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name[:3])
def test_a_decision_says_its_number_and_when_to_think_again(page):
    text = page.read_text()

    assert text.startswith(f"# {int(page.name[:3])}. ")
    assert "Revisit when" in text


def test_the_index_names_every_decision_once_by_its_number_and_title():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    titles = {page.name: page.read_text().partition("\n")[0].removeprefix("# ") for page in DECISIONS}

    listed = re.findall(r"^- (?:(\d+) )?\[(.+)\]\((\S+)\)$", index, re.MULTILINE)

    assert {name: number for number, _, name in listed} == {page.name: str(int(page.name[:3])) for page in DECISIONS}
    assert len(listed) == len(DECISIONS)
    assert all(titles[name].startswith(f"{number}. {title}") for number, title, name in listed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(page):
    broken = []
    for address, anchor in LINK.findall(page.read_text()):
        target = (page.parent / address).resolve() if address else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(f"{address}#{anchor}")

    assert broken == []
