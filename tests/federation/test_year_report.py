"""The yearly report of communities whose data was used: runs, receipts and models (R-33)."""

from collections import Counter

import pytest
from django.utils import timezone

from consent.queries.year_report import year_report
from consent.year import Figure
from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from governance.models import AccessEvent, Community
from tests.consent import promising
from tests.federation.factories import REFUSAL, finish
from tests.federation.story import Three, send

pytestmark = pytest.mark.django_db

VERBS = {
    "runs planned": "run.plan",
    "finished": "run.finish",
    "stopped": "run.stop",
    "rounds that our nodes trained": "receipt.trained",
    "refused by our nodes": "receipt.refused",
}


def figures(community: Community) -> dict[tuple[str, str], Figure]:
    today = timezone.localdate()
    report = year_report(community, today.year, today=today)
    return {(str(s.title), str(f.label)): f for s in report.sections for f in s.figures}


@pytest.fixture
def year(three: Three, running: Run, gateway: MemoryGateway) -> Three:
    """One run that ended well, one that a node refused and a researcher stopped; promises kept."""
    finish(running, three.all, gateway)
    again = send(runs.plan(running.revision_id, actor=three.chi.user), gateway)
    three.river.tells(again, **REFUSAL)
    runs.ask_stop(again.pk, actor=three.chi.user)
    runs.stop(again.pk, gateway=gateway)
    for place in three.all:
        grant = place.community.grants.get()
        promising.results_confirmed(grant, three.chi, place.stewards[0])
    paper = promising.make_publication(three.river.community.grants.get(), three.chi)
    promising.answered(paper, three.river.stewards[0])
    return three


def test_the_runs_of_a_year_are_those_of_the_access_log(year: Three) -> None:
    for place in year.all:
        found = figures(place.community)
        log = Counter(
            AccessEvent.objects.filter(community=place.community).values_list("verb", flat=True)
        )
        for label, verb in VERBS.items():
            assert found["Runs on our data", label].count == log[verb], (place, label)
        assert found["Runs on our data", "models made"].count == 1
        assert found["What was promised to us", "promised"].count == log["promise.make"]
        assert all(figure.same for figure in found.values()), place


def test_each_community_reads_of_its_own_node_alone(year: Three) -> None:
    river, coast = (figures(place.community) for place in (year.river, year.coast))

    assert river["Runs on our data", "refused by our nodes"].count == 1
    assert coast["Runs on our data", "refused by our nodes"].count == 0
    assert coast["Papers, talks and what else was made public", "put to us"].count == 0


def test_the_rows_name_the_run_and_what_the_node_told(year: Three) -> None:
    today = timezone.localdate()
    report = year_report(year.river.community, today.year, today=today)
    section = next(each for each in report.sections if str(each.title) == "Runs on our data")

    assert [list(row)[3:] for row in section.rows] == [
        ["finished", "1", "0", "yes"],
        ["stopped", "0", "1", "no"],
    ]
