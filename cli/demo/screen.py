"""What the demo shows in the end: one screen, from what the services told."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.demo import words
from cli.demo.cast import BERLIN, PEOPLE
from cli.demo.figures import Figures
from cli.demo.play import Killed, StorySeen
from cli.demo.story import HIRED_NOBODY

_ACCENT, _QUIET, _GOOD, _BAD = "bold cyan", "dim", "green", "yellow"
NARROW, WIDE = 80, 100  # columns the screen is drawn for
TO_COLLEAGUES = ("reminder", "mentor")


def draw(seen: StorySeen, figures: Figures, following: RenderableType) -> RenderableType:
    """The whole screen; `following`: what to open next."""
    title = Text("Nobody was hired. ", style="bold") + Text(_promise(figures))
    parts = [
        Panel(title, box=box.HEAVY, border_style="cyan"),
        *_section("Facts through Kafka", _facts(seen, figures)),
        *_section("What became of every interview", _people(seen, figures)),
        *_section("Fri 13 Nov 16:05: closed, nobody hired. Who waits, and on whom", _waiting(seen)),
        *_section("The letters leave, after the weekend, at eight where their reader lives", _letters(seen)),
        *_section("Mon 23 Nov: the next job, Working Student Analytics", *_next_job(seen)),
        *_section("How they found it: a survey, without names", _survey(seen)),
        *_section("Wasted interviews", _waste(seen, figures)),
        *_section("Open next", following),
    ]
    return Group(*parts)


def _promise(figures: Figures) -> str:
    return f"What became of {figures['interviews']['completed']} interviews at Halden"


def _section(title: str, *inside: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style=_ACCENT), align="left", style="cyan")
    for one in inside:
        yield Padding(one, (0, 1))


def _facts(seen: StorySeen, figures: Figures) -> RenderableType:
    lines = [
        _line(
            (f"{seen.published}", "bold"), " records, each fact twice and shuffled: ",
            (f"{figures['facts']} facts", _GOOD), " kept, ", (f"{figures['duplicates']} duplicates", _GOOD), " ignored",
        )
    ]  # fmt: skip
    lines += [_parked(body) for _, body in seen.rejected]
    if seen.killed:
        lines.append(_killed(seen.killed))
    return Group(*lines)


def _parked(body: dict[str, Any]) -> Text:
    return _line(
        ("1 parked", _BAD), f": {body['topic']}, {body['code']} at {body['field']}",
        ("; corrected by Ben the next morning", _QUIET),
    )  # fmt: skip


def _killed(killed: Killed) -> Text:
    return _line(
        ("kill -9", "bold red"), f" {killed.service} while {killed.behind} records of Friday the 13th arrive: ",
        (f"back after {killed.seconds:.1f} s", _GOOD), ", nothing lost",
    )  # fmt: skip


def _people(seen: StorySeen, figures: Figures) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, header_style=_QUIET, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    table.add_column("person", no_wrap=True)
    table.add_column("interviews", no_wrap=True)
    table.add_column("verdicts, tier, and why", ratio=3)
    table.add_column("mails", justify="right")
    table.add_column("what comes of it", ratio=2)
    for person in PEOPLE:
        table.add_row(person.name, *_row(seen, person.id))
    return Group(table, Text(words.kinds(figures["mails"]), style=_QUIET))


def _row(seen: StorySeen, candidate: str) -> tuple[RenderableType, ...]:
    member = next((m for m in seen.members if m["candidate"] == candidate), None)
    states = [talk["state"] for talk in seen.talks if talk["candidate"] == candidate]
    mails = sum(body["candidate"] == candidate and body["kind"] not in TO_COLLEAGUES for _, body in seen.sent)
    return (
        "\n".join(words.counted(states)),
        _tier(member) if member else "-",
        str(mails),
        _outcome(seen, candidate, member["status"] if member else ""),
    )


def _tier(member: dict[str, Any]) -> Text:
    first, *rest = member["why"] or [words.spoken(member["tier"])]
    tier, _, why = first.partition(":")
    return Text.assemble((tier, "bold"), (f":{why}" if why else "", ""), (" ".join(("", *rest)), _QUIET))


def _outcome(seen: StorySeen, candidate: str, status: str) -> Text:
    proposed = next((m for m in seen.proposed if m["candidate"] == candidate), None)
    if candidate in seen.hired:
        return Text("proposed, interested, hired in December", style=f"bold {_GOOD}")
    if proposed:
        return Text(f"in the pool, proposed with {proposed['score']}", style=_GOOD)
    if candidate in seen.kept_posted:
        return Text("an answer; wants to be kept posted", style=_GOOD)
    return Text(words.standing(status), style=_GOOD if status in ("active", "paused") else _BAD)


def _waiting(seen: StorySeen) -> RenderableType:
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in seen.waiting:
        owners[one["owner"] or "nobody", one["missing"]].append(words.name_of(one["candidate"]))
    if not owners:
        return Text("Nobody waits.", style=_GOOD)
    lines = [
        _line((words.name_of(owner), "bold"), f" owes {words.owed(missing)}: ", ", ".join(sorted(people)))
        for (owner, missing), people in owners.items()
    ]
    return Group(*lines)


def _letters(seen: StorySeen) -> RenderableType:
    letters = sorted((e.time, body["candidate"]) for e, body in seen.sent if body["kind"] == "decision")
    rows: list[tuple[datetime, str, RenderableType]] = []
    for at, group in groupby(letters, key=lambda letter: letter[0]):
        people = [candidate for _, candidate in group]
        rows.append((at, _elsewhere(at, people), _names(people)))
    if seen.released_at:
        rows += [(seen.released_at, "", _mended(seen)), (seen.released_at, "", _released(seen))]
    table = Table.grid(padding=(0, 2, 0, 0))
    for at, elsewhere, told in sorted(rows, key=lambda row: row[0]):
        table.add_row(Text(_clock(at, BERLIN), style="bold"), Text(elsewhere, style=_QUIET), told)
    return Group(table, *_rated(seen))


def _released(seen: StorySeen) -> RenderableType:
    return _line(f"Ines releases {seen.released}; nothing leaves at the weekend")


def _mended(seen: StorySeen) -> RenderableType:
    """What the lint found, and that a person wrote it anew."""
    people = {words.name_of(candidate) for candidate, _, _ in seen.findings}
    found = ", ".join(dict.fromkeys(f"“{said}”" for _, _, said in seen.findings))
    return _line("the lint stops ", (", ".join(sorted(people)), "bold"), ": ", (found, _BAD), "; Ines rewrites it")


def _rated(seen: StorySeen) -> list[RenderableType]:
    told = ", ".join(f"{words.name_of(candidate)} {rating} of 5" for candidate, rating in seen.ratings)
    count = _line((f"{seen.full} full letters", _GOOD), ": strengths, points to build up, suggestions")
    nobody = _line((f"{seen.told_plainly} letters say it plainly", _GOOD), f": “{HIRED_NOBODY}”")
    mornings = _line((f"{seen.digests} mornings", _GOOD), " Ines reads at eight what waits for her, and where to do it")
    dates = _line(
        (f"{seen.calendars} calendar files", _GOOD), " put interviews into candidates' calendars, or take them out"
    )
    return [_line(count, "; rated: ", (told, _GOOD)) if told else count, nobody, mornings, dates]


def _elsewhere(at: datetime, people: Iterable[str]) -> str:
    zones = {p.timezone for p in PEOPLE if p.id in set(people)} - {str(BERLIN)}
    return ", ".join(f"{_clock(at, ZoneInfo(zone))} in {zone.partition('/')[2]}" for zone in sorted(zones))


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M}"


def _names(people: Iterable[str]) -> str:
    return ", ".join(words.name_of(person) for person in people)


def _next_job(seen: StorySeen) -> Iterator[RenderableType]:
    yield _matches(seen)
    yield Padding(_mentorship(seen.mentorship), (1, 0, 0, 0))


def _mentorship(told: dict[str, Any]) -> RenderableType:
    mentor, candidate = words.name_of(told["user"]), words.name_of(told["candidate"])
    return Group(
        _line(
            (mentor, "bold"),
            " mentors ",
            (candidate, "bold"),
            f" until {told['ends_on']}, with a goal from the letter:",
        ),
        *(Text(f"“{goal}”", style=_QUIET) for goal in told["goals"]),
    )


def _survey(seen: StorySeen) -> RenderableType:
    """The statements that found most and least agreement; below five answers there is nothing to tell."""
    told = sorted(seen.survey["statements"], key=lambda one: -one["mean"])
    if not told:
        return Text(seen.survey["why"] or "")
    recommend = _line(
        (f"{seen.survey['shown']} answers", _GOOD), f"; would recommend us: {seen.survey['recommend']:g} of 10"
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    for one, style in ((told[0], _GOOD), (told[-1], _BAD)):
        table.add_row(Text(f"{one['mean']:g} of 5", style=style), f"“{one['statement']}”")
    return Group(recommend, table)


def _matches(seen: StorySeen) -> RenderableType:
    proposed, blocked = seen.proposed, seen.blocked
    head = _line(
        (f"{seen.considered} considered, ", "bold"), (f"{len(proposed)} proposed", "bold green"), ", ",
        (f"{len(blocked)} not", "bold yellow"), ", each with its reason",
    )  # fmt: skip
    table = Table.grid(padding=(0, 2, 0, 0))
    for looked in proposed:
        table.add_row(words.name_of(looked["candidate"]), Text(f"{looked['score']}", style=_GOOD), _fit(looked))
    for reasons, group in _by_reason(blocked).items():
        table.add_row(_names(group), Text("-"), Text(reasons, style=_BAD))
    return Group(head, table, *(_arithmetic(looked) for looked in proposed[:1]))


def _fit(looked: dict[str, Any]) -> Text:
    names = {factor["competency"]: factor["name"] for factor in looked["factors"]}
    gaps = (words.gap(names[gap["competency"]], gap) for gap in looked["gaps"])
    return Text("; ".join((f"meets {looked['meets']} of {looked['of']}", *gaps)))


def _by_reason(blocked: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for looked in blocked:
        found["; ".join(words.why_not(blocker) for blocker in looked["blockers"])].append(looked["candidate"])
    return found


def _arithmetic(looked: dict[str, Any]) -> RenderableType:
    """One person's score, line by line."""
    table = Table(box=None, header_style=_QUIET, pad_edge=False, padding=(0, 1, 0, 0))
    columns = (words.name_of(looked["candidate"]), "weight", "level/required", "fresh", "sure", "counts", "")
    for position, column in enumerate(columns):
        table.add_column(column, justify="left" if position in (0, 6) else "right", no_wrap=True)
    for factor in looked["factors"]:
        table.add_row(*_factor(factor))
    total, of = (sum(factor[name] for factor in looked["factors"]) for name in ("contribution", "weight"))
    table.add_row("", f"{of}", "", "", "", Text(f"{total:g}", style="bold"), _share(total, of, looked["score"]))
    return Padding(table, (1, 0, 0, 0))


