"""The mail server on this machine: what it accepts is on disk, byte for byte."""

import mailbox
import smtplib
from email.message import EmailMessage

import pytest

from local.post_office import LocalMailServer, read_letters


@pytest.fixture
def post_office(own_home):
    one = LocalMailServer(own_home)
    one.start()
    yield one
    one.stop()


def letter_to_noor() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "jobs@halden.example", "noor@mail.example", "What happens next"
    letter.set_content("Thank you, Noor.\n.\nA line after a lonely dot.\n")
    return letter


def test_an_accepted_letter_lies_in_the_maildir(post_office):
    with smtplib.SMTP("127.0.0.1", post_office.port) as server:
        server.send_message(letter_to_noor())

    [kept] = mailbox.Maildir(post_office.folder)

    assert kept["Subject"] == "What happens next"
    assert kept["Delivered-To"] == "noor@mail.example"
    assert kept.get_payload() == "Thank you, Noor.\n.\nA line after a lonely dot.\n"


def test_letters_survive_kill_9_and_the_server_comes_back(post_office):
    with smtplib.SMTP("127.0.0.1", post_office.port) as server:
        server.send_message(letter_to_noor())

    post_office.process.kill()
    post_office.process.wait()
    post_office.launch()
    post_office.wait()

    assert len(mailbox.Maildir(post_office.folder)) == 1


def test_letters_are_read_in_the_order_of_arrival_though_their_names_do_not_sort_so(tmp_path):
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    for name, text in (("1764216900.M99P7Q1.halden", b"first"), ("1764216900.M100000P7Q2.halden", b"second")):
        (tmp_path / "mail" / "new" / name).write_bytes(text)

    assert sorted(box.keys())[0] == "1764216900.M100000P7Q2.halden"
    assert read_letters(tmp_path / "mail") == [b"first", b"second"]
