"""A whole file, read: the facts it holds, what became of each row, and which rows were left out."""

from collections.abc import Iterable
from datetime import datetime

from cli.backfill.facts import ORDER, DatedFact, facts_of
from cli.backfill.mapping import FileMapping
from cli.backfill.rows import Interview, Rejected, Row, Unreadable, read_rows, understand
from shared.contracts import CandidateRegistered


class Reading:
    """What was understood so far. One interview, application or job is never silently two."""

    def __init__(self) -> None:
        self.completed = 0
        self.missed = 0
        self.rejected: list[Rejected] = []
        self._interviews: dict[str, Row] = {}
        self._applications: dict[str, Interview] = {}
        self._facts: dict[tuple[str, str], DatedFact] = {}

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return self.completed + self.missed + len(self.rejected)

    @property
    def facts(self) -> list[DatedFact]:
        """One version of each fact, in the order they are to be said."""
        return sorted(self._facts.values(), key=lambda fact: (ORDER.index(fact.topic), fact))

    def take(self, interview: Interview, facts: Iterable[DatedFact]) -> None:
        """Add a row's facts. Raises Unreadable when another row says otherwise about the same thing."""
        self._refuse_second_interview(interview)
        self._refuse_shared_application(interview)
        self._interviews[interview.interview] = interview.row
        self._applications.setdefault(interview.application, interview)
        for fact in facts:
            name = (fact.topic, fact.fact)
            self._facts[name] = _standing(fact, self._facts.get(name, fact))
        self.completed += interview.attended
        self.missed += not interview.attended

    def _refuse_second_interview(self, interview: Interview) -> None:
        other = self._interviews.get(interview.interview)
        if other is None:
            return
        if other.cells == interview.row.cells:
            raise Unreadable(f"the same row as line {other.line}")
        raise Unreadable(f"line {other.line} is another interview with the id {interview.interview}")

    def _refuse_shared_application(self, interview: Interview) -> None:
        other = self._applications.get(interview.application, interview)
        if (other.candidate, other.job) != (interview.candidate, interview.job):
            raise Unreadable(
                f"application {interview.application} has another candidate or job on line {other.row.line}"
            )


def _standing(one: DatedFact, other: DatedFact) -> DatedFact:
    """A profile is the newest one; a job and an application are as old as their earliest interview."""
    return max(one, other) if one.topic == CandidateRegistered.topic else min(one, other)


def read_file(lines: Iterable[str], mapping: FileMapping, organization: str, now: datetime) -> Reading:
    """Read everything. Raises UserMistake when the headings do not fit the mapping."""
    reading = Reading()
    for row in read_rows(lines, mapping):
        if isinstance(row, Rejected):
            reading.rejected.append(row)
            continue
        try:
            interview = understand(row, mapping, now)
            reading.take(interview, facts_of(interview, mapping, organization))
        except Unreadable as reason:
            reading.rejected.append(Rejected(row.line, str(reason), row.cells))
    return reading
