"""The story in its order: who does what when, and what is looked at on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from cli.demo import cast, mailbox, story
from cli.demo.cast import berlin
from cli.demo.notes import HANNA_BY_BEN, MENDED, NOTES, SURVEYED, survey_of
from cli.demo.stage import DemoStage, Heard
from cli.demo.story import FIRST_JOB, NEXT_JOB
from shared.contracts import family_of, match_id, membership_id

Tell = Callable[[str], None]
FAMILY = family_of("data", None)
MENTORSHIP = "noor-and-ada"


class Killed(NamedTuple):
    """A service that was killed in the middle of its work."""

    service: str
    seconds: float
    behind: int


@dataclass
class StorySeen:
    """What was looked at on the way, as the services told it."""

    killed: Killed | None = None
    rejected: list[Heard] = field(default_factory=list)
    projected: dict[str, Any] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    released: int = 0
    full: int = 0
    told_plainly: int = 0
    digests: int = 0
    calendars: int = 0
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    ratings: list[tuple[str, int]] = field(default_factory=list)
    released_at: datetime | None = None
    considered: int = 0
    proposed: list[dict[str, Any]] = field(default_factory=list)
    blocked: list[dict[str, Any]] = field(default_factory=list)
    members: list[dict[str, Any]] = field(default_factory=list)
    mentorship: dict[str, Any] = field(default_factory=dict)
    kept_posted: list[str] = field(default_factory=list)
    survey: dict[str, Any] = field(default_factory=dict)
    round: dict[str, Any] = field(default_factory=dict)
    report: str = ""
    sent: list[Heard] = field(default_factory=list)
    hired: set[str] = field(default_factory=set)
    talks: list[dict[str, Any]] = field(default_factory=list)
    interviews: dict[str, int] = field(default_factory=dict)
    waste: dict[str, Any] = field(default_factory=dict)
    facts: int = 0
    published: int = 0
    mails: list[mailbox.ReceivedMail] = field(default_factory=list)


async def play(stage: DemoStage, tell: Tell) -> StorySeen:
    """The whole story. Raises Failed when a service refuses what the story needs."""
    seen = StorySeen()
    await _interview(stage, tell)
    await _decide(stage, seen, tell)
    await _say_goodbye(stage, tell)
    await _open_the_next_job(stage, seen, tell)
    await _hire(stage, tell)
    await _look_back(stage, seen)
    return seen


async def _interview(stage: DemoStage, tell: Tell) -> None:
    tell("Mon  2 Nov  eight people apply, fifteen interviews are scheduled")
    await stage.move(cast.BEGINNING)
    await stage.publish(story.opening())
    for day in (3, 4, 5):
        await _spend_a_day(stage, day)
    tell("Thu  5 Nov  a feedback of Ben's is parked: its rating is on no scale")
    await stage.move(berlin(6, 9, 30))
    await stage.publish([story.feedback(cast.NOOR_AND_BEN, berlin(6, 9, 30))])
    for day in (6, 9):
        await _spend_a_day(stage, day)
    tell("Tue 10 Nov  Priya withdraws")
    await stage.move(berlin(10, 11, 5))
    await stage.publish(story.withdrawal())
    await stage.settle()
    await _approve_letters(stage)
    await stage.move(berlin(11, 11))


async def _spend_a_day(stage: DemoStage, day: int) -> None:
    """Each interview is told when it is judged: reminders go to nobody who does not owe."""
    for facts in story.interviews(day):
        await stage.move(max(fact.at for fact in facts))
        await stage.publish(facts)
    await stage.move(berlin(day, 18))


async def _decide(stage: DemoStage, seen: StorySeen, tell: Tell) -> None:
    tell("Fri 13 Nov  seven decisions, nobody is hired")
    await stage.move(berlin(13, 16, 5))
    seen.killed = await _close(stage, tell, "candidates")
    await stage.settle()
    seen.projected = await stage.ask("candidates", "GET", f"/waste?job={FIRST_JOB}&projected=true")
    seen.waiting = await _waiting(stage)
    await stage.move(berlin(13, 16, 20))
    review = {"action": "confirm", "reason": "Ada and Ben saw different things; Ada's task was closer to the job."}
    await stage.ask("candidates", "PUT", f"/memberships/{membership_id('mei', FAMILY)}/review", json=review)
    await stage.settle()
    seen.released, seen.released_at = await _release(stage, seen), stage.now


async def _waiting(stage: DemoStage) -> list[dict[str, Any]]:
    """Who waits for what from whom: candidates for answers, letters for feedback."""
    answers = (await stage.ask("notifications", "GET", "/waiting?limit=200"))["items"]
    feedback = (await stage.ask("interviews", "GET", "/feedback-overdue"))["items"]
    waiting = [(one["candidate"], one["missing"], one["owner"]) for one in answers]
    waiting += [(one["candidate"], "feedback", one["interviewer"]) for one in feedback]
    return [dict(zip(("candidate", "missing", "owner"), one, strict=True)) for one in sorted(waiting)]


async def _close(stage: DemoStage, tell: Tell, service: str) -> Killed | None:
    """Publish the day's facts, and kill a service while it reads them, where its process is within reach."""
    before = stage.published
    await stage.publish(story.nobody_hired())
    if stage.place.home is None:
        return None
    tell(f"            {service} is killed while it reads them")
    started = time.monotonic()
    await stage.back(service, stage.kill(service))
    return Killed(service, time.monotonic() - started, stage.published - before)


