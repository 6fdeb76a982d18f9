"""A whole file, read: the facts it holds, what became of each row, and which rows were left out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from cli.backfill.facts import DatedFact, facts_of
from cli.backfill.mapping import FileMapping
from cli.backfill.rejected import RejectedRows
from cli.backfill.rows import InterviewRow, Rejected, UnreadableRow, read_rows, understand
from cli.backfill.sql.store import Applied, BackfillStore, digest_of
from cli.backfill.table import TableLine
from shared.contracts import EARLIEST, CandidateRegistered, JobClosed


class BackfillReading:
    """What was understood so far. One interview, application or job is never silently two."""

    def __init__(self, rejected: RejectedRows | None = None) -> None:
        self.completed = 0
        self.missed = 0
        self.rejected = rejected or RejectedRows()
        self._kept = BackfillStore()

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return self.completed + self.missed + self.rejected.count

    @property
    def facts(self) -> Iterator[DatedFact]:
        """One version of each fact, in the order they are to be said."""
        return self._kept.stream_facts()

    def count_facts(self) -> int:
        """How many facts these are."""
        return self._kept.count_facts()

    def take(self, interview: InterviewRow, facts: Iterable[DatedFact]) -> None:
        """Add a row's facts. Raises UnreadableRow when another row says otherwise about the same thing."""
        digest = digest_of(interview.row.cells)
        self._refuse_second_interview(interview, digest)
        self._refuse_shared_application(interview)
        line = interview.row.line
        self._kept.save_interview(interview.interview, line, digest)
        self._kept.save_application(interview.application, Applied(interview.candidate, interview.job, line))
        for fact in facts:
            self._keep(fact)
        self.completed += interview.attended
        self.missed += not interview.attended

    def _keep(self, fact: DatedFact) -> None:
        """Of profiles and closings the newest; a job and an application are as old as their earliest interview."""
        if fact.topic in (CandidateRegistered.topic, JobClosed.topic):
            self._kept.save_newest(fact)
        else:
            self._kept.save_oldest(fact)

    def leave_open(self, since: datetime) -> None:
        """Do not close the jobs with an interview since then."""
        self._kept.forget(JobClosed.topic, since)

    def _refuse_second_interview(self, interview: InterviewRow, digest: bytes) -> None:
        other = self._kept.find_interview(interview.interview)
        if other is None:
            return
        if other[1] == digest:
            raise UnreadableRow(f"the same row as line {other[0]}")
        raise UnreadableRow(f"line {other[0]} is another interview with the id {interview.interview}")

    def _refuse_shared_application(self, interview: InterviewRow) -> None:
        other = self._kept.find_application(interview.application)
        if other and (other.candidate, other.job) != (interview.candidate, interview.job):
            raise UnreadableRow(
                f"application {interview.application} has another candidate or job on line {other.line}"
            )


def read_file(
    lines: Iterable[TableLine],
    mapping: FileMapping,
    organization: str,
    now: datetime,
    rejected: RejectedRows | None = None,
    *,
    live: bool = False,
) -> BackfillReading:
    """Read everything; where it is `live`, no job is over. Raises UserMistake when headings do not fit the mapping."""
    reading = BackfillReading(rejected)
    for row in read_rows(lines, mapping):
        if isinstance(row, Rejected):
            reading.rejected.add(row)
            continue
        try:
            interview = understand(row, mapping, now)
            reading.take(interview, facts_of(interview, mapping, organization))
        except UnreadableRow as reason:
            reading.rejected.add(Rejected(row.line, str(reason), row.cells))
    reading.leave_open(EARLIEST if live else now - timedelta(days=mapping.open_for_days))
    return reading
