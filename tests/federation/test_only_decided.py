"""R-01: what is not decided with a yes is sent out by nobody, in no way; each try is logged.

R-15 beside it: nothing of it changes when five years go by.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from config.celery import configuration
from consent.actions import requests as drafts
from consent.grants.statements import Answer
from consent.models import Grant, RequestRevision, Review, TrainingRequest
from federation import tasks
from federation.actions import runs
from federation.errors import NotAllowed, NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run, RunSite
from federation.queries import job_published
from governance.errors import NotAllowed as RoleNotAllowed
from tests.consent.factories import answer, say_yes
from tests.consent.revising import send_back
from tests.federation.calls import Script
from tests.federation.dying import events
from tests.federation.factories import agree, ask
from tests.federation.revising import revise, rewrite
from tests.federation.story import Three

Short = Callable[[Three, TrainingRequest], None]


def nobody_answered(three: Three, request: TrainingRequest) -> None: ...


def one_yes_short_of_the_rule(three: Three, request: TrainingRequest) -> None:
    agree(request, three.coast, three.hill)
    answer(_review(request, "river"), three.river.stewards[0])


def half_of_the_communities(three: Three, request: TrainingRequest) -> None:
    agree(request, three.coast, three.hill)


def sent_back(three: Three, request: TrainingRequest) -> None:
    agree(request, three.coast, three.hill)
    send_back(_review(request, "river"), three.river.stewards[0])


def being_changed_by_its_applicant(three: Three, request: TrainingRequest) -> None:
    agree(request, three.coast, three.hill)
    rewrite(request, three.chi, months=5)


def all_said_no(three: Three, request: TrainingRequest) -> None:
    for place in three.all:
        for person in place.stewards[:2]:
            answer(_review(request, place.community.slug), person, Answer.NO)


def withdrawn(three: Three, request: TrainingRequest) -> None:
    agree(request, three.coast, three.hill)
    drafts.withdraw(request.pk, actor=three.chi.user)


SHORT: list[Short] = [
    nobody_answered,
    one_yes_short_of_the_rule,
    half_of_the_communities,
    sent_back,
    being_changed_by_its_applicant,
    all_said_no,
    withdrawn,
]
UNDECIDED = SHORT[:5]

short = pytest.mark.parametrize("stand", SHORT, ids=lambda act: act.__name__)


@pytest.fixture
def request_of_three(three: Three) -> TrainingRequest:
    """Two communities would do, so that a yes of two is tempting."""
    return ask(three.chi, three.all, min_nodes=2)


@short
def test_no_way_leads_from_it_to_a_node(
    three: Three,
    request_of_three: TrainingRequest,
    gateway: MemoryGateway,
    monkeypatch: pytest.MonkeyPatch,
    stand: Short,
) -> None:
    stand(three, request_of_three)
    revision = request_of_three.revisions.get()

    _by_page_and_script(three, request_of_three)
    _by_the_shell(three, revision)
    assert {event.outcome for event in events("run.plan")} == {"refused"}
    assert not Run.objects.exists()

    monkeypatch.setattr(tasks, "gateway_from_settings", lambda: gateway)
    tasks.sweep()
    assert not Run.objects.exists()
    _by_a_row_of_ones_own(three, revision)
    assert not gateway.started


def _by_page_and_script(three: Three, request: TrainingRequest) -> None:
    page = reverse("federation:request_start", args=[request.public_id])
    assert three.chi.client().post(page).status_code == 302
    script = Script(three.chi.user, "requests:write", "requests:read")
    assert script.post(f"requests/{request.public_id}/runs/").status_code == 409
    # Whoever works for the platform does not even find it, and there is no other admin's site.
    assert three.cast.max.client().post(page).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("admin:index")
    assert Client().get("/admin/").status_code in {302, 404}


def _by_the_shell(three: Three, revision: RequestRevision) -> None:
    for who in (three.chi, three.cast.max, three.cast.amina):
        with pytest.raises((NotDispatchable, NotAllowed, RoleNotAllowed)):
            runs.plan(revision.pk, actor=who.user)
    assert runs.plan_decided() == []


def _by_a_row_of_ones_own(three: Three, revision: RequestRevision) -> None:
    """A run written into the table by hand, under grants that are there, given to the worker."""
    grants = list(Grant.objects.filter(review__revision=revision)) or _of_another(three)
    job = job_published("linear-regression")
    assert job is not None
    run = Run.objects.create(revision=revision, job=job, config={}, min_nodes=1, max_rounds=3)
    for grant in grants:
        node = next(p.node for p in three.all if p.community == grant.community)
        RunSite.objects.create(run=run, node=node, grant=grant)
    tasks.dispatch_run(run.pk)

    run.refresh_from_db()
    assert run.state == "failed"
    assert run.why.startswith("It was not sent out.")
    refused = [
        event for event in events("run.dispatch") if event.subject.endswith(str(run.public_id))
    ]
    assert {event.outcome for event in refused} == {"refused"}


def _of_another(three: Three) -> list[Grant]:
    other = ask(three.chi, three.all, min_nodes=2)
    return agree(other, *three.all)


def _review(request: TrainingRequest, community: str) -> Review:
    return Review.objects.select_related("statement", "community").get(
        revision__request=request, community__slug=community
    )


@pytest.mark.parametrize("stand", UNDECIDED, ids=lambda act: act.__name__)
def test_five_years_later_it_is_still_undecided(
    three: Three,
    request_of_three: TrainingRequest,
    gateway: MemoryGateway,
    monkeypatch: pytest.MonkeyPatch,
    stand: Short,
) -> None:
    stand(three, request_of_three)
    before = _standing(request_of_three)

    let_five_years_pass(gateway, monkeypatch)

    assert _standing(request_of_three) == before
    assert not Run.objects.exists()
    assert not gateway.started


def test_five_years_later_a_change_to_an_agreement_is_still_undecided(
    three: Three,
    decided: RequestRevision,
    gateway: MemoryGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = decided.request
    changed = revise(request, three.chi, max_rounds=2)
    for place in (three.coast, three.hill):
        say_yes(Review.objects.get(revision=changed, community=place.community), place.stewards[:2])
    before = _standing(request)
    assert ("river", 2, "open") in before[1]

    let_five_years_pass(gateway, monkeypatch)

    assert _standing(request) == before
    assert not gateway.started


def _standing(request: TrainingRequest) -> tuple[str, list[tuple[str, int, str]], int]:
    request.refresh_from_db()
    rows = Review.objects.filter(revision__request=request).order_by("pk")
    reviews = rows.values_list("community__slug", "revision__number", "state")
    return request.state, list(reviews), Grant.objects.count()


def let_five_years_pass(gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have beat's whole table run at the edges of five years, each task as a worker runs it."""
    monkeypatch.setattr(tasks, "gateway_from_settings", lambda: gateway)
    now = timezone.now()
    named = sorted({entry["task"] for entry in configuration()["beat_schedule"].values()})
    assert "federation.sweep" in named
    assert "governance.remind" in named
    for days in (1, 11, 31, 61, 91, 366, 5 * 366):
        at = now + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        for name in named:
            _task(name)()
    monkeypatch.undo()


def _task(name: str) -> Callable[[], object]:
    import consent.tasks
    import governance.tasks

    for module in (tasks, consent.tasks, governance.tasks):
        for each in vars(module).values():
            if getattr(each, "name", None) == name:
                found: Callable[[], object] = each
                return found
    raise LookupError(name)
