"""How fast letters may leave."""

from services.notifications.domain.pace import EVERYONE, Lane, MailsPerMinute, lanes_of, take_turns

LIMITS = MailsPerMinute(organization=60, domain=6)
HALDEN, MAIL = Lane("halden", "organization"), Lane(EVERYONE, "mail.example")
FREE = {HALDEN: 0.0, MAIL: 0.0}


def test_a_minutes_letters_leave_at_once_and_the_next_ones_one_after_the_other():
    turns = take_turns([[HALDEN, MAIL]] * 8, FREE, LIMITS)

    assert turns.delays == [0, 0, 0, 0, 0, 0, 10, 20]
    assert turns.free_in == {HALDEN: 6.0, MAIL: 60.0}


def test_a_crowded_domain_keeps_no_other_domain_waiting():
    other = Lane(EVERYONE, "other.example")

    turns = take_turns([[HALDEN, MAIL]] * 20 + [[HALDEN, other]], {**FREE, other: 0.0}, LIMITS)

    assert turns.delays[-1] == 0


def test_a_lane_that_was_busy_lets_nobody_through_before_it_has_room():
    turns = take_turns([[MAIL]], {MAIL: 60.0}, LIMITS)

    assert turns.delays == [10]
    assert take_turns([[MAIL]], {MAIL: 50.0}, LIMITS).delays == [0]


def test_without_a_limit_there_is_no_lane():
    assert lanes_of("halden", "mail.example", MailsPerMinute()) == []
    assert take_turns([[]], {}, MailsPerMinute()).delays == [0]
