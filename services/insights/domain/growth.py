"""The growth loop: did people come back stronger in what they were told, compared with what nobody told them?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.insights.domain.heard import HeardJob, HeardPerson
from services.insights.domain.rows import Assessment, Candidacy, Growth, GrowthKind
from services.insights.domain.statistics import Interval, mean_of, newcombe, wilson
from services.insights.domain.told import SaidCampaign, took_up
from shared.contracts import Outcome

BETTER_BY = 0.125  # of 0 to 1: half a point of five
EACH_SIDE = 10  # people told, and people untold, before shares are compared
EXACT = 1e-9  # levels are written as decimal fractions of a scale


Levels = Mapping[tuple[str, str], Sequence[float]]  # by application and competency


class Grew(NamedTuple):
    """How many came back stronger, of those who came back at all; the intervals are there from ten of each on."""

    told_better: int
    told: int
    untold_better: int
    untold: int
    told_interval: Interval | None = None
    untold_interval: Interval | None = None
    difference: Interval | None = None


def is_met(level: float, wanted: int) -> bool:
    """Whether a mean level, 0 to 1, reaches what a job asks for, 1 to 5."""
    return 1 + 4 * level >= wanted - EXACT


def derive_growths(
    person: HeardPerson,
    candidacies: Sequence[Candidacy],
    assessments: Sequence[Assessment],
    jobs: Mapping[str, HeardJob],
    campaigns: Sequence[SaidCampaign],
) -> Iterator[Growth]:
    """Each development point of a released letter; beside it whatever was below a job's level and told by no letter."""
    reached = took_up(person.organization, person.mails, campaigns)
    rated = [a for a in assessments if a.level is not None]
    levels = _levels(rated)
    known = {c.application: c for c in candidacies}
    for release in person.releases:
        for competency in dict.fromkeys(release.development):
            candidacy = known.get(release.application)
            before = _level(levels, release.application, competency)
            growth = _growth(
                person, candidacy, release.application, competency, release.letter, before, rated, release.released_at
            )
            taken_up = any(
                at > release.released_at and _is_about(campaign, growth, candidacy) for campaign, at in reached
            )
            yield growth._replace(taken_up=taken_up)
    told = {competency for release in person.releases for competency in release.development}
    for candidacy in candidacies:
        opening = jobs.get(candidacy.job or "")
        if opening and candidacy.decided_at and candidacy.outcome is not Outcome.HIRED:
            for asked in opening.competencies:
                before = _level(levels, candidacy.application, asked.competency)
                if asked.competency not in told and before is not None and not is_met(before, asked.level):
                    about = candidacy.application
                    yield _growth(person, candidacy, about, asked.competency, None, before, rated, candidacy.decided_at)


def grew(growths: Iterable[Growth]) -> Grew:
    """By people and competencies that were rated before and after."""
    came_back: dict[tuple[GrowthKind, str, str], Growth] = {}
    for g in sorted(growths, key=lambda g: (g.after_at is None, g.after_at, g.letter)):
        if g.before is not None and g.after is not None:
            came_back.setdefault((g.kind, g.person, g.competency), g)
    better = {kind: [_is_better(g) for (k, _, _), g in came_back.items() if k is kind] for kind in GrowthKind}
    told, untold = better[GrowthKind.TOLD], better[GrowthKind.UNTOLD]
    people = {kind: {person for k, person, _ in came_back if k is kind} for kind in GrowthKind}
    found = Grew(sum(told), len(told), sum(untold), len(untold))
    if min(map(len, people.values())) < EACH_SIDE:
        return found
    return found._replace(
        told_interval=wilson(*found[:2]), untold_interval=wilson(*found[2:4]), difference=newcombe(*found[:4])
    )


def _is_about(campaign: SaidCampaign, growth: Growth, candidacy: Candidacy | None) -> bool:
    cycle = candidacy.cycle if candidacy else None
    is_of = campaign.job in (None, growth.job) and campaign.cycle in (None, cycle)
    return is_of and campaign.competency == growth.competency


def _is_better(growth: Growth) -> bool:
    return growth.after is not None and growth.before is not None and growth.after - growth.before >= BETTER_BY - EXACT


def _growth(
    person: HeardPerson,
    candidacy: Candidacy | None,
    application: str,
    competency: str,
    letter: str | None,
    before: float | None,
    rated: Sequence[Assessment],
    since: datetime,
) -> Growth:
    later = [a for a in rated if a.competency == competency and a.application != application and a.at > since]
    first = min(later, key=lambda a: (a.at, a.application), default=None)
    return Growth(
        organization=person.organization,
        person=person.person,
        competency=competency,
        letter=letter or application,
        application=application,
        job=candidacy.job if candidacy else None,
        family=candidacy.family if candidacy else None,
        kind=GrowthKind.TOLD if letter else GrowthKind.UNTOLD,
        before=before,
        after=_level(_levels(later), first.application, competency) if first else None,
        after_at=first.at if first else None,
    )


def _levels(rated: Iterable[Assessment]) -> Levels:
    found: dict[tuple[str, str], list[float]] = {}
    for a in rated:
        if a.level is not None:
            found.setdefault((a.application, a.competency), []).append(a.level)
    return found


def _level(levels: Levels, application: str, competency: str) -> float | None:
    known = levels.get((application, competency))
    return mean_of(known) if known else None
