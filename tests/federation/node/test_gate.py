"""The facts a node finds for itself, and its own checks after allow_run."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from consent.grants.codec import config_digest, digest
from consent.grants.errors import GrantRefused
from consent.grants.grant import Claims
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts
from federation.catalogue.fab import pack
from federation.catalogue.registry import build_fab, job_config
from federation.node.books.receipts import Account
from federation.node.decision.gate import (
    Asked,
    Plan,
    held_grant,
    make_plan,
    read_asked,
    require_allowed,
)
from federation.node.decision.papers import papers_in_force, pinned_chain
from federation.node.decision.sync import Findings, take_notices
from federation.node.errors import NoGrant, NotPinned
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.hostile.community import signed

FAB = build_fab("linear-regression")
OWN = job_config("linear-regression", {"outcome": "bmi", "predictors": "age"})
REQUEST = "c" * 64
GRANT = "33333333-3333-4333-8333-333333333333"


def _run(**changes: object) -> dict[str, object]:
    return {
        "job": "linear-regression",
        "code": digest(FAB),
        "config": config_digest(OWN),
        "request": REQUEST,
        "max_rounds": 3,
        "variables": ["age", "bmi"],
        "communities": ["river", "coast"],
    } | changes


def _config() -> dict[str, str | int | float | bool]:
    return {
        **OWN,
        "kinhold.run": "22222222-2222-4222-8222-222222222222",
        "kinhold.request": REQUEST,
        "kinhold.grants": f"coast={'4' * 8},river={GRANT}",
        "kinhold.datasets": "river=river-diabetes, coast=coast-diabetes",
        "kinhold.communities": "river,coast",
    }


def _hold(made: Made, run: dict[str, object], **changes: object) -> Signed:
    document = made.community.grant(run, made.charter, id=GRANT, **changes)
    grant = signed(document, made.community.stewards[:2])
    made.platform.served["river"].grants = [grant.to_json()]
    made.state.serve_grant(GRANT, grant, decided_under=1, at=_now())
    return grant


def _now() -> datetime:
    return datetime.now(UTC)


def _notices(made: Made) -> None:
    take_notices(made.state, made.link(), Findings())


def _allow(
    made: Made, config: dict[str, str | int | float | bool], **changes: Any
) -> tuple[Claims, RunFacts]:
    asked = read_asked(config, "river")
    work = Work(
        flower_run=5,
        message_type="train",
        round=1,
        code_claimed=digest(FAB),
        fab=FAB,
        config=config,
        job_input=b"",
    )
    return require_allowed(
        held_grant(made.state, asked),
        asked,
        replace(work, **changes),
        papers_in_force(made.state, made.config, Account(), at=_now()),
        state=made.state,
        config=made.config,
        at=_now(),
    )


def test_a_sound_run_is_allowed_with_the_columns_of_its_configuration(made: Made) -> None:
    _hold(made, _run())
    _notices(made)

    claims, facts = _allow(made, _config())

    assert (claims.id, facts.variables) == (GRANT, ("age", "bmi"))


@pytest.mark.parametrize(
    ("config", "changes", "code"),
    [
        ({}, {"fab": FAB + b"\0"}, "wrong-code"),
        ({}, {"fab": b"", "code_claimed": digest(b"")}, "wrong-code"),
        ({}, {"message_type": "query"}, "wrong-message"),
        ({}, {"message_type": "train.other"}, "wrong-message"),
        ({"job.predictors": "sex"}, {}, "wrong-configuration"),
        ({"job.extra": "1"}, {}, "wrong-configuration"),
        ({"kinhold.request": ""}, {}, "wrong-request"),
        ({"kinhold.datasets": "river=other"}, {}, "wrong-dataset"),
        ({"kinhold.communities": "river"}, {}, "wrong-aggregate"),
        ({"kinhold.communities": "river,river"}, {}, "wrong-aggregate"),
        ({"kinhold.communities": "river,coast,hill"}, {}, "wrong-aggregate"),
        ({"kinhold.communities": ""}, {}, "wrong-aggregate"),
        ({"kinhold.grants": ""}, {}, "no-grant"),
        ({"kinhold.grants": f"river={GRANT},river={GRANT}"}, {}, "no-grant"),
        ({"kinhold.grants": "river"}, {}, "no-grant"),
        ({"kinhold.grants": f"coast={GRANT}"}, {}, "no-grant"),
    ],
)
def test_one_fact_that_does_not_fit_is_enough_to_refuse(
    made: Made, config: dict[str, str], changes: dict[str, object], code: str
) -> None:
    _hold(made, _run())
    _notices(made)

    with pytest.raises(GrantRefused) as caught:
        _allow(made, _config() | config, **changes)

    assert caught.value.code == code


def test_a_run_that_names_no_dataset_means_the_granted_one(made: Made) -> None:
    _hold(made, _run())
    _notices(made)

    _allow(made, _config() | {"kinhold.datasets": ""})


def test_rounds_already_used_are_the_nodes_own_count(made: Made) -> None:
    _hold(made, _run(max_rounds=2))
    _notices(made)
    for _ in range(2):
        claims, _facts = _allow(made, _config())
        made.state.reserve_round(claims)

    with pytest.raises(GrantRefused, match="All 2 rounds"):
        _allow(made, _config())


def test_a_node_that_never_saw_notices_refuses(made: Made) -> None:
    _hold(made, _run())

    with pytest.raises(GrantRefused, match="never seen a list of notices") as caught:
        _allow(made, _config())

    assert caught.value.code == "stale-notices"


def test_a_node_without_a_charter_says_so(made: Made) -> None:
    made.state.db.executescript("DROP TRIGGER charters_stay; DELETE FROM charters;")

    with pytest.raises(NotPinned, match="operator must pin one"):
        pinned_chain(made.state)


def test_a_grant_the_node_was_never_shown_is_told(made: Made) -> None:
    with pytest.raises(NoGrant, match="never shown"):
        held_grant(made.state, Asked("", "", GRANT, "", ()))


def _plan(made: Made, variables: tuple[str, ...], **changes: object) -> tuple[Plan, Account]:
    _hold(made, _run(), **changes)
    _notices(made)
    claims, facts = _allow(made, _config())
    account = Account()
    facts = replace(facts, variables=variables)
    return make_plan(claims, facts, made.config, account, FAB), account


def test_a_plan_takes_the_strictest_of_three_floors(made: Made) -> None:
    plan, account = _plan(made, ("age", "bmi"), min_cohort=100)

    assert plan.least == 100
    assert plan.job is not None
    assert plan.job.name == "linear-regression"
    assert plan.predictors == 1
    assert [check["step"] for check in account.checks] == [104, 105, 106, 107, 108]


def test_a_grant_cannot_lower_the_nodes_own_floor(made: Made) -> None:
    plan, _ = _plan(made, ("age", "bmi"), min_cohort=1)

    assert plan.least == 20


@pytest.mark.parametrize(
    ("variables", "reason"),
    [(("age", "town"), "town is a category"), (("age", "height"), "height is not set up")],
)
def test_variables_the_node_does_not_have_are_refused(
    made: Made, variables: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(GrantRefused, match=reason) as caught:
        _plan(made, variables)

    assert caught.value.code == "wrong-variables"


def test_a_dataset_the_node_does_not_have_is_refused(made: Made) -> None:
    made = replace(made, config=replace(made.config, datasets={}))

    with pytest.raises(GrantRefused, match="not set up at this node") as caught:
        _plan(made, ("age", "bmi"))

    assert caught.value.code == "wrong-dataset"


def test_code_that_is_not_installed_runs_only_where_the_policy_unpacks(made: Made) -> None:
    other = FAB + b"\0"
    _hold(made, _run(code=digest(other)))
    _notices(made)
    claims, facts = _allow(made, _config(), fab=other, code_claimed=digest(other))

    with pytest.raises(GrantRefused, match="not the code that is installed") as caught:
        make_plan(claims, facts, made.config, Account(), other)
    assert caught.value.code == "wrong-code"

    pinned = replace(made.config, code_policy="pinned")
    assert make_plan(claims, facts, pinned, Account(), other).job is None


@pytest.mark.parametrize("name", ["../up.py", "/etc/cron.d/x", "a/" * 30 + "deep.py", "x" * 2000])
def test_a_granted_bundle_that_reaches_out_is_refused_before_any_data(
    made: Made, name: str
) -> None:
    bad = pack({name: b"x"})
    _hold(made, _run(code=digest(bad)))
    _notices(made)
    claims, facts = _allow(made, _config(), fab=bad, code_claimed=digest(bad))
    pinned = replace(made.config, code_policy="pinned")

    with pytest.raises(GrantRefused, match="may not be unpacked") as caught:
        make_plan(claims, facts, pinned, Account(), bad)

    assert caught.value.code == "wrong-code"
