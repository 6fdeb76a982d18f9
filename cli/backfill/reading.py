"""A whole file, read: the facts it holds, what became of each row, and which rows were left out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from cli.backfill.facts import DatedFact, facts_of
from cli.backfill.mapping import FileMapping
from cli.backfill.rejected import RejectedRows
from cli.backfill.rows import InterviewRow, Rejected, UnreadableRow, read_rows, understand
from cli.backfill.sql.store import Applied, BackfillStore, digest_of
from cli.backfill.table import TableLine
from shared.contracts import EARLIEST, ApplicationSubmitted, CandidateRegistered, JobClosed, JobOpened


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

    def count_closed_jobs(self) -> int:
        """How many jobs are said to be over."""
        return self._kept.count_facts(JobClosed.topic)

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
        """Of profiles and closings the newest; an application is as old as its earliest interview."""
        if fact.topic == JobOpened.topic:
            self._kept.save_opening(fact)
        elif fact.topic in (CandidateRegistered.topic, JobClosed.topic):
            self._kept.save_newest(fact)
        else:
            self._kept.save_oldest(fact)

    def settle_jobs(self, since: datetime, rest: timedelta) -> None:
        """Close no job with an interview since then.

        A job is as old as its earliest interview. One that rested for longer than that was over for whoever read the
        file then: if it is not over now, it is as old as the first interview after its last rest, which opens it again.
        """
        self._kept.forget(JobClosed.topic, since)
        self._kept.settle_openings(JobClosed.topic, rest)

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
    is_rest: bool = False,
) -> BackfillReading:
    """Read everything. Where it is `live`, or the rest of another file, it cannot tell which jobs are over.

    Raises UserMistake when headings do not fit the mapping.
    """
    reading = BackfillReading(rejected)
    for row in read_rows(lines, mapping):
        if isinstance(row, Rejected):
            reading.rejected.add(row)
            continue
        try:
            interview = understand(row, mapping, now)
            facts = facts_of(interview, mapping, organization)
            reading.take(interview, map(_yielding, facts) if is_rest else facts)
        except UnreadableRow as reason:
            reading.rejected.add(Rejected(row.line, str(reason), row.cells))
    rest = timedelta(days=mapping.open_for_days)
    reading.settle_jobs(EARLIEST if live or is_rest else now - rest, rest)
    return reading


def _yielding(fact: DatedFact) -> DatedFact:
    """What is known of a job or an application stands, as it was told from all of its interviews."""
    return fact._replace(time=EARLIEST) if fact.topic in (JobOpened.topic, ApplicationSubmitted.topic) else fact
