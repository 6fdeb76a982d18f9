"""What comes in reaches somebody, shows something and misleads nobody; what was stored before is still read."""

import json

import pytest

from shared.contracts import BY_TOPIC, CandidateRegistered, as_sent, domain_of, is_reachable
from shared.kit.decode import Accepted
from tests.contracts.records import taken
from tests.contracts.samples import BODIES

PROFILE = BODIES["candidate-registered"]
NEVER = {
    "dot at the end": "ana@mail.example.",
    "dots in the domain": "ana@mail..example",
    "dot before the domain": "ana@.mail.example",
    "zero width": "ana@mail.example\u200b",
    "zero width in the local part": "an\u200ba@mail.example",
    "a direction": "ana\u202e@mail.example",
    "hyphen before a label": "ana@-mail.example",
    "hyphen after a label": "ana@mail-.example",
    "a label of 64": f"ana@{'a' * 64}.example",
    "a local part of 65": f"{'a' * 65}@mail.example",
    "no letters": "ana@☃.example",
    "a wrong A-label": "ana@bü_cher.example",
    "the address of a host": "ana@192.0.2.7",
    "a number at the end": "ana@mail.123",
    "signs": "ana@mail.exa!mple",
}
SENT = {
    "ana@mail.example": "ana@mail.example",
    "Ana.Ito+jobs@Mail.Example": "Ana.Ito+jobs@mail.example",
    "ana..ito@docomo.example": '"ana..ito"@docomo.example',
    "ana.@docomo.example": '"ana."@docomo.example',
    ".ana@mail.example": '".ana"@mail.example',
    "ana@bücher.example": "ana@xn--bcher-kva.example",
    "ana@BÜCHER.example": "ana@xn--bcher-kva.example",
    "ana@xn--bcher-kva.example": "ana@xn--bcher-kva.example",
    "ana@straße.example": "ana@xn--strae-oqa.example",
    "jürgen@mail.example": "jürgen@mail.example",
    "用户@例え.テスト": "用户@xn--r8jz45g.xn--zckzah",
    "ana@mx_1.mail.example": "ana@mx_1.mail.example",
}
ZONES = ["localtime", "Factory", "posixrules", "right/Europe/Berlin", "posix/Europe/Berlin", "Europe/Nowhere", "CET-1"]


def refused(topic: str, **changes: object):
    outcome = taken(topic, BODIES[topic] | changes)
    return getattr(outcome, "code", "accepted"), getattr(outcome, "field", None)


@pytest.mark.parametrize("address", NEVER.values(), ids=NEVER)
def test_an_address_that_no_mail_can_reach_is_refused(address):
    assert refused("candidate-registered", email=address) == ("invalid-field", "email")


@pytest.mark.parametrize("address", SENT)
def test_an_address_that_mail_can_reach_goes_out_as_servers_take_it(address):
    assert refused("candidate-registered", email=address) == ("accepted", None)
    assert as_sent(address) == SENT[address]
    assert domain_of(as_sent(address).rpartition("@")[2]) == SENT[address].rpartition("@")[2]


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_zone_that_is_a_hosts_own_is_refused_on_every_host(zone):
    assert refused("candidate-registered", timezone=zone) == ("invalid-field", "timezone")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Etc/UTC", "UTC", "Asia/Calcutta", "America/Argentina/Ushuaia"])
def test_a_zone_of_the_iana_database_is_accepted(zone):
    assert refused("candidate-registered", timezone=zone) == ("accepted", None)


@pytest.mark.parametrize("sign", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_signs_that_turn_the_direction_of_writing_are_refused(sign):
    assert refused("candidate-registered", name=f"Ana {sign}moc") == ("invalid-field", "name")


@pytest.mark.parametrize("name", ["\u200b", "\u2060\ufeff", " ", "\u00a0", "\u3164", "\u00ad"])
def test_a_name_that_shows_nothing_is_refused(name):
    assert refused("candidate-registered", name=name) == ("invalid-field", "name")


@pytest.mark.parametrize("name", ["Zoë", "عائشة\u200f", "نیک\u200cنام", "👩\u200d💻 Ana", "O'Brien", "\u200bAna"])
def test_names_of_all_scripts_are_accepted(name):
    assert refused("candidate-registered", name=name) == ("accepted", None)


def test_the_place_of_what_is_invalid_is_named():
    competencies = [BODIES["job-opened"]["competencies"][0] | {"name": "\u200b"}]

    assert refused("job-opened", competencies=competencies) == ("invalid-field", "competencies.0.name")


@pytest.mark.parametrize("changes", [{"email": "ana@mail.example."}, {"name": "\u200b"}, {"name": "a\u202eb"}])
def test_what_was_stored_before_is_still_read(changes):
    assert CandidateRegistered.model_validate_json(json.dumps(PROFILE | changes))


@pytest.mark.parametrize("topic", BODIES)
def test_every_sample_is_valid(topic):
    assert isinstance(taken(topic, BODIES[topic]), Accepted) or topic not in BY_TOPIC


def test_a_local_part_of_sixty_four_bytes_is_the_longest():
    assert is_reachable(f"{'ü' * 32}@mail.example")
    assert not is_reachable(f"{'ü' * 33}@mail.example")
