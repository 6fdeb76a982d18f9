"""Ports: free, remembered, below the ephemeral range."""

import socket

import pytest

from local.claims import claimed
from local.errors import PortsUnfit
from local.ports import USUAL, claim_port, free_port, is_free, pinned_ports, remembered_ports


@pytest.fixture(autouse=True)
def nothing_pinned(monkeypatch):
    monkeypatch.delenv("TALENTLOOP_PORTS", raising=False)


def test_a_home_gets_the_same_port_again(tmp_path):
    assert claim_port(tmp_path, "kafka") == claim_port(tmp_path, "kafka")


def test_a_port_somebody_else_took_is_exchanged_and_remembered(tmp_path):
    before = claim_port(tmp_path, "kafka")

    with socket.create_server(("127.0.0.1", before)):
        after = claim_port(tmp_path, "kafka")

    assert after != before
    assert remembered_ports(tmp_path) == {"kafka": after}


def test_ports_lie_below_the_ephemeral_range():
    assert all(1024 < free_port() < 32768 for _ in range(50))


def test_a_listening_port_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_pinned_port_is_taken_whatever_was_used_before_and_stays(tmp_path, monkeypatch):
    claim_port(tmp_path, "kafka")
    port = free_port()
    monkeypatch.setenv("TALENTLOOP_PORTS", f" kafka = {port} ,")

    assert claim_port(tmp_path, "kafka") == port
    assert claim_port(tmp_path, "interviews") != port
    monkeypatch.delenv("TALENTLOOP_PORTS")
    assert claim_port(tmp_path, "kafka") == port


def test_a_port_pinned_for_one_is_given_up_by_the_other(tmp_path, monkeypatch):
    before = claim_port(tmp_path, "interviews")
    monkeypatch.setenv("TALENTLOOP_PORTS", f"kafka={before}")

    assert claim_port(tmp_path, "interviews") != before
    assert claim_port(tmp_path, "kafka") == before


def test_a_pinned_port_that_is_taken_is_refused_by_its_name(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("TALENTLOOP_PORTS", f"kafka={port}")
        with pytest.raises(PortsUnfit, match=rf"port {port}, which TALENTLOOP_PORTS pins for kafka"):
            claim_port(tmp_path, "kafka")


@pytest.mark.parametrize(
    "pins", ["zookeeper=1", "kafka", "kafka=", "kafka=0", "kafka=65536", "kafka=x", "kafka=\u0661", "kafka=1,kafka=2",
             "kafka=1,mail=1", "9094"],
)  # fmt: skip
def test_a_pin_that_cannot_be_read_is_refused(pins, monkeypatch):
    monkeypatch.setenv("TALENTLOOP_PORTS", pins)

    with pytest.raises(PortsUnfit):
        pinned_ports()


def test_the_usual_home_listens_where_the_guide_says_unless_somebody_else_does(tmp_path, monkeypatch):
    usual = free_port()
    monkeypatch.setitem(USUAL, "kafka", usual)

    assert claim_port(tmp_path / ".talentloop", "kafka") == usual
    with socket.create_server(("127.0.0.1", usual)):
        assert claim_port(tmp_path / "other" / ".talentloop", "kafka") != usual


def test_homes_that_start_at_the_same_time_choose_other_ports(tmp_path, monkeypatch):
    usual = free_port()
    monkeypatch.setitem(USUAL, "kafka", usual)
    one, other = tmp_path / "one" / ".talentloop", tmp_path / "other" / ".talentloop"

    with claimed(one), claimed(other):
        assert claim_port(one, "kafka") == usual
        assert claim_port(other, "kafka") != usual
        monkeypatch.setenv("TALENTLOOP_PORTS", f"mail={usual}")
        with pytest.raises(PortsUnfit, match="Somebody else"):
            claim_port(other, "mail")


def test_a_home_that_runs_no_more_keeps_its_port_from_nobody(tmp_path, monkeypatch):
    usual = free_port()
    monkeypatch.setitem(USUAL, "kafka", usual)
    one, other = tmp_path / "one" / ".talentloop", tmp_path / "other" / ".talentloop"

    with claimed(one):
        claim_port(one, "kafka")

    assert claim_port(other, "kafka") == usual
