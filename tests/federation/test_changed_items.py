"""R-04: a yes binds each item. What changes needs a new decision, for platform and node alike."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.grants.codec import canonical, config_digest, digest, parse_canonical
from consent.grants.errors import (
    BadBallot,
    Expired,
    GrantRefused,
    NotYetValid,
    TooManyRounds,
    WrongAggregate,
    WrongCode,
    WrongConfiguration,
    WrongDataset,
    WrongMessage,
    WrongRequest,
    WrongVariables,
)
from consent.grants.grant import Claims
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts, allow_run
from consent.models import Grant, RequestRevision
from consent.queries.revisions import revision_in_use
from federation.actions import runs
from federation.actions.runs import coverage
from federation.catalogue.registry import job_variables
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from federation.queries.readiness import CHANGED, readiness_of
from federation.queries.reports import report_of_request
from governance.queries import charter_chain
from tests.consent.factories import NOISE
from tests.federation.dying import events
from tests.federation.factories import JOB, later
from tests.federation.revising import revise
from tests.federation.story import Three

CHI = {"name": "Chi", "email": "chi@university.example", "orcid": ""}
DAN = {"name": "Dan", "email": "dan@university.example", "orcid": ""}
ELSEWHERE = {"name": "Hillside University", "ror": "", "type": "company"}
NOISED = {"dp": NOISE, "secure_aggregation": False}
FEWER = {
    "datasets": ["river-diabetes", "coast-diabetes"],
    "min_nodes": 2,
    "privacy": NOISED,
}

# What a researcher can change, each alone.
ASKED: dict[str, dict[str, Any]] = {
    "configuration and variables": {
        "job": {"name": JOB["name"], "parameters": {"outcome": "progression", "predictors": "age"}}
    },
    "datasets and communities": FEWER,
    "rounds": {"max_rounds": 2},
    "dates": {"months": 5},
    "people": {"people": [CHI, DAN]},
    "institution": {"institution": ELSEWHERE},
    "purpose in words": {"purpose": {"code": "DUO:0000037", "text": "To sell it."}},
    "purpose as a code": {"purpose": {"code": "DUO:0000032", "text": "To learn."}},
    "noise": {"privacy": NOISED},
    "mixing": {"privacy": {"dp": None, "secure_aggregation": True}},
    "fewest communities": {"min_nodes": 2, "privacy": NOISED},
    "fewest people": {"min_cohort": 150},
    "summary": {"summary": "We look at weight, age and the illness."},
    "retention": {"retention": "The model is kept for ever."},
}


@pytest.mark.parametrize("item", ASKED)
def test_a_changed_request_needs_a_new_decision_at_platform_and_node(
    planned: Run, three: Three, gateway: MemoryGateway, item: str
) -> None:
    agreed, request = planned.revision, planned.revision.request
    changed = revise(request, three.chi, **ASKED[item])

    with pytest.raises(WrongRequest):
        decide(planned, request=changed.digest)
    # A planner that forgot to look: the new text, under the agreements on the old one.
    Run.objects.filter(pk=planned.pk).update(revision=changed)
    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "failed"
    assert planned.why.startswith(f"It was not sent out. {CHANGED} Not every community has")
    assert not gateway.started
    assert {event.outcome for event in events("run.dispatch")} == {"refused"}
    assert readiness_of(changed).why_not.startswith(CHANGED)
    request.refresh_from_db()
    report = report_of_request(request)
    assert (report.request.state, report.changed[: len(CHANGED)]) == ("in review", CHANGED)
    assert report.in_use == agreed


def facts_of(run: Run) -> RunFacts:
    """What River's node finds out about the run that was agreed."""
    return RunFacts(
        community="river",
        code=digest(bytes(run.job.bundle)),
        config=config_digest(run.config),
        request=run.revision.digest,
        keeper="river",
        dataset="river-diabetes",
        variables=job_variables(run.config),
        message_type="train",
        rounds_used=0,
        communities=("coast", "hill", "river"),
    )


def decide(
    run: Run, *, signed: Signed | None = None, after: timedelta = timedelta(), **facts: Any
) -> Claims:
    """Let River's node look at the run, with some facts other than they are."""
    grant = Grant.objects.select_related("community").get(community__slug="river")
    chain = charter_chain(grant.community)
    return allow_run(
        signed or Signed.from_json(grant.signed_text),
        facts=replace(facts_of(run), **facts),
        chain=chain,
        notices=coverage._notices(grant, chain),
        first_seen=grant.granted_at,
        first_seen_charter=1,
        max_notice_age_s=400 * 86_400,
        at=later() + after,
    )


