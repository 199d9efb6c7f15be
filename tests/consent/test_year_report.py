"""The yearly report: its totals are those of the access log, counted by themselves (R-33)."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.actions import notices, obligations, publications
from consent.grants.statements import Answer
from consent.models import Obligation, Publication, Review
from consent.queries.year_report import span_of, year_report, year_report_for_others, years_of
from consent.rules import PublicationAnswer
from consent.year import Figure, Section, YearReport, as_csv, without_name
from governance.models import AccessEvent
from tests.consent import promising
from tests.consent.factories import answer, make_request, review_of, sign_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(cast, grant):
    """A year in which something of everything happened at River."""
    declined = review_of(make_request(cast.chi.user))
    for steward in (cast.bo, cast.cleo):
        answer(declined, steward, Answer.NO)
    review_of(make_request(cast.chi.user))
    rows = list(Obligation.objects.filter(grant=grant))
    promising.results_confirmed(grant, cast.chi, cast.amina)
    benefit = next(row for row in rows if row.kind == "benefit")
    obligations.let_off(benefit.pk, actor=cast.bo.user, reason="The flood came.")
    promising.overdue(next(row for row in rows if row.kind == "destruction"))
    paper = promising.answered(promising.make_publication(grant, cast.chi), cast.amina)
    publications.publish(paper.pk, actor=cast.chi.user, on=promising.today())
    hidden = promising.make_publication(grant, cast.chi, title="Without a name")
    promising.answered(hidden, cast.amina, PublicationAnswer.WITHHOLD_NAME)
    promising.make_publication(grant, cast.chi, title="Still to be read")
    pause = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")
    sign_notice(pause, [cast.amina])
    return promising.today().year


VERBS = {
    ("Requests", "put to us"): "review.open",
    ("Requests", "we said yes"): "grant.adopt",
    ("Requests", "we said no"): "grant.decline",
    ("Requests", "agreements made"): "grant.issue",
    ("Runs on our data", "runs planned"): "run.plan",
    ("Papers, talks and what else was made public", "put to us"): "publication.submit",
    ("Papers, talks and what else was made public", "answered by us"): "publication.answer",
    ("Papers, talks and what else was made public", "published"): "publication.publish",
    ("What was promised to us", "promised"): "promise.make",
    ("What was promised to us", "done, by our word"): "promise.confirm",
    ("What was promised to us", "let off by us"): "promise.let-off",
    ("Stops, and agreements taken back", "pauses"): "pause.in-force",
    ("Stops, and agreements taken back", "resumed"): "resume.in-force",
    ("Stops, and agreements taken back", "taken back for good"): "revocation.in-force",
}


def figures(report):
    return {(str(s.title), str(f.label)): f for s in report.sections for f in s.figures}


def test_the_totals_of_a_year_are_those_of_the_access_log(cast, year):
    found = figures(year_report(cast.river, year, today=promising.today()))
    rows = list(AccessEvent.objects.filter(community=cast.river, outcome="done", at__year=year))

    for key, verb in VERBS.items():
        assert found[key].count == sum(row.verb == verb for row in rows), key
        assert found[key].same, key
    assert found["Requests", "put to us"].count == 3
    assert found["Requests", "we said no"].count == 1
    assert found["Papers, talks and what else was made public", "published"].count == 1
    assert found["What was promised to us", "late at the end"].count == 1
    assert found["Stops, and agreements taken back", "pauses"].count == 1


def test_another_communitys_year_is_empty(cast, year):
    report = year_report(cast.coast, year, today=promising.today())

    assert all(figure.count == 0 and figure.same for figure in figures(report).values())
    assert not any(section.rows for section in report.sections)


def test_a_row_that_the_log_does_not_know_shows(cast, year):
    row = Publication.objects.filter(answer="")[0]
    row.pk, row.public_id = None, "00000000-0000-4000-8000-000000000009"
    row.save()

    report = year_report(cast.river, year, today=promising.today())
    assert not report.same
    url = reverse("consent:year_report", args=["river", year])
    assert "The access log says 3." in cast.ola.client().get(url).content.decode()


def test_a_year_is_that_of_the_communitys_own_days(cast, review, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    timezone.get_default_timezone.cache_clear()
    try:
        span = span_of(2026)
        assert span.start.astimezone(UTC) == datetime(2025, 12, 31, 11, tzinfo=UTC)
        assert span.end.astimezone(UTC) == datetime(2026, 12, 31, 11, tzinfo=UTC)
        late = datetime(2025, 12, 31, 12, tzinfo=UTC)
        Review.objects.filter(pk=review.pk).update(opened_at=late)
        report = year_report(cast.river, 2026, today=date(2026, 6, 1))
        assert figures(report)["Requests", "put to us"].count == 1
        assert years_of(cast.river, today=date(2027, 1, 1)) == [2027, 2026]
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_the_page_says_that_the_log_says_the_same(cast, year):
    page = cast.ola.client().get(reverse("consent:year_report", args=["river", year]))

    assert "The log says the same." in page.content.decode()
    assert "Weight and illness by the river" in page.content.decode()


def test_there_is_no_report_of_a_year_without_anything(cast, year):
    for other in (year - 1, year + 1):
        url = reverse("consent:year_report", args=["river", other])
        assert cast.ola.client().get(url).status_code == 404


def test_the_sheet_holds_all_totals_and_taking_it_is_logged(cast, year):
    url = reverse("consent:year_report_file", args=["river", year, "csv"])
    answer = cast.ola.client().get(url)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["Put to us".lower(), "3", "3"] in [[c.lower() for c in row] for row in rows]
    assert answer["Content-Disposition"] == f'attachment; filename="report-river-{year}.csv"'
    assert AccessEvent.objects.get(verb="report.export").community == cast.river


def test_the_report_goes_on_paper(cast, year):
    url = reverse("consent:year_report_file", args=["river", year, "pdf"])
    answer = cast.ola.client().get(url)

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_other_endings_are_no_files(cast, year):
    url = reverse("consent:year_report_file", args=["river", year, "exe"])

    assert cast.ola.client().get(url).status_code == 404


def test_a_copy_to_pass_on_leaves_out_papers_without_our_name(cast, year):
    own = as_csv(year_report(cast.river, year, today=promising.today()))
    copy = as_csv(year_report_for_others(cast.river, year, today=promising.today()))

    assert "Without a name" in own
    assert "Without a name" not in copy and "1 more, in which we are not named" in copy
    assert "River Diabetes" in own and "River Diabetes" not in copy


def test_a_copy_of_a_community_that_wishes_no_name_names_it_nowhere(cast, year):
    promising.adopt_protocol(cast, {"ATTR": {"naming": "hidden"}})
    url = reverse("consent:year_report_file", args=["river", year, "csv"])

    answer = cast.ola.client().get(url, {"for": "others"})

    assert "river" not in answer.content.decode().lower()
    assert "river" not in answer["Content-Disposition"]
    assert "Without a name" in answer.content.decode()


def test_names_are_left_out_wherever_they_stand():
    section = Section("T", ["A"], [["By the RIVER people"]], [], "", note="river-1")
    report = YearReport("River people", 2026, running=False, sections=[section])

    clean = without_name(report, ["River people", "river"])

    assert clean.sections[0].rows == [["By the the community"]]
    assert "iver" not in clean.name + clean.sections[0].note


def test_nobodys_words_become_a_formula_in_the_sheet():
    section = Section("T", ["A"], [["=1+1"], ["@x"]], [Figure("n", 1, None)], "")

    text = as_csv(YearReport("R", 2026, running=False, sections=[section]))

    assert "'=1+1" in text and "'@x" in text


def test_what_was_late_is_told_as_of_the_years_end(cast, grant):
    row = promising.promise_of(grant)
    made = row.made_at.year
    Obligation.objects.update(due_on=date(made + 9, 1, 1))
    Obligation.objects.filter(pk=row.pk).update(due_on=date(made, 12, 31))

    def late(year, today):
        found = figures(year_report(cast.river, year, today=today))
        return found["What was promised to us", "late at the end"].count

    assert late(made, date(made, 12, 31)) == 0
    assert late(made, date(made + 2, 1, 1)) == 0
    assert late(made + 1, date(made + 1, 1, 1)) == 1
    done = datetime(made + 2, 3, 1, tzinfo=UTC)
    Obligation.objects.filter(pk=row.pk).update(done_at=done, done_by=cast.amina.membership)
    assert late(made + 1, date(made + 2, 6, 1)) == 1
    assert late(made + 2, date(made + 2, 6, 1)) == 0
