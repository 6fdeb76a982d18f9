"""How fast letters may leave: for each organisation, and for each domain that receives them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MINUTE = 60.0
EVERYONE = "*"


class Lane(NamedTuple):
    """What a limit is counted for: an organisation's own letters, or a receiving domain (a keyed hash) for everyone."""

    organization: str
    lane: str

    @property
    def is_domain(self) -> bool:
        """True when it is counted for a receiving domain."""
        return self.organization == EVERYONE


class MailsPerMinute(NamedTuple):
    """Letters a minute; 0 is no limit. A minute's letters may leave at once, the next ones one after the other."""

    organization: int = 0
    domain: int = 0

    def of(self, lane: Lane) -> int:
        """The limit of one lane."""
        return self.domain if lane.is_domain else self.organization


class Paced(NamedTuple):
    """In how many seconds each letter may leave (0: now), and each lane's new state."""

    delays: list[float]
    free_in: dict[Lane, float]


def lanes_of(organization: str, domain: str, limits: MailsPerMinute) -> list[Lane]:
    """The lanes one letter takes, as far as they are limited."""
    lanes = (Lane(organization, "organization"), Lane(EVERYONE, domain))
    return [lane for lane in lanes if limits.of(lane)]


def keep_pace(wanted: Iterable[Sequence[Lane]], free_in: Mapping[Lane, float], limits: MailsPerMinute) -> Paced:
    """Letter by letter: each lane it takes is busy for a while longer; whoever must wait queues in the full lanes."""
    busy, behind, delays = dict(free_in), dict(free_in), list[float]()
    for lanes in wanted:
        steps = {lane: MINUTE / limits.of(lane) for lane in lanes}
        waits = {lane: behind[lane] + step - MINUTE for lane, step in steps.items()}
        leaves = all(wait <= 0 for wait in waits.values())
        for lane, step in steps.items():
            if leaves:
                busy[lane] += step
            if leaves or waits[lane] > 0:
                behind[lane] += step
        delays.append(max([0.0, *waits.values()]))
    return Paced(delays, busy)
