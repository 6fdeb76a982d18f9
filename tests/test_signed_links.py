"""Every signed link that any service builds is followed to where it leads; the contract and the guide agree."""

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reference.routes import SERVICES
from services.notifications.post.links import SignedLinks
from services.notifications.sql.sending import ClaimedLetter
from shared.contracts import (
    Event,
    FeedbackReleased,
    MentorshipProposed,
    OutreachSent,
    Purpose,
    ResponseKind,
    letter_id,
    match_id,
)
from shared.contracts.links import LINKS, OWN_PAGE, STAY
from shared.web import audit
from shared.web.links import Links
from tests.access.bodies import PROPOSAL
from tests.browser import KEY, Browser, browsing
from tests.candidates import sentences as s
from tests.heard import Heard
from tests.notifications.facts import halden
from tests.stage import staged

ROOT = Path(__file__).parents[1]
ADDRESS = re.compile(r'(?:href|action)="(http://[^"]+)"')
LETTER = letter_id("acme", "decision", "amara-su27", "amara", 1)
SURVEY = letter_id("acme", "survey", "amara-su27", "amara", 1)


def facts() -> list[Heard | Event]:
    """Amara got a full letter, Noor a short one; Amara is thought of for the next job, and agreed to a survey."""
    interviewed = [e for who in (s.amara, s.noor) for e in who() if e.topic != "interview-scheduled"]
    released = {"letter": LETTER, "application": "amara-su27", "candidate": "amara", "language": "en", "strengths": []}
    return [
        halden("approve"),
        s.opened(),
        s.closed(),
        s.the_next_job(),
        *interviewed,
        s.scheduled("amara", interviewers=[{"user": "ada"}]),
        s.consented("amara"),
        s.consented("amara", purpose=Purpose.SURVEY),
        MentorshipProposed.model_validate(PROPOSAL | {"relation": "m1", "user": "ada", "ends_on": "2027-02-23"}),
        FeedbackReleased.model_validate(
            released | {"development": [], "approved_by": "ines", "released_at": s.DECIDED}
        ),
        *(_told(who, outreach) for who, outreach in (("amara", LETTER), ("noor", "letter-noor"))),
        s.reviewed_match("amara", "ws27", reviewed_at="2026-11-23T08:00:00Z"),
    ]


def _told(who: str, outreach: str) -> Heard:
    """The letter about their decision left on Monday morning."""
    whole = {
        "stream": "duty",
        "kind": "decision",
        "template_version": "1",
        "language": "en",
        "message_id": "<l@x.example>",
    }
    said = OutreachSent.model_validate(whole | {"outreach": outreach, "candidate": who, "application": f"{who}-su27"})
    return Heard(said, s.NOW - timedelta(days=7, hours=1))


def letter(recipient: str = "amara") -> ClaimedLetter:
    """A letter with all that links are about."""
    given = dict.fromkeys(ClaimedLetter._fields) | {"organization": "acme", "recipient": recipient, "letter": SURVEY}
    return ClaimedLetter(**given | {"about": "amara-su27-i1", "match": match_id("amara", "ws27")})


def letters_links(links: SignedLinks) -> list[str]:
    """Every link of letters that leave now."""
    ours = [
        link(letter(), s.NOW) for link in (links.own_page, links.stay, links.survey, links.answer, links.unsubscribe)
    ]
    theirs = [links.form(letter("ada"), s.NOW), links.mentoring(letter("ada")._replace(about="m1"), s.NOW)]
    return [*ours, *theirs, links.respond(ResponseKind.FEEDBACK_RATED, letter(), s.NOW)]


@pytest.fixture
async def browsers(fresh_database, tmp_path):
    """Somebody at the routes of each service, all of which heard the same."""
    async with AsyncExitStack() as stack:
        found: dict[str, Browser] = {}
        for service in SERVICES:
            stage = await stack.enter_async_context(staged(await fresh_database(service.name), service, s.NOW))
            heard = [f for f in facts() if service.name in (f.event if isinstance(f, Heard) else f).listens]
            await stage.deliver(*heard)
            await stage.move(s.NOW + timedelta(hours=1))
            found[service.name] = await stack.enter_async_context(browsing(service, stage, tmp_path))
        yield found


@pytest.mark.db
async def test_every_link_that_a_service_builds_opens_at_the_service_it_leads_to(browsers):
    settings = browsers["notifications"].client._transport.app.state.runtime.settings
    expired = {"now": s.NOW - timedelta(days=61)}
    lost = [
        Links(KEY).address(k, f"http://{at}.example", "acme", "amara", **expired)
        for k, at in ((OWN_PAGE, "candidates"), (STAY, "notifications"))
    ]
    waiting = [("notifications", link) for link in (*letters_links(SignedLinks(settings)), *lost)]
    built: set[tuple[str, str]] = set()
    opened: set[tuple[str, str]] = set()

    while waiting:
        builder, link = waiting.pop()
        host, page = urlsplit(link).hostname, urlsplit(link).path.split("/")[1]
        service = builder if host == "localhost" else host.removesuffix(".example")
        if (page, service) in opened and (page, builder) in built:
            continue
        shown = await browsers[service].client.get(urlsplit(link).path)
        assert shown.status_code == (410 if link in lost else 200), (builder, link, shown.text)
        if link not in lost:
            built.add((page, builder))
            opened.add((page, service))
        waiting += [(service, other) for other in ADDRESS.findall(shown.text) if urlsplit(other).path.count("/") == 2]

    assert built == {(kind.page, service) for kind in LINKS for service in kind.built_by}
    assert opened == {(kind.page, service) for kind in LINKS for service in kind.opened_by}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_route_that_asks_for_no_login_is_the_page_of_a_link_and_only_its_service_has_it(service):
    paths = {route.path for router in (*service.routes, audit.routes) for route in router.routes}

    pages = {path.partition("/{token}")[0] for path in paths if "{token}" in path}

    assert pages == {f"/{kind.page}" for kind in LINKS if service.name in kind.opened_by}


def test_no_service_signs_a_link_that_is_not_in_the_contract():
    sources = {file: file.read_text() for file in (ROOT / "services").rglob("*.py")}

    signing = [str(f.relative_to(ROOT)) for f, text in sources.items() if re.search(r"\bLinks\(|state\.links", text)]

    assert signing == ["services/notifications/post/links.py"]
    assert ".sign(" not in sources[ROOT / signing[0]]


def test_a_link_names_as_many_ids_as_its_kind_does():
    for kind in LINKS:
        ids = tuple(f"-{name}" for name in kind.about)

        assert kind.ids(kind.subject(*ids)) == ids
        with pytest.raises(ValueError, match="zip"):
            kind.subject(*ids, "more")
        if kind.about:
            with pytest.raises(ValueError, match="zip"):
                kind.ids(kind.subject(*ids) + "/more")


def test_the_guide_lists_every_kind_of_link():
    guide = (ROOT / "docs" / "integration.md").read_text()
    rows = re.findall(r"^\| `/(\S+)/\{token\}` \| (.+?) \| .+ \| (.+?) \| (.+?) \|$", guide, re.MULTILINE)

    assert sorted(rows) == sorted(
        (k.page, _listed(k.opened_by), _listed(k.built_by), f"{k.lasts.days} days" if k.lasts else "for ever")
        for k in LINKS
    )


def _listed(services: frozenset[str]) -> str:
    return "each" if len(services) == len(SERVICES) else ", ".join(sorted(services))
