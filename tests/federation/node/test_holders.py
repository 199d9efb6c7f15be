"""Data that a second community holds too: nothing runs on it without that community's own yes."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from consent.grants.codec import canonical
from consent.grants.statements import Signed
from federation.node.books.receipts import Account
from federation.node.decision.gate import Plan, read_asked
from federation.node.decision.holders import Holders, as_all_agreed, reserve_rounds
from federation.node.decision.stops import Stops
from federation.node.errors import HolderRefused, JobStopped
from federation.node.guard import Guard
from federation.node.timing import Stopwatch
from federation.node.training import Training
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.federation.node.joint import FACTS, GRANT, RUN, Joint, now
from tests.hostile.community import signed


def test_a_grant_of_its_own_lets_the_run_use_the_data(joint: Joint) -> None:
    joint.serve()

    consents = joint.ask()

    assert [(c.community, c.claims.id) for c in consents] == [("coast", GRANT)]


def _no_grant(joint: Joint) -> None:
    """Coast never said yes."""


def _one_signature(joint: Joint) -> None:
    grant = joint.serve()
    lone = Signed(grant.statement, grant.ballots[:1])
    joint.made.platform.served["coast"].grants = [lone.to_json()]


def _signed_by_river(joint: Joint) -> None:
    document = joint.serve().document
    forged = signed(document, joint.made.community.stewards[:2])
    joint.made.platform.served["coast"].grants = [forged.to_json()]


def _of_river(joint: Joint) -> None:
    document = joint.serve().document | {"community": "river"}
    forged = signed(document, joint.made.community.stewards[:2])
    joint.made.platform.served["coast"].grants = [forged.to_json()]


def _other_dataset(joint: Joint) -> None:
    joint.serve(data={"keeper": "river", "dataset": "coast-diabetes", "variables": ["age", "bmi"]})


def _own_data_of_that_name(joint: Joint) -> None:
    """Coast said yes to data of its own, which a lying platform lets bear River's name."""
    data = {"keeper": "coast", "dataset": "river-diabetes", "variables": ["age", "bmi"]}
    joint.serve(data=data)


def _fewer_variables(joint: Joint) -> None:
    joint.serve(data={"keeper": "river", "dataset": "river-diabetes", "variables": ["age"]})


