"""One researcher does not flood the people of a community with things to look at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import incidents, obligations, publications
from consent.errors import NotNow, TransitionRefused
from consent.models import Grant, Incident, IncidentEntry
from governance.models import Alert
from tests.cast import Cast
from tests.consent import promising
from tests.consent.incidents import by_researcher

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


def test_incidents_and_entries_have_a_most_a_day(
    cast: Cast, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "MOST_A_DAY", 1)
    request = grant.review.revision.request
    incident = by_researcher(request, "river")
    incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="It is back.")

    with pytest.raises(NotNow, match="enough for one day"):
        by_researcher(request, "river")
    with pytest.raises(NotNow, match="enough for one day"):
        incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="And more.")

    Incident.objects.update(reported_at=timezone.now() - A_DAY)
    IncidentEntry.objects.update(written_at=timezone.now() - A_DAY)
    assert by_researcher(request, "river")
    assert incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="And more.")


def test_a_report_that_waits_is_told_of_once(cast: Cast, grant: Grant) -> None:
    row = promising.promise_of(grant)
    for _time in range(3):
        promising.reported(row, cast.chi)
    told = Alert.objects.filter(key__startswith=f"promise:{row.public_id}:reported:")
    assert told.count() == len(cast.stewards)

    obligations.send_back(row.pk, actor=cast.amina.user, reason="Say when.")
    promising.reported(row, cast.chi)
    assert told.count() == 2 * len(cast.stewards)


def test_papers_that_wait_have_a_most(
    cast: Cast, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publications, "MOST_WAITING", 1)
    paper = promising.make_publication(grant, cast.chi)

    with pytest.raises(TransitionRefused, match="wait for an answer"):
        promising.make_publication(grant, cast.chi)

    promising.answered(paper, cast.amina)
    assert promising.make_publication(grant, cast.chi)