def test_the_node_allows_the_run_as_it_was_agreed(planned: Run) -> None:
    assert decide(planned).dataset == "river-diabetes"


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"code": "0" * 64}, WrongCode),
        ({"config": "0" * 64}, WrongConfiguration),
        ({"request": "0" * 64}, WrongRequest),
        ({"keeper": "coast"}, WrongDataset),
        ({"dataset": "river-births"}, WrongDataset),
        ({"variables": ("age", "bmi", "progression", "sex")}, WrongVariables),
        ({"communities": ("coast", "hill", "river", "vale")}, WrongAggregate),
        ({"communities": ("coast", "river")}, WrongAggregate),
        ({"message_type": "query"}, WrongMessage),
        ({"rounds_used": 3}, TooManyRounds),
        ({"after": timedelta(days=-1)}, NotYetValid),
        ({"after": timedelta(days=190)}, Expired),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value.__name__,
)
def test_a_run_that_differs_in_one_item_is_refused_by_the_node(
    planned: Run, other: dict[str, Any], refusal: type[GrantRefused]
) -> None:
    with pytest.raises(refusal):
        decide(planned, **other)


# Each item of the signed text, and what somebody could write in its place.
WRITTEN: list[tuple[str, Any]] = [
    ("run.code", "0" * 64),
    ("run.config", "0" * 64),
    ("run.max_rounds", 99),
    ("run.job_version", "9.9.9"),
    ("data.dataset", "river-births"),
    ("data.variables", ["age", "bmi", "progression", "sex"]),
    ("outputs", ["coefficients"]),
    ("people", [DAN]),
    ("institution", {"name": "Hillside University", "ror": ""}),
    ("purpose", {"code": "DUO:0000007", "text": "To sell it."}),
    ("communities", ["coast", "hill", "river", "vale"]),
    ("min_nodes", 1),
    ("min_cohort", 20),
    ("not_after", "2099-01-01T00:00:00Z"),
    ("privacy.secure_aggregation", True),
    ("request.digest", "0" * 64),
    ("request.revision", 2),
    ("protocols", [{"line": "main", "number": 9, "digest": "0" * 64}]),
    ("conditions", ["Anything goes."]),
    ("cooling_off_s", 1),
]


@pytest.mark.parametrize(("place", "value"), WRITTEN, ids=[place for place, _ in WRITTEN])
def test_an_item_changed_in_the_signed_text_leaves_it_without_signatures(
    planned: Run, gateway: MemoryGateway, place: str, value: object
) -> None:
    grant = Grant.objects.get(community__slug="river")
    envelope = Signed.from_json(grant.signed_text)
    document = parse_canonical(envelope.statement)
    *outer, last = place.split(".")
    inside = document[outer[0]] if outer else document
    assert inside[last] != value
    inside[last] = value
    forged = replace(envelope, statement=canonical(document))

    with pytest.raises(BadBallot):
        decide(planned, signed=forged)

    Grant.objects.filter(pk=grant.pk).update(signed_text=forged.to_json())
    runs.dispatch(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert planned.state == "failed"
    assert "River: A signed answer does not hold." in planned.why
    assert not gateway.started


def test_runs_go_on_by_what_is_agreed_until_all_agreed_to_the_change(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    runs.dispatch(planned.pk, gateway=gateway)
    request = planned.revision.request
    first = planned.revision
    changed = revise(request, three.chi, max_rounds=2)
    assert revision_in_use(request) == first

    agree_to(changed, three, "river", "coast")
    assert revision_in_use(request) == first
    planned.refresh_from_db()
    assert planned.state == "running"

    agree_to(changed, three, "hill")
    assert revision_in_use(request) == changed
    assert readiness_of(changed).why_not == "A run of this request is under way already."
    assert readiness_of(first).why_not == (
        "A newer text of this request is agreed. Runs go by that one."
    )


def agree_to(revision: RequestRevision, three: Three, *names: str) -> None:
    from consent.models import Review
    from tests.consent.factories import say_yes

    for place in three.all:
        if place.community.slug in names:
            review = Review.objects.get(revision=revision, community=place.community)
            say_yes(review, place.stewards[:2])


def test_a_planned_run_of_the_older_text_is_not_sent_once_the_change_is_agreed(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    changed = revise(planned.revision.request, three.chi, max_rounds=2)
    agree_to(changed, three, "river", "coast", "hill")

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.why.endswith("A newer text of this request is agreed. Runs go by that one.")
    [fresh] = runs.plan_decided()
    assert fresh.revision == changed
    assert fresh.config["kinhold.max-rounds"] == 2


def test_a_run_under_way_goes_on_while_a_change_is_written(
    decided: RequestRevision, three: Three, gateway: MemoryGateway
) -> None:
    from tests.federation.revising import rewrite

    rewrite(decided.request, three.chi, max_rounds=2)

    run = runs.plan(decided.pk, actor=three.chi.user)
    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert run.state == "running"
    assert run.config["kinhold.max-rounds"] == 3