async def _approve_letters(stage: DemoStage) -> int:
    """Release every letter that waits for a person; how many."""
    letters = (await stage.ask("notifications", "GET", "/letters?state=waiting&limit=200"))["items"]
    for letter in letters:
        answer = {"decision": "approve"}
        await stage.ask("notifications", "PUT", f"/letters/{letter['letter']}/approval", json=answer)
    await stage.settle()
    return len(letters)


async def _release(stage: DemoStage, seen: StorySeen) -> int:
    """Ines reads every draft, mends what the lint found, and releases what waits for nobody else; how many."""
    owed = {one["candidate"] for one in seen.waiting if one["missing"] == "feedback"}
    letters = (await stage.ask("notifications", "GET", "/letters?state=waiting&limit=200"))["items"]
    ready = [letter for letter in letters if letter["candidate"] not in owed]
    for letter in ready:
        draft = (await stage.ask("notifications", "GET", f"/letters/{letter['letter']}"))["draft"]
        if draft and draft["findings"]:
            seen.findings += [(letter["candidate"], one["code"], one["found"]) for one in draft["findings"]]
            await stage.ask("notifications", "PUT", f"/letters/{letter['letter']}/draft", json=_mended(draft))
        await stage.ask("notifications", "PUT", f"/letters/{letter['letter']}/approval", json={"decision": "approve"})
    await stage.settle()
    return len(ready)


def _mended(draft: dict[str, Any]) -> dict[str, Any]:
    """Without the sentence that must not stand in a letter."""
    strengths = [one | {"observed": MENDED.get(one["observed"], one["observed"])} for one in draft["strengths"]]
    return {"strengths": strengths, "development": draft["development"]}


async def _say_goodbye(stage: DemoStage, tell: Tell) -> None:
    tell("Mon 16 Nov  the weekend is over: first in Tokyo, then in Berlin the letters leave")
    await stage.move(berlin(16, 0))
    await stage.move(berlin(16, 8))
    await stage.move(berlin(16, 12, 30))
    for person in ("amara", "lukas", "noor"):
        await stage.tap(person, "/me/", "yes", about="talent_pool")
    await stage.move(berlin(17, 9, 15))
    await stage.tap("diego", "/respond/", "5", "rating")
    await stage.tap("diego", "/me/", "yes", about="keep_in_touch")
    tell("Wed 18 Nov  Ben answers what he owes, by the link in his mail")
    await stage.move(berlin(18, 11, 20))
    await stage.fill_in("ben", "/feedback-form/", HANNA_BY_BEN, "Your feedback is in")
    await stage.move(berlin(18, 11, 25))
    await stage.publish([story.feedback(cast.HANNA_AND_BEN, berlin(18, 11, 25), words=False)])
    await stage.settle()
    await _approve_letters(stage)
    await stage.move(berlin(18, 11, 30))
    await stage.move(berlin(18, 17, 30))
    await stage.tap("hanna", "/me/", "yes", about="talent_pool")
    for person in SURVEYED:
        await stage.tap(person, "/me/", "yes", about="survey")
    await stage.move(berlin(20, 10, 5))
    await stage.publish(story.elsewhere())


