"""A run that was planned by a text which runs go by no longer is not sent (R-04)."""

from django.utils import timezone

from consent.actions import blocks
from consent.actions.blocks import Named
from consent.grants.statements import Answer
from consent.models import Review, TrainingRequest
from consent.queries.visas import grants_to_vouch_for
from consent.rules import BlockKind
from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from tests.consent.factories import answer, say_yes
from tests.federation.factories import agree, ask, revision_of
from tests.federation.revising import revise
from tests.federation.story import Three


def test_a_newer_text_in_use_ends_a_run_that_waits_under_an_older_one(
    three: Three, gateway: MemoryGateway
) -> None:
    """Else what holds runs back would be looked up in the newer text, which asks others."""
    request = ask(three.chi, three.all, min_nodes=2)
    agree(request, three.coast, three.river)
    for person in three.hill.stewards[:2]:
        answer(Review.objects.get(community=three.hill.community), person, Answer.NO)
    run = runs.plan(revision_of(request).pk, actor=three.chi.user)
    changed = revise(request, three.chi, datasets=["hill-diabetes"], min_nodes=1)
    say_yes(Review.objects.get(revision=changed), three.hill.stewards[:2])
    blocks.add(
        three.river.community.pk,
        actor=three.river.stewards[0].user,
        named=[Named(BlockKind.INSTITUTION, "Lakeside University")],
        reason="Trust broken.",
    )

    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert not gateway.started
    assert run.state == "failed"
    assert "Runs go by that one" in run.why


def test_no_visa_vouches_for_an_agreement_that_runs_go_by_no_longer(three: Three) -> None:
    """Else a block by its community would be looked up in the newer text, which asks others."""
    request = ask(three.chi, three.all, min_nodes=2)
    agree(request, three.coast, three.river)
    assert grants_to_vouch_for(request, at=timezone.now()) == []
    for person in three.hill.stewards[:2]:
        answer(Review.objects.get(community=three.hill.community), person, Answer.NO)
    assert _vouched(request) == ["coast", "river"]
    changed = revise(request, three.chi, datasets=["hill-diabetes"], min_nodes=1)
    assert _vouched(request) == ["coast", "river"]

    say_yes(Review.objects.get(revision=changed), three.hill.stewards[:2])

    assert _vouched(request) == ["hill"]


def _vouched(request: TrainingRequest) -> list[str]:
    grants = grants_to_vouch_for(request, at=timezone.now())
    return [grant.community.slug for grant in grants]
