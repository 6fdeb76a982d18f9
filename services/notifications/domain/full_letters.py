"""Rule 3: the full letter. What interviewers saw, in their words, chosen and ordered by rule; nothing is invented."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord, FeedbackItem
from services.notifications.domain.letters import DerivedLetter, State, Variant, kept_for
from services.notifications.domain.organizations import Opening
from services.notifications.domain.records import LetterRelease, RecipientRecord, StoredLetter, by_id
from shared.contracts import (
    Cause,
    FeedbackPolicy,
    FeedbackReleased,
    Outcome,
    OutreachMode,
    ReleasedDevelopment,
    ReleasedStrength,
    Saying,
)
from shared.lint import LintFinding, knows, lint, reads_as

AT_LEAST_STRENGTHS, AT_LEAST_DEVELOPMENT = 2, 1
AT_MOST = 3  # of each
AUTOMATIC = "automatic"  # who releases, where the organisation lets nobody look


class LetterDraft(NamedTuple):
    """What a full letter would say now. `basis` names the feedback it is made of: an edit is of one basis."""

    strengths: tuple[FeedbackItem, ...]
    development: tuple[FeedbackItem, ...]
    basis: str = ""
    edited_by: str | None = None
    edited_at: datetime | None = None

    @property
    def language(self) -> str:
        """That of its first item; others are marked."""
        return self.strengths[0].language

    @property
    def items(self) -> tuple[FeedbackItem, ...]:
        """Both sides, in the order of the letter."""
        return self.strengths + self.development

    @property
    def both_sides(self) -> list[str]:
        """Competencies that are praised and criticised at once: a person looks."""
        return sorted({i.competency for i in self.strengths} & {i.competency for i in self.development})

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(language, text) of everything the candidate would read of it, in the order of the letter."""
        found = [(i.language, i.observed) for i in self.strengths]
        for i in self.development:
            found += [(i.language, i.observed), (i.language, i.suggestion or "")]
        return found


def draft_of(record: RecipientRecord, application: ApplicationRecord) -> LetterDraft | None:
    """The draft as a person left it, else as the facts make it; None where a short letter is all there can be."""
    derived = _derived(record, application)
    kept = _kept(record, application)
    edit = kept.edit if kept else None
    if derived is None or edit is None or edit.basis != derived.basis:
        return derived
    return LetterDraft(edit.strengths, edit.development, derived.basis, edit.by, edit.at)


def items_of(application: ApplicationRecord) -> tuple[list[FeedbackItem], list[FeedbackItem]]:
    """(strengths, development) that its feedback lets be shared: one per feedback and competency."""
    return _once(i for i in application.items if i.suggestion is None), _once(
        i for i in application.items if i.suggestion is not None
    )


def release_of(record: RecipientRecord, application: ApplicationRecord) -> LetterRelease | None:
    """What was released for the decision as it stands; a decision made anew needs a new release."""
    release, decision = record.released.get(application.application), application.standing
    return release if release and decision and release.at >= decision.decided_at else None


def is_full(record: RecipientRecord, application: ApplicationRecord) -> bool:
    """Released as a full letter; or enough to say, nobody forbids it, and nobody chose the short one already."""
    release = release_of(record, application)
    if release:
        return bool(release.strengths or release.development)
    kept, decision = _kept(record, application), application.standing
    chosen = kept and decision and kept.verdict == "approve" and kept.verdict_on == decision.decided_at
    if chosen and kept and kept.verdict_variant == Variant.SHORT:
        return False
    return draft_of(record, application) is not None


def findings(record: RecipientRecord, application: ApplicationRecord, draft: LetterDraft) -> list[LintFinding]:
    """What the lint finds; `text` counts as in `LetterDraft.texts`. Nobody but the candidate may be named."""
    names = names_near(record, application)
    return [
        finding._replace(text=position)
        for position, (language, text) in enumerate(draft.texts)
        for finding in lint([text], language, names)
    ]


def concerns(record: RecipientRecord, application: ApplicationRecord, draft: LetterDraft) -> list[str]:
    """Why a person must look at it, by code: what the lint finds, what it cannot read, what stands on both sides.

    `mail_language`: an item is in another language than its mail: only a person knows whether the candidate reads it.
    """
    found = {str(f.code) for f in findings(record, application, draft)}
    if draft.both_sides:
        found.add("both_sides")
    if not all(knows(language) for language, _ in draft.texts):
        found.add("no_word_list")
    if not all(reads_as(f"{i.observed} {i.suggestion or ''}", i.language) for i in draft.items):
        found.add("other_language")
    mail = _mail_language(record, application.job)
    if any(_base(i.language) != mail for i in draft.items):
        found.add("mail_language")
    if any(i.interviewer not in record.colleagues for i in application.items):
        found.add("unknown_interviewer")
    return sorted(found)


def _mail_language(record: RecipientRecord, job: str | None) -> str:
    """Letters are written in the languages that the lint reads, else in English."""
    return next((_base(wanted) for wanted in record.languages(job) if wanted and knows(wanted)), "en")


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def has_lapsed(record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter) -> bool:
    """Approved to leave later, and by now it would say something else: nobody looked at that."""
    application = record.application(letter.about)
    if kept.verdict_basis is None or application is None or release_of(record, application):
        return False
    draft = draft_of(record, application) if letter.variant is Variant.FULL else None
    if draft is None or draft.basis != kept.verdict_basis:
        return True
    return bool(draft.edited_at and kept.verdict_at and draft.edited_at > kept.verdict_at)