def _share(total: float, of: int, score: float) -> Text:
    return Text.assemble((f"{total:g} of {of} is ", _QUIET), (f"{score}", "bold green"))


def _factor(factor: dict[str, Any]) -> Iterator[RenderableType]:
    yield factor["name"]
    yield f"{factor['weight']}"
    yield f"x min({factor['level']:g}/{factor['required']}, 1)"
    yield f"x {factor['freshness']:g}"
    yield f"x {factor['confidence']:g}"
    yield f"= {factor['contribution']:g}"
    yield Text(f"seen by {factor['interviewers']}, {factor['days']} d ago", style=_QUIET)


def _waste(seen: StorySeen, figures: Figures) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    projected = {name: seen.projected["without_the_loop"][name] for name in ("wasted", "of")}
    table.add_row("on Friday the 13th", _bar(projected), _rate(projected), Text("projected", style=_QUIET))
    table.add_row("without the loop", _bar(figures["waste"]["without_loop"]), _rate(figures["waste"]["without_loop"]))
    table.add_row(Text("now", style="bold"), _bar(figures["waste"]["now"]), _rate(figures["waste"]["now"]))
    return table


def _bar(rate: dict[str, Any]) -> Text:
    return Text.assemble(("● " * (rate["of"] - rate["wasted"]), _GOOD), ("○ " * rate["wasted"], _BAD))


def _rate(rate: dict[str, Any]) -> str:
    return f"{rate['wasted']} of {rate['of']} ({100 * rate['wasted'] / max(rate['of'], 1):.0f} %)"


def _line(*parts: str | Text | tuple[str, str]) -> Text:
    return Text.assemble(*parts)
