"""Ports: free, remembered, below the ephemeral range."""

import socket

from local.ports import claim_port, free_port, is_free, remembered_ports


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