def _over(joint: Joint) -> None:
    joint.serve(not_after=(now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _revoked(joint: Joint) -> None:
    joint.serve()
    joint.stop(joint.coast.revocation(GRANT))


def _paused(joint: Joint) -> None:
    joint.serve()
    joint.stop(joint.coast.pause("all"))


def _with_strangers(joint: Joint) -> None:
    joint.serve(communities=["coast", "hill"])


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (_no_grant, "names no grant of coast"),
        (_one_signature, "2 of 3 stewards must sign yes"),
        (_signed_by_river, "not in the charter|not one of"),
        (_of_river, "names no grant of coast"),
        (_other_dataset, "not for another dataset"),
        (_own_data_of_that_name, "data that coast keeps"),
        (_fewer_variables, "variables that were not granted"),
        (_over, "held until"),
        (_revoked, "revoked"),
        (_paused, "paused"),
        (_with_strangers, "does not name"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_one_fault_of_the_other_holders_yes_is_enough_to_refuse(
    joint: Joint, fault: Callable[[Joint], None], why: str
) -> None:
    fault(joint)

    with pytest.raises(HolderRefused, match=why):
        joint.ask()


def test_a_run_that_names_no_grant_of_the_other_holder_is_refused(joint: Joint) -> None:
    joint.serve()

    with pytest.raises(HolderRefused, match="coast holds this dataset too"):
        joint.ask(grant="")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": "d" * 64}, "not the code"),
        ({"config": "d" * 64}, "configuration"),
        ({"request": "d" * 64}, "another request"),
        ({"message_type": "query"}, "training messages"),
    ],
)
def test_the_other_holder_allowed_exactly_this_work(
    joint: Joint, change: dict[str, str], why: str
) -> None:
    joint.serve()

    with pytest.raises(HolderRefused, match=why):
        joint.ask(replace(FACTS, **change))  # type: ignore[arg-type]  # texts only


_NOISE = {"epsilon": "1", "delta": "0.00001", "unit": "person"}


@pytest.mark.parametrize(
    ("own", "others", "why"),
    [
        ({}, {"privacy": {"dp": _NOISE, "secure_aggregation": False}}, "privacy noise"),
        ({}, {"privacy": {"dp": None, "secure_aggregation": True}}, "whether answers are mixed"),
        (
            {"privacy": {"dp": _NOISE | {"epsilon": "3"}, "secure_aggregation": False}},
            {"privacy": {"dp": _NOISE, "secure_aggregation": False}},
            "privacy noise",
        ),
        (
            {"privacy": {"dp": _NOISE, "secure_aggregation": False}, "max_rounds": 1},
            {"privacy": {"dp": _NOISE, "secure_aggregation": False}},
            "privacy noise",
        ),
        ({}, {"outputs": ["coefficients"]}, "what leaves"),
    ],
)
def test_what_hides_people_in_the_other_holders_grant_cannot_be_left_out_of_ones_own(
    joint: Joint, own: dict[str, Any], others: dict[str, Any], why: str
) -> None:
    joint.serve(**others)

    with pytest.raises(HolderRefused, match=f"coast .* differ on {why}"):
        as_all_agreed(_plan(joint, own), joint.ask())


def test_the_largest_least_number_of_people_of_all_holders_counts(joint: Joint) -> None:
    joint.serve(min_cohort=250)

    assert as_all_agreed(_plan(joint, {}), joint.ask()).least == 250


def _plan(joint: Joint, changes: dict[str, Any]) -> Plan:
    """What the node would do on its own community's grant alone."""
    run = RUN | {"max_rounds": changes.get("max_rounds", 2)}
    changed = {name: value for name, value in changes.items() if name != "max_rounds"}
    claims = _claims(joint.made.community.grant(run, joint.made.charter) | changed)
    dataset = joint.made.config.datasets["river-diabetes"]
    return Plan(claims, dataset, ("age", "bmi"), 1, None, 100, 3)


def test_rounds_are_counted_on_the_other_holders_grant_too(joint: Joint) -> None:
    joint.serve()
    for _ in range(2):
        reserve_rounds(joint.ask())

    with pytest.raises(HolderRefused, match="All 2 rounds"):
        joint.ask()


def test_a_pause_of_the_other_holder_stops_a_job_that_runs(joint: Joint) -> None:
    own = joint.made.community.grant(RUN, joint.made.charter)
    claims = _claims(own)
    _own_notices(joint.made)
    joint.serve()
    consents = joint.ask()
    stops = Stops(
        joint.made.home, joint.made.config, joint.made.state, joint.made.link(), claims, consents
    )
    stops.fetch()

    joint.stop(joint.coast.pause(GRANT))

    with pytest.raises(JobStopped) as stopped:
        stops.fetch()
    assert stopped.value.code == "paused"


def test_a_list_of_stops_that_went_back_stops_the_job(joint: Joint) -> None:
    _own_notices(joint.made)
    joint.serve()
    consents = joint.ask()
    claims = _claims(joint.made.community.grant(RUN, joint.made.charter))
    stops = Stops(
        joint.made.home, joint.made.config, joint.made.state, joint.made.link(), claims, consents
    )
    joint.made.platform.served["coast"].notices = joint.coast.notices(sequence=0)

    with pytest.raises(JobStopped) as stopped:
        stops.fetch()
    assert stopped.value.code == "holder-refused"


@pytest.mark.parametrize("named", ["river=river-diabetes", ""], ids=["named", "not named"])
def test_the_other_holders_stops_are_fetched_whether_or_not_the_run_names_the_dataset(
    joint: Joint, named: str
) -> None:
    """A run without a dataset means the granted one: leaving it out must not leave a pause out."""
    made = joint.made
    own = made.community.grant(RUN, made.charter, id=GRANT)
    made.platform.served["river"].grants = [signed(own, made.community.stewards[:2]).to_json()]
    joint.stop(joint.coast.pause("all"))
    guard = Guard(made.home, made.config, None, "", Stopwatch())  # type: ignore[arg-type]
    guard.state, guard.platform = made.state, made.link()
    guard.holders = Holders(made.home, made.config)
    run = {"kinhold.grants": f"river={GRANT}", "kinhold.datasets": named}

    Training(guard, cast(Work, None), read_asked(run, "river"), Account())._fetch()

    notices = guard.holders.state("coast").notices()
    assert notices is not None
    assert notices.paused == {"all"}


def _own_notices(made: Made) -> None:
    from federation.node.decision.sync import Findings, take_notices

    take_notices(made.state, made.link(), Findings())


def _claims(document: dict[str, Any]) -> Any:
    from consent.grants.grant import parse_grant

    return parse_grant(canonical(json.loads(json.dumps(document))))
