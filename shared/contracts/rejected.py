"""What the owner of a topic could not accept. It names the code and the field, never the value."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import EACH, Event
from shared.contracts.values import Code, Id, Line


class Severity(StrEnum):
    """Whether a record was parked, or only looked odd."""

    ERROR = "error"
    WARNING = "warning"


class EventRejected(Event, owner=EACH, listens=set(), fact="topic_", partitions=1, compacted=False):
    """A record was parked (error), or holds a field no contract knows (warning)."""

    severity: Severity
    code: Code
    field: Line | None = None
    detail: Annotated[Line, Field(description="What was seen and what is expected, never the value.")] | None = None
    topic_: Annotated[Line, Field(alias="topic")]
    partition: Annotated[int, Field(ge=0, lt=2**63, strict=True)]
    offset: Annotated[int, Field(ge=0, lt=2**63, strict=True)]
    source: Annotated[Line, Field(description="The event's own source, where it could be read.")] | None = None
    event: Annotated[Line, Field(description="The event's own id, where it could be read.")] | None = None
    candidate: Annotated[Id, Field(description="Whom the record is about, by its key.")] | None = None
    key: Annotated[Line, Field(description="The record's key, where it holds nothing but ids.")] | None = None
    expected_key: Annotated[Line, Field(description="For `wrong-key`: the key this record should have.")] | None = None

    @property
    def fact_id(self) -> str:
        return f"{self.topic_}/{self.partition}/{self.offset}"

    @property
    def subject_id(self) -> str:
        return self.fact_id
