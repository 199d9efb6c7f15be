"""R-43: fewer than three communities run with privacy noise or not at all; demands are kept."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from consent import hiding
from consent.grants.codec import canonical
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import RequestRevision, TrainingRequest
from federation.actions import runs
from federation.actions.runs.coverage import require_covered
from federation.actions.runs.plan import _written
from federation.errors import NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from federation.node.privacy import hiding as at_the_node
from federation.queries import sites_of
from federation.queries.readiness import readiness_of
from governance.protocol_content import blank
from tests.consent.factories import NOISE, answer, review_of
from tests.consent.grants.papers import grant_document
from tests.factories import make_protocol
from tests.federation.factories import Place, agree, ask, revision_of
from tests.federation.story import Three

EXACT = {"dp": None, "secure_aggregation": False}
NOISED = {"dp": NOISE, "secure_aggregation": False}
MIXED = {"dp": None, "secure_aggregation": True}


def decided_by(three: Three, places: Sequence[Place], **changes: Any) -> RequestRevision:
    request = ask(three.chi, three.all, **changes)
    agree(request, *places)
    for place in three.all:
        if place not in places:
            _say_no(request, place)
    return revision_of(request)


def _say_no(request: TrainingRequest, place: Place) -> None:
    for steward in place.stewards[:2]:
        answer(review_of(request, place.community.slug), steward, Answer.NO)


def demand(place: Place, **clauses: dict[str, str]) -> None:
    """Adopt a protocol with these clauses beside those that end it."""
    ends = {code: blank()["clauses"][code] for code in ("DESTROY", "WITHDRAW")}
    signers = [steward.signer for steward in place.stewards]
    make_protocol(place.community, signers, clauses=ends | clauses)


def test_platform_and_nodes_count_alike() -> None:
    assert hiding.LEAST_HIDDEN == at_the_node.LEAST_MIXED
    assert hiding.NEEDS_NOISE_BELOW == at_the_node.NEEDS_NOISE_BELOW


def test_two_communities_without_noise_cannot_be_planned(three: Three) -> None:
    revision = decided_by(three, [three.river, three.coast])

    readiness = readiness_of(revision)

    assert (readiness.needed, len(readiness.places)) == (3, 2)
    assert "2 of the 3 communities needed can take part now. Hill said no." in readiness.why_not
    assert readiness.why_not.endswith("privacy noise is needed.")
    with pytest.raises(NotDispatchable, match="privacy noise is needed"):
        runs.plan(revision.pk, actor=None)


@pytest.mark.parametrize(
    ("privacy", "together", "fewest", "words"),
    [
        (EXACT, 2, 3, "privacy noise is needed"),
        (EXACT, 3, 3, ""),
        (NOISED, 1, 1, ""),
        (NOISED | {"secure_aggregation": True}, 2, 3, "mixing needs at least 3"),
    ],
)
def test_an_older_agreement_that_asks_for_fewer_is_held_to_three_too(
    privacy: dict[str, Any], together: int, fewest: int, words: str
) -> None:
    claims = parse_grant(canonical(grant_document(privacy=privacy, min_nodes=1)))

    assert hiding.fewest_together([claims]) == fewest
    assert words in hiding.not_hidden([claims], together=together)
    assert bool(words) == bool(hiding.not_hidden([claims], together=together))


def test_two_communities_with_noise_can(three: Three) -> None:
    revision = decided_by(three, [three.river, three.coast], min_nodes=2, privacy=NOISED)

    run = runs.plan(revision.pk, actor=None)

    assert run.min_nodes == 2
    assert "kinhold.mixing" not in run.config


def test_a_run_that_lost_a_node_before_it_left_is_not_sent(planned: Run) -> None:
    planned.sites.filter(node__community__slug="hill").delete()
    Run.objects.filter(pk=planned.pk).update(min_nodes=2)
    planned.refresh_from_db()

    with pytest.raises(NotDispatchable, match="privacy noise is needed"):
        require_covered(planned, sites_of(planned), at=timezone.now())


def test_a_run_whose_answers_are_mixed_says_so_to_the_nodes(
    three: Three, gateway: MemoryGateway
) -> None:
    run = runs.plan(decided_by(three, three.all, privacy=MIXED).pk, actor=None)

    runs.dispatch(run.pk, gateway=gateway)

    [(_fab, config)] = gateway.started
    assert config["kinhold.mixing"] == "1"
    assert run.min_nodes == 3
    require_covered(run, sites_of(run), at=timezone.now())
    del run.config["kinhold.mixing"]
    with pytest.raises(NotDispatchable, match="Answers would not be mixed"):
        require_covered(run, sites_of(run), at=timezone.now())


def test_a_run_that_would_be_mixed_though_nobody_agreed_is_not_sent(planned: Run) -> None:
    planned.config |= {"kinhold.mixing": "1"}

    with pytest.raises(NotDispatchable, match="not left unmixed, as was agreed"):
        require_covered(planned, sites_of(planned), at=timezone.now())


NOISE_RULE = {"DP_REQUIRED": {"unit": "person", "eps": "1", "delta": "0.00001"}}


@pytest.mark.parametrize(
    ("rule", "privacy", "planned"),
    [
        (NOISE_RULE, EXACT, False),
        (NOISE_RULE, NOISED, True),
        ({"SECAGG_REQUIRED": {"others": "2"}}, MIXED, True),
    ],
)
def test_what_a_protocol_demands_and_the_request_does_not_give_is_not_run(
    three: Three, rule: dict[str, dict[str, str]], privacy: dict[str, Any], planned: bool
) -> None:
    demand(three.river, **rule)
    revision = decided_by(three, three.all, privacy=privacy)

    readiness = readiness_of(revision)

    assert readiness.ready == planned, readiness.why_not
    if not planned:
        assert readiness.why_not.startswith("River has a rule that the request does not keep: ")
        with pytest.raises(NotDispatchable, match="ask anew"):
            runs.plan(revision.pk, actor=None)


def test_a_yes_against_the_communitys_own_rule_is_not_sent_either(three: Three) -> None:
    demand(three.river, **NOISE_RULE)
    revision = decided_by(three, three.all, privacy=EXACT)
    run = _written(revision, readiness_of(revision))  # a planner that forgot to look

    with pytest.raises(NotDispatchable, match="River has a rule that the request does not keep"):
        require_covered(run, sites_of(run), at=timezone.now())
