"""What holds a run back beside the communities' answers: letters, people, blocks (R-27, R-51)."""

from typing import Any

import pytest

from consent.actions import blocks, crew
from consent.actions.blocks import Named
from consent.models import Collaborator
from consent.rules import BlockKind
from consent.terms import TERMS_DIGEST
from federation.actions import runs
from federation.errors import NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from tests.consent.named import BEN, CHI, link_of
from tests.federation.factories import agree, ask, revision_of
from tests.federation.story import Three


def test_nothing_is_planned_before_everybody_named_took_the_terms_on(three: Three) -> None:
    request = ask(three.chi, three.all, people=[CHI, BEN])
    crew.send_links()
    agree(request, *three.all)

    with pytest.raises(NotDispatchable, match="Ben has not accepted the terms yet"):
        runs.plan(revision_of(request).pk, actor=three.chi.user)
    assert runs.plan_decided() == []

    crew.accept(link_of(), terms_digest=TERMS_DIGEST, signed_in=None, name="Ben")
    assert len(runs.plan_decided()) == 1


@pytest.mark.parametrize("what", ["a block", "a person"])
def test_what_comes_up_after_the_plan_stops_it_before_it_is_sent(
    three: Three, gateway: MemoryGateway, what: str, settings: Any
) -> None:
    request = ask(three.chi, three.all, people=[CHI, BEN])
    crew.send_links()
    crew.accept(link_of(), terms_digest=TERMS_DIGEST, signed_in=None, name="Ben")
    agree(request, *three.all)
    run = runs.plan(revision_of(request).pk, actor=three.chi.user)
    if what == "a block":
        named = [Named(BlockKind.INSTITUTION, "Lakeside University")]
        steward = three.river.stewards[0].user
        blocks.add(three.river.community.pk, actor=steward, named=named, reason="Trust broken.")
    else:
        Collaborator.objects.update(accepted_at=None, accepted_digest="")

    runs.dispatch(run.pk, gateway=gateway)

    run = Run.objects.get(pk=run.pk)
    assert run.state != "running"
    # The other communities of the run read it too: to them a block looks like a pause.
    told = {"a block": "River does not take part just now.", "a person": "Ben has not accepted"}
    assert told[what] in run.waiting_for
