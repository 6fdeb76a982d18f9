"""How fast letters may leave."""

from services.notifications.domain.pace import EVERYONE, Lane, MailsPerMinute, keep_pace, lanes_of

LIMITS = MailsPerMinute(organization=60, domain=6)
HALDEN, MAIL = Lane("halden", "organization"), Lane(EVERYONE, "mail.example")
FREE = {HALDEN: 0.0, MAIL: 0.0}


def test_a_minutes_letters_leave_at_once_and_the_next_ones_one_after_the_other():
    pace = keep_pace([[HALDEN, MAIL]] * 8, FREE, LIMITS)

    assert pace.delays == [0, 0, 0, 0, 0, 0, 10, 20]
    assert pace.free_in == {HALDEN: 6.0, MAIL: 60.0}


def test_a_crowded_domain_keeps_no_other_domain_waiting():
    other = Lane(EVERYONE, "other.example")

    pace = keep_pace([[HALDEN, MAIL]] * 20 + [[HALDEN, other]], {**FREE, other: 0.0}, LIMITS)

    assert pace.delays[-1] == 0


def test_a_lane_that_was_busy_lets_nobody_through_before_it_has_room():
    pace = keep_pace([[MAIL]], {MAIL: 60.0}, LIMITS)

    assert pace.delays == [10]
    assert keep_pace([[MAIL]], {MAIL: 50.0}, LIMITS).delays == [0]


def test_without_a_limit_there_is_no_lane():
    assert lanes_of("halden", "mail.example", MailsPerMinute()) == []
    assert keep_pace([[]], {}, MailsPerMinute()).delays == [0]
