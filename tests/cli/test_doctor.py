"""`talentloop doctor`: finds what gets in the way and says how to mend it."""

import json
import socket

from cli.doctor import judge_settings
from local.ports import claim_port
from local.stack import save_state
from shared.contracts import OrganizationConfigured
from tests.programs import talentloop


def findings(answer) -> dict[str, dict[str, object]]:
    return {finding["what"]: finding for finding in json.loads(answer.stdout)}


def test_a_fit_machine_is_said_to_be_fit(kafka, tmp_path):
    tmp_path.chmod(0o711)

    found = findings(talentloop("doctor", "--json", home=tmp_path))

    assert found["Python"]["fine"]
    assert found["aiokafka's C extension"]["fine"]
    assert found["Apache Kafka"]["fine"]


def test_an_unreachable_registry_is_found_before_it_hurts(tmp_path):
    answer = talentloop(
        "doctor", "--json", home=tmp_path, XDG_CACHE_HOME=str(tmp_path), TALENTLOOP_MAVEN_URL="http://127.0.0.1:1"
    )

    assert answer.returncode == 1
    assert "TALENTLOOP_MAVEN_URL" in findings(answer)["Apache Kafka"]["mend"]


def test_a_port_taken_by_others_is_named(tmp_path):
    port = claim_port(tmp_path, "kafka")

    with socket.create_server(("127.0.0.1", port)):
        answer = talentloop("doctor", "--json", home=tmp_path)

    assert str(port) in findings(answer)["ports"]["detail"]


def test_a_killed_stack_is_noticed(tmp_path):
    save_state(tmp_path, ready=True)

    found = findings(talentloop("doctor", "--json", home=tmp_path))

    assert "was killed" in found["state"]["detail"]


def test_what_is_left_to_say_is_named_and_wrong_where_letters_leave():
    silent = OrganizationConfigured(name="Acme", reply_person="ines", privacy_url="https://acme.example/privacy")
    live = OrganizationConfigured(**dict(silent) | {"outreach_mode": "live"})

    before, after = judge_settings({"acme": silent}), judge_settings({"acme": live})

    assert (before.fine, after.fine) == (True, False)
    assert after.detail == "not said yet: acme (live): controller, imprint_url, supervisory_authority"
