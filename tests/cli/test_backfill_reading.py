"""A whole file: what it says, and that nothing in it is silently lost, doubled or reordered."""

import json
import random
from datetime import UTC, datetime

import pytest

from cli.backfill.reading import read_file
from shared.contracts import BY_TOPIC
from tests.cli.backfill_files import ANA, BEN, NOW, a_mapping, a_table


def reading_of(*rows, organization="acme", live=False, is_rest=False, **changes):
    return read_file(a_table(*rows), a_mapping(**changes), organization, NOW, live=live, is_rest=is_rest)


def bodies(reading, topic):
    return [json.loads(fact.body) for fact in reading.facts if fact.topic == topic]


def test_a_row_says_a_job_a_candidate_an_application_and_how_the_interview_went():
    reading = reading_of(ANA)

    assert [fact.topic for fact in reading.facts] == [
        "job-opened",
        "job-closed",
        "candidate-registered",
        "application-submitted",
        "interview-completed",
        "interview-scheduled",
    ]
    assert {fact.key for fact in reading.facts} == {
        "acme/halden-data-analyst/halden-data-analyst",
        "acme/ana-ruiz/ana-ruiz",
        "acme/ana-ruiz/ana-ruiz-halden-data-analyst",
        "acme/ana-ruiz/ana-ruiz-halden-data-analyst-2026-02-03",
    }


def test_every_fact_is_dated_by_its_interview_and_keeps_its_contract():
    reading = reading_of(ANA)

    assert {fact.time for fact in reading.facts} == {datetime(2026, 2, 3, 9, tzinfo=UTC)}
    for fact in reading.facts:
        BY_TOPIC[fact.topic].model_validate_json(fact.body, strict=False)


def test_somebody_who_did_not_come_is_missed_and_not_completed():
    reading = reading_of(BEN)

    [missed] = bodies(reading, "interview-missed")
    assert missed["by"] == "candidate"
    assert missed["missed_at"] == missed["starts_at"]
    assert (reading.completed, reading.missed) == (0, 1)


@pytest.mark.parametrize("last", ["04.05.2026", "07.05.2026"])  # now is the second of November, nine o'clock
def test_a_job_whose_last_interview_is_half_a_year_ago_is_closed_with_it_before_anybody_comes(last):
    reading = reading_of(ANA, BEN.replace("04.02.2026", last))

    closings = bodies(reading, "job-closed")
    if last == "04.05.2026":
        assert [c["closed_at"] for c in closings] == ["2026-05-04T09:00:00Z"]
        assert [fact.topic for fact in reading.facts][:2] == ["job-opened", "job-closed"]
    else:
        assert closings == []


def test_how_long_ago_is_said_by_the_mapping_and_todays_jobs_stay_open():
    assert bodies(reading_of(ANA, open_for_days=300), "job-closed") == []
    assert len(bodies(reading_of(ANA, BEN, open_for_days=0), "job-closed")) == 1
    assert bodies(reading_of(ANA, live=True), "job-closed") == []


def test_rows_that_were_rejected_and_come_later_say_no_job_is_over_and_make_none_younger():
    later = BEN.replace("04.02.2026", "09.02.2026"), ANA.replace("03.02.2026", "08.02.2026")
    rest = reading_of(*later, is_rest=True)

    stands = {fact.topic: fact.time for fact in reading_of(ANA).facts}
    given = {fact.topic: fact.time for fact in rest.facts}
    assert "job-closed" not in given
    assert given["job-opened"] < stands["job-opened"]
    assert given["application-submitted"] < stands["application-submitted"]
    assert given["candidate-registered"] > stands["candidate-registered"]
    assert [job["opened_at"] for job in bodies(rest, "job-opened")] == ["2026-02-08T09:00:00Z"]


