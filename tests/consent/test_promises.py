"""What a yes obliges to, and how a promise stands on a day. Pure: no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consent.agreement import Rulebook
from consent.promises import (
    CLAUSES,
    Facts,
    Promise,
    Standing,
    naming,
    nothing_before,
    promises_of,
    reading_days,
    reminder_due,
    standing,
)
from consent.rules import ObligationKind as Kind
from governance.clauses import compose, library

YES = datetime(2026, 3, 1, 9, tzinfo=UTC)
END = datetime(2028, 9, 1, 9, tzinfo=UTC)
HOLES = {
    "BENEFIT": {"benefits": "Free tests", "date": "2027-05-01"},
    "PUB_MORATORIUM": {"date": "2027-01-15"},
    "RETURN_RESULTS": {"days": "45"},
}
WHOLE = {
    "benefits_list": [
        {"text": "A workshop", "due_months": 3, "checked_by": "the clinic"},
        {"text": "A plain booklet", "due_months": 12},
    ],
    "results_return": {"how": "A meeting with the elders.", "due_months": 6},
    "destruction": "We wipe the disks.",
}


def rulebook(*codes, holes=HOLES):
    clauses = tuple(
        compose(code, holes.get(code, {}), {"max_months": 12, "max_rounds": 3, "min_cohort": 50})
        for code in codes
    )
    return Rulebook(
        number=1,
        digest="d" * 64,
        clauses=clauses,
        min_cohort=50,
        max_rounds=3,
        max_months=12,
        cooling_off_s=0,
        min_nodes=1,
    )


def made(document=WHOLE, *codes, not_before=YES, not_after=END):
    return promises_of(document, [rulebook(*codes)], not_before, not_after)


def of(kind: Kind, promises: list[Promise]) -> list[Promise]:
    return [promise for promise in promises if promise.kind is kind]


def test_no_tracked_clause_of_the_library_is_forgotten():
    tracked = {code for code, clause in library().items() if clause.enforcement == "tracked"}

    assert tracked == set(CLAUSES)
    assert {f"clause:{code}" for code in tracked} <= {p.source for p in made(WHOLE, *tracked)}


def test_a_tracked_clause_that_no_rule_knows_is_owed_at_the_end():
    clause = {"code": "NEWER", "text": "Bring bread.", "enforcement": "tracked", "params": {}}
    book = rulebook()
    newer = Rulebook(**{**vars(book), "clauses": (clause,)})

    promise = next(p for p in promises_of({}, [newer], YES, END) if p.source == "clause:NEWER")

    assert (promise.kind, promise.due_on) == (Kind.OTHER, date(2028, 10, 1))


def test_clauses_that_are_no_promise_make_none():
    assert {p.source for p in made({}, "NO_COMM", "TIME")} == {"platform"}


def test_what_the_request_promises_is_due_its_months_after_the_yes():
    promises = made()

    benefits = {p.text: p.due_on for p in of(Kind.BENEFIT, promises)}
    assert benefits == {
        "A workshop Checked by: the clinic.": date(2026, 6, 1),
        "A plain booklet": date(2027, 3, 1),
    }
    (results,) = of(Kind.RESULTS, promises)
    assert (results.text, results.due_on) == ("A meeting with the elders.", date(2026, 9, 1))


@pytest.mark.parametrize(
    ("code", "kind", "due_on"),
    [
        ("ETHICS_DOC", Kind.OTHER, date(2026, 3, 31)),
        ("RETURN_RESULTS", Kind.RESULTS, date(2028, 10, 16)),
        ("MODEL_COPY", Kind.OTHER, date(2028, 10, 31)),
        ("PUB_REVIEW", Kind.PUBLICATION, date(2028, 10, 1)),
        ("PUB_MORATORIUM", Kind.PUBLICATION, date(2027, 1, 15)),
        ("BIAS_REPORT", Kind.OTHER, date(2028, 10, 1)),
        ("BENEFIT", Kind.BENEFIT, date(2027, 5, 1)),
        ("DESTROY", Kind.DESTRUCTION, date(2028, 10, 1)),
    ],
)
def test_each_clause_is_due_when_it_says(code, kind, due_on):
    promise = next(p for p in made({}, code) if p.source == f"clause:{code}")

    assert (promise.kind, promise.due_on) == (kind, due_on)
    assert promise.text


def test_a_day_that_passed_before_the_yes_is_due_on_its_first_day():
    late = {"BENEFIT": {"benefits": "Free tests", "date": "2020-01-01"}}

    (promise,) = of(Kind.BENEFIT, promises_of({}, [rulebook("BENEFIT", holes=late)], YES, END))

    assert promise.due_on == date(2026, 3, 1)


def test_there_is_a_report_each_year_and_one_at_the_end():
    promises = made({})

    assert [p.due_on for p in of(Kind.PROGRESS, promises)] == [date(2027, 3, 1), date(2028, 3, 1)]
    assert [p.due_on for p in of(Kind.CLOSE_OUT, promises)] == [date(2028, 10, 1)]


def test_an_agreement_of_one_year_has_its_last_report_only():
    promises = made({}, not_after=YES.replace(year=2027))

    assert of(Kind.PROGRESS, promises) == []
    assert len(of(Kind.CLOSE_OUT, promises)) == 1


def test_results_come_back_first_even_where_nobody_wrote_it_down():
    (results,) = of(Kind.RESULTS, made({}))

    assert (results.source, results.due_on) == ("platform", date(2028, 10, 31))


def test_the_plan_for_destroying_stands_with_the_clause_and_alone_where_there_is_none():
    (with_clause,) = of(Kind.DESTRUCTION, made(WHOLE, "DESTROY"))
    (alone,) = of(Kind.DESTRUCTION, made(WHOLE))

    assert with_clause.source == "clause:DESTROY"
    assert "We wipe the disks." in with_clause.text
    assert (alone.source, alone.text) == ("request", "We wipe the disks.")


def test_two_protocols_that_ask_for_the_same_make_one_promise():
    promises = promises_of({}, [rulebook("DESTROY"), rulebook("DESTROY")], YES, END)

    assert len(of(Kind.DESTRUCTION, promises)) == 1


def test_a_text_of_the_first_form_still_makes_a_promise():
    (benefit,) = of(Kind.BENEFIT, made({"benefits": "A plain report within a year."}))

    assert (benefit.text, benefit.due_on) == ("A plain report within a year.", END.date())


def test_a_long_promise_is_cut_to_what_the_table_holds():
    (benefit,) = of(Kind.BENEFIT, made({"benefits": "word " * 500}))

    assert len(benefit.text) <= 1000
    assert benefit.text.endswith("…")


def test_the_day_is_that_of_the_zone_the_times_come_in():
    late_in_utc = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    there = late_in_utc.astimezone(ZoneInfo("Pacific/Auckland"))

    assert made(WHOLE, not_before=there)[0].due_on == date(2026, 6, 1)
    assert made(WHOLE, not_before=late_in_utc)[0].due_on == date(2026, 5, 28)


def test_a_month_without_that_day_ends_on_its_last():
    document = {"benefits_list": [{"text": "Tests", "due_months": 1}]}

    (benefit,) = of(Kind.BENEFIT, made(document, not_before=YES.replace(month=1, day=31)))

    assert benefit.due_on == date(2026, 2, 28)


DAY = date(2026, 10, 25)  # a day of 25 hours in much of Europe


@pytest.mark.parametrize(
    ("days", "stands"),
    [
        (-31, Standing.PROMISED),
        (-30, Standing.SOON),
        (-1, Standing.SOON),
        (0, Standing.DUE),
        (1, Standing.LATE),
        (5 * 365, Standing.LATE),
    ],
)
def test_a_promise_stands_by_its_day(days, stands):
    assert standing(Facts(DAY), DAY + timedelta(days=days)) is stands


@pytest.mark.parametrize("days", [-100, 0, 5 * 365])
def test_no_day_makes_a_promise_done_or_changes_what_a_person_said(days):
    today = DAY + timedelta(days=days)

    assert standing(Facts(DAY), today) not in (Standing.DONE, Standing.LET_OFF)
    assert standing(Facts(DAY, reported=True), today) is Standing.REPORTED
    assert standing(Facts(DAY, reported=True, done=True), today) is Standing.DONE
    assert standing(Facts(DAY, let_off=True), today) is Standing.LET_OFF


@pytest.mark.parametrize(
    ("over", "which"),
    [(-1, None), (0, 0), (6, 0), (7, 1), (29, 1), (30, 2), (59, 2), (60, 3), (89, 3), (90, 4)],
)
def test_reminders_come_on_the_day_after_a_week_after_a_month_and_then_monthly(over, which):
    assert reminder_due(DAY, DAY + timedelta(days=over)) == which


def test_the_longest_time_for_reading_counts_and_sixty_days_where_none_is_named():
    short, long = ({"PUB_REVIEW": {"days": days}} for days in ("20", "90"))
    books = [rulebook("PUB_REVIEW", holes=holes) for holes in (short, long)]

    assert reading_days(books) == 90
    assert reading_days([rulebook("DESTROY")]) == 60


def test_the_latest_day_before_which_nothing_is_published_counts():
    assert nothing_before([rulebook("PUB_MORATORIUM"), rulebook("DESTROY")]) == date(2027, 1, 15)
    assert nothing_before([rulebook("DESTROY")]) is None


def test_one_protocol_that_wishes_no_name_is_enough():
    named = {"ATTR": {"naming": "named", "wording": "The people of the River."}}
    hidden = {"ATTR": {"naming": "hidden"}}
    by_name, nameless = (rulebook("ATTR", holes=holes) for holes in (named, hidden))

    assert naming([by_name]).wording == "The people of the River."
    assert not naming([by_name, nameless]).named
    assert naming([rulebook("DESTROY")]) == naming([])
    assert naming([]).named and not naming([]).said