async def _open_the_next_job(stage: DemoStage, seen: StorySeen, tell: Tell) -> None:
    tell("Mon 23 Nov  a new job opens: who is already known?")
    await stage.move(berlin(23, 12, 5))
    await stage.publish(story.next_opening())
    await stage.settle()
    seen.members = (await stage.ask("candidates", "GET", f"/pool?family={FAMILY}"))["items"]
    matches = await stage.ask("candidates", "GET", f"/jobs/{NEXT_JOB}/matches")
    seen.considered = matches["considered"]
    seen.proposed = [looked for looked in matches["items"] if not looked["blockers"]]
    seen.blocked = [looked for looked in matches["items"] if looked["blockers"]]
    accept = {"outcome": "accepted", "reason": {"code": "meets_all"}}
    await stage.ask("candidates", "PUT", f"/matches/{match_id('amara', NEXT_JOB)}/review", json=accept)
    await stage.catch_up()
    await _find_a_mentor(stage, seen)


async def _find_a_mentor(stage: DemoStage, seen: StorySeen) -> None:
    """Ines asks Ada for Noor, with a goal out of Noor's letter; both say yes."""
    goal = NOTES["noor", "ben"].development[2]
    proposal = {"candidate": "noor", "user": "ada", "goals": [goal], "starts_on": "2026-12-01"}
    await stage.ask("candidates", "PUT", f"/mentorships/{MENTORSHIP}", json=proposal)
    await stage.ask("candidates", "PUT", f"/mentorships/{MENTORSHIP}/answer", user="ada", json={"agreed": True})
    await stage.settle()
    await stage.tap("noor", "/me/", "yes", about="mentoring", adult="true", relation=MENTORSHIP)
    seen.mentorship = await stage.ask("candidates", "GET", f"/mentorships/{MENTORSHIP}")


async def _hire(stage: DemoStage, tell: Tell) -> None:
    await stage.move(berlin(24, 9, 10))
    await stage.tap("amara", "/answer/", "interested")
    await stage.move(berlin(25, 10, 5))
    await stage.publish(story.rediscovered())
    await stage.move(berlin(30, 8, 5))
    await stage.move(berlin(30, 18))
    tell("Mon 30 Nov  five people say how they found it")
    for person in SURVEYED:
        await stage.fill_in(person, "/survey/", survey_of(person), "Your answers have arrived")
    tell("Tue  8 Dec  Amara is hired")
    await stage.move(berlin(8, 11, 5, month=12))
    await stage.publish(story.hired())
    await stage.catch_up()


async def _look_back(stage: DemoStage, seen: StorySeen) -> None:
    seen.interviews = await stage.ask("interviews", "GET", f"/interviews/counts?job={FIRST_JOB}")
    seen.waste = await stage.ask("candidates", "GET", f"/waste?job={FIRST_JOB}")
    seen.talks = (await stage.ask("interviews", "GET", f"/interviews?job={FIRST_JOB}&limit=200"))["items"]
    seen.rejected = await stage.heard("event-rejected")
    decided = await stage.heard("application-decided")
    seen.hired = {body["candidate"] for _, body in decided if body["outcome"] == "hired"}
    seen.sent = await stage.heard("outreach-sent")
    seen.full = len(await stage.heard("feedback-released"))
    said = await stage.heard("candidate-responded")
    seen.ratings = [(body["candidate"], body["rating"]) for _, body in said if body["kind"] == "feedback_rated"]
    agreed = [body for _, body in await stage.heard("consent-changed") if body["granted"]]
    seen.kept_posted = [body["candidate"] for body in agreed if body["purpose"] == "keep_in_touch"]
    seen.survey = await stage.ask("notifications", "GET", f"/survey?job={FIRST_JOB}")
    seen.round = await stage.ask("insights", "GET", f"/rounds/{FIRST_JOB}")
    seen.report = await stage.read_page("insights", f"/rounds/{FIRST_JOB}/report")
    seen.mails = await stage.open_mails()
    seen.digests = sum(mail.subject.endswith(story.DIGEST) for mail in seen.mails)
    seen.calendars = sum(mail.calendars for mail in seen.mails)
    seen.told_plainly = sum(mail.says(story.HIRED_NOBODY) for mail in seen.mails)
    seen.facts, seen.published = await stage.count_facts(), stage.published