def test_a_job_that_rested_for_half_a_year_and_goes_on_is_opened_anew():
    before, after = (BEN.replace("04.02.2026", day) for day in ("02.02.2025", "09.10.2026"))
    rows = [after, ANA, before]

    stood = read_file(a_table(*rows[1:]), a_mapping(), "acme", datetime(2026, 9, 1, tzinfo=UTC))
    goes_on = reading_of(*rows)

    [closing], [once], [now] = bodies(stood, "job-closed"), bodies(stood, "job-opened"), bodies(goes_on, "job-opened")
    assert (once["opened_at"], closing["closed_at"]) == ("2025-02-02T09:00:00Z", "2026-02-03T10:00:00Z")
    assert now["opened_at"] == "2026-10-09T08:00:00Z" > closing["closed_at"]
    assert bodies(goes_on, "job-closed") == []
    assert [job["opened_at"] for job in bodies(reading_of(*rows, open_for_days=400), "job-opened")] == [
        "2025-02-02T09:00:00Z"
    ]


def test_a_job_opens_with_its_earliest_interview_whatever_the_order_of_rows():
    early = BEN.replace("04.02.2026", "01.02.2026")

    for rows in ([ANA, early], [early, ANA]):
        [job] = bodies(reading_of(*rows), "job-opened")
        assert job["opened_at"] == "2026-02-01T09:00:00Z"


def test_a_candidates_profile_is_that_of_the_newest_row():
    rows = [ANA.replace("Ana", "ana"), ANA.replace("03.02.2026", "05.02.2026")]

    [candidate] = bodies(reading_of(*rows), "candidate-registered")

    assert candidate["name"] == "Ana Ruiz"


def test_no_contact_data_is_said_unless_it_is_mapped():
    [quiet] = bodies(reading_of(ANA), "candidate-registered")
    [mapped] = bodies(
        reading_of(
            ANA,
            constants={"address": "ana@halden.example"},
            candidate={"name": "{person}", "email": "{address}"},
        ),
        "candidate-registered",
    )

    assert not quiet.get("email")
    assert not quiet.get("phone")
    assert mapped["email"] == "ana@halden.example"


def test_event_ids_follow_from_content_and_organization_alone():
    first, again, other = (reading_of(ANA, organization=name) for name in ("acme", "acme", "halden"))

    assert ids(first, "acme") == ids(again, "acme")
    assert ids(first, "acme").isdisjoint(ids(other, "halden"))


def test_the_order_of_rows_does_not_matter():
    rows = [ANA, BEN, ANA.replace("03.02.2026", "05.02.2026"), BEN.replace("Data Analyst", "Clerk")]
    shuffled = random.Random(3).sample(rows, len(rows))

    assert list(reading_of(*rows).facts) == list(reading_of(*shuffled).facts)


def ids(reading, organization):
    return {fact.id(organization) for fact in reading.facts}


def test_another_row_with_the_same_interview_is_rejected_not_overwritten():
    reading = reading_of(ANA, ANA.replace("yes", "no"), ANA)

    assert [(row.line, row.reason) for row in reading.rejected.first] == [
        (3, "line 2 is another interview with the id ana-ruiz-halden-data-analyst-2026-02-03"),
        (4, "the same row as line 2"),
    ]
    assert (reading.rows, reading.completed, reading.missed) == (3, 1, 0)


def test_an_application_cannot_be_two_peoples():
    reading = reading_of(ANA, BEN, ids__application="{position}", ids__interview="{candidate_id}-{day}")

    assert [row.reason for row in reading.rejected.first] == [
        "application data-analyst has another candidate or job on line 2"
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ANA.replace("Data Analyst", "D" * 201), "job-opened: title: "),
        (ANA.replace("Data Analyst", "<b>Analyst"), "job-opened: title: "),
        (ANA.replace("Ana Ruiz", "Ana \x00Ruiz"), "Person: holds a NUL"),
    ],
)
def test_what_a_contract_refuses_is_a_rejected_row_with_the_field(row, reason):
    [rejected] = reading_of(row, BEN).rejected.first

    assert rejected.reason.startswith(reason)
    assert rejected.line == 2


def test_a_required_text_without_its_column_rejects_an_optional_one_is_left_out():
    row = ANA.replace("Data Analyst", "")

    assert reading_of(row, ids__job="{client}").rejected.first[0].reason == "title: position is empty"
    [job] = bodies(reading_of(row, ids__job="{client}", job__title="{client}"), "job-opened")
    assert job["title"] == "Halden"
