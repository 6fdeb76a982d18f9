"""What an event says, in one plain sentence. Ids only: names and free text stay where they are."""

import json
from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]

# By topic; a word in braces is a field of the body, `-` where it holds nothing.
SENTENCES = {
    "user-registered": "{user} works with interviews",
    "job-opened": "Job {job} is open: {title}",
    "job-closed": "Job {job} is closed: {outcome}",
    "application-submitted": "{candidate} applied for {job}: application {application}",
    "interview-scheduled": "Interview {interview} of {candidate} is set for {starts_at}",
    "interview-completed": "Interview {interview} of {candidate} took place ({basis})",
    "interview-cancelled": "Interview {interview} of {candidate} was called off by the {by}",
    "interview-missed": "The {by} did not come to interview {interview} of {candidate}",
    "feedback-submitted": "{interviewer} gave feedback {feedback} on {candidate}: {overall}",
    "feedback-withdrawn": "Feedback {feedback} on {candidate} was withdrawn",
    "application-decided": "{candidate}'s application {application} is decided: {outcome}",
    "application-decision-reversed": "The decision about {candidate}'s application {application} was taken back",
    "organization-configured": "The organisation says how it wants things done: outreach {outreach_mode}",
    "candidate-registered": "{candidate} is registered",
    "consent-changed": "{candidate} answered to {purpose}: granted {granted}, {how}",
    "profile-corrected": "{candidate} corrects what is known of them",
    "candidate-merged": "{surviving} now stands for {merged}",
    "erasure-requested": "Erasure of {candidate} was requested by the {by}",
    "candidate-erased": "{candidate} is erased",
    "erasure-completed": "{service} has erased {candidate}",
    "candidate-pooled": "{candidate} is in the pool of {family}: {tier}, {status}",
    "candidate-left-pool": "{candidate} left the pool of {family}: {reason}",
    "membership-reviewed": "{by} decided about {candidate}'s place in the pool of {family}: {action}",
    "candidate-matched": "{candidate} is proposed for {job}: meets {meets} of {of}, score {score}",
    "match-withdrawn": "{candidate} is no longer proposed for {job}: {reason}",
    "match-reviewed": "{by} decided about {candidate} for {job}: {outcome}",
    "mentorship-proposed": "{user} is proposed as mentor of {candidate}",
    "mentorship-accepted": "{candidate} has {user} as mentor",
    "mentorship-ended": "The mentorship of {candidate} ended",
    "referral-made": "{user} referred {candidate}",
    "outreach-sent": "Letter sent to {candidate}: {kind}, {stream}",
    "outreach-suppressed": "Letter to {candidate} held back: {kind}, {reason}",
    "outreach-bounced": "Letter to {candidate} came back: {kind}, {bounce}",
    "feedback-released": "Feedback for {candidate} was released by {approved_by}",
    "candidate-responded": "{candidate} responded: {kind}",
    "request-answered": "What {candidate} had asked for was answered, ended or taken up again by {by}",
    "survey-answered": "A survey about {job} was answered",
    "answer-overdue": "{candidate} waits longer than promised: {missing} of application {application}",
    "interview-returned": "Interview {interview} of {candidate} came to {returned}",
    "interview-tallied": "An interview about {job} came to {returned}; whose it was is erased",
    "round-summed-up": "What the round of {job} taught was summed up",
    "campaign-started": "{by} started a campaign about {competency}",
    "news-published": "{by} published news {news} about {about}",
    "event-rejected": "A record of {topic} was not accepted: {code}",
}


class _Fields(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "-"


def sentence(topic: str, fact: str | None, body: str | None) -> str:
    """The event in words; by its topic and fact only where its body is no longer, or never was, kept."""
    if body is None or topic not in SENTENCES:
        return f"{topic} of {fact}" if fact else topic
    said: Body = json.loads(body)
    return SENTENCES[topic].format_map(_Fields({name: _spoken(value) for name, value in said.items()}))


def _spoken(value: Any) -> Any:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(v) for v in value) or "-"
        case _:
            return value