def leaves_alone(record: RecipientRecord, letter: DerivedLetter) -> bool:
    """Rule 8: live, the organisation releases automatically, and nothing speaks for a person's look."""
    settings, application = record.organization, record.application(letter.about)
    draft = draft_of(record, application) if application else None
    if not (application and draft and settings.mode is OutreachMode.LIVE and settings.automatic_release):
        return False
    return not concerns(record, application, draft)


def releases(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter], now: datetime) -> list[Saying]:
    """Full letters that a person approved, or whose hour came where nobody has to: said once, and never changed."""
    people = by_id(records)
    return [
        saying
        for letter in letters
        if letter.variant is Variant.FULL and letter.state in (State.PLANNED, State.READY)
        for saying in _release(people[letter.organization, letter.recipient], letter, now)
    ]


def _release(record: RecipientRecord, letter: DerivedLetter, now: datetime) -> Iterator[Saying]:
    application, kept = record.application(letter.about), kept_for(record, letter)
    draft = draft_of(record, application) if application else None
    if application is None or draft is None or release_of(record, application):
        return
    if (
        kept
        and kept.verdict == "approve"
        and kept.verdict_on == letter.cause_at
        and kept.verdict_by
        and kept.verdict_at
    ):
        if kept.not_before is None or letter.state is State.READY:
            yield _saying(letter, draft, kept.verdict_by, now if kept.not_before else kept.verdict_at)
    elif letter.state is State.READY and leaves_alone(record, letter):
        yield _saying(letter, draft, AUTOMATIC, now)


def _saying(letter: DerivedLetter, draft: LetterDraft, by: str, at: datetime) -> Saying:
    event = FeedbackReleased(
        letter=letter.letter,
        application=letter.about,
        candidate=letter.recipient,
        language=draft.language,
        strengths=tuple(
            ReleasedStrength(
                competency=i.competency, observed=i.observed, feedback=i.feedback, language=_other(i, draft)
            )
            for i in draft.strengths
        ),
        development=tuple(
            ReleasedDevelopment(
                competency=i.competency,
                observed=i.observed,
                suggestion=i.suggestion or "",
                feedback=i.feedback,
                language=_other(i, draft),
            )
            for i in draft.development
        ),
        approved_by=by,
        released_at=at,
        edited_by=draft.edited_by,
        edited_at=draft.edited_at,
    )
    return Saying(letter.organization, event, Cause("application-decided", letter.about))


def _other(item: FeedbackItem, draft: LetterDraft) -> str | None:
    return item.language if item.language != draft.language else None


def _derived(record: RecipientRecord, application: ApplicationRecord) -> LetterDraft | None:
    opening = record.opening(application.job)
    decision = application.standing
    if decision is None or decision.outcome is not Outcome.NOT_SELECTED:
        return None
    if opening.feedback_policy not in (None, FeedbackPolicy.FULL):
        return None
    strengths, development = items_of(application)
    if len(strengths) < AT_LEAST_STRENGTHS or len(development) < AT_LEAST_DEVELOPMENT:
        return None
    chosen = _chosen(strengths, opening), _chosen(development, opening)
    return LetterDraft(*chosen, sha256(repr(chosen).encode()).hexdigest()[:32])


def _once(items: Iterable[FeedbackItem]) -> list[FeedbackItem]:
    """The first of each feedback and competency."""
    found: dict[tuple[str, str], FeedbackItem] = {}
    for item in items:
        found.setdefault((item.feedback, item.competency), item)
    return list(found.values())


def _chosen(items: Sequence[FeedbackItem], opening: Opening) -> tuple[FeedbackItem, ...]:
    """At most three: one of each interviewer first; by number of interviewers, must-have, weight, id."""
    seen_by = {i.competency: len({o.interviewer for o in items if o.competency == i.competency}) for i in items}

    def importance(item: FeedbackItem) -> tuple[int, bool, int, str, str]:
        sought = opening.competencies.get(item.competency)
        must_have, weight = (sought.must_have, sought.weight) if sought else (False, 0)
        return -seen_by[item.competency], not must_have, -weight, item.competency, item.feedback

    ordered = sorted(items, key=importance)
    firsts = [
        next(i for i in ordered if i.interviewer == user) for user in dict.fromkeys(i.interviewer for i in ordered)
    ]
    taken = [*firsts, *(i for i in ordered if i not in firsts)][:AT_MOST]
    return tuple(sorted(taken, key=importance))


def names_near(record: RecipientRecord, application: ApplicationRecord, signed: str | None = None) -> list[str]:
    """Of whoever judged the candidate, met them, or works on the job; less what the reader, or who signs, is called."""
    opening = record.opening(application.job)
    users = {i.interviewer for i in application.items} | set(opening.roles)
    names = [record.colleagues[user].name.split() for user in sorted(users) if user in record.colleagues]
    reader = (record.profile.name, record.profile.preferred_name) if record.profile else ()
    own = " ".join(name for name in (*reader, signed) if name).split()
    return [" ".join(part for part in name if part not in own) for name in names]


def _kept(record: RecipientRecord, application: ApplicationRecord) -> StoredLetter | None:
    return next((k for k in record.kept if (k.kind, k.about, k.step) == ("decision", application.application, 1)), None)
