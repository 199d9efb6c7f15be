"""Data that a second community holds too: nothing runs on it without that community's own yes."""

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u, canonical
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts
from consent.grants.words import fingerprint_words
from federation.node import console, keys
from federation.node.errors import HolderRefused, JobStopped, NodeError
from federation.node.gate import read_asked
from federation.node.holders import Consent, Holders, reserve_rounds, synchronise
from federation.node.home import read_config
from federation.node.setup import pin_charter
from federation.node.stops import Stops
from tests.federation.node.conftest import CONFIG, Made
from tests.hostile.community import Community, signed

GRANT = "55555555-5555-4555-8555-555555555555"
RUN = {
    "job": "linear-regression",
    "code": "a" * 64,
    "config": "b" * 64,
    "request": "c" * 64,
    "max_rounds": 2,
    "variables": ["age", "bmi"],
    "communities": ["river", "coast"],
}
FACTS = RunFacts(
    community="river",
    code="a" * 64,
    config="b" * 64,
    request="c" * 64,
    dataset="river-diabetes",
    variables=("age", "bmi"),
    message_type="train",
    rounds_used=0,
    communities=("river",),
)


@dataclass
class Joint:
    """River's node with data that Coast holds too, and what the platform serves of Coast."""

    made: Made
    coast: Community
    charter: Signed

    def serve(self, **changes: Any) -> Signed:
        """Serve a grant of Coast for River's dataset, with changes put in."""
        data = {"dataset": "river-diabetes", "variables": ["age", "bmi"]}
        wanted = {"id": GRANT, "data": data, "min_nodes": 1} | changes
        grant = signed(self.coast.grant(RUN, self.charter, **wanted), self.coast.stewards[:2])
        self.made.platform.served["coast"].grants = [grant.to_json()]
        return grant

    def stop(self, notice: Signed) -> None:
        self.made.platform.served["coast"].notices = self.coast.notices([notice])

    def ask(self, facts: RunFacts = FACTS, grant: str = GRANT) -> tuple[Consent, ...]:
        """Do what a node does at a message; the states stay open for what comes after."""
        holders = Holders(self.made.home, self.made.config)
        dataset = self.made.config.datasets["river-diabetes"]
        holders.fetch(dataset, self.made.link(), at=_now())
        grants = {"coast": grant} if grant else {}
        return holders.require_allowed(dataset, facts, grants, at=_now())


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def joint(made: Made) -> Joint:
    """Coast's charter is served and pinned by its words; no grant of Coast yet."""
    text = CONFIG.format(platform=made.platform.url)
    made.home.config.write_text(
        text.replace("min_cohort = 20", 'min_cohort = 20\nholders = ["coast"]')
    )
    made.config = read_config(made.home)
    card = {
        "name": "coast-node",
        "receipt_key": b64u(Ed25519PrivateKey.generate().public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(made.home),
    }
    coast = Community("coast", card, Ed25519PrivateKey.generate())
    charter = coast.first_charter()
    served = made.platform.served["coast"]
    served.charters, served.notices = [charter.to_json()], coast.notices()
    _pin(made, "coast", fingerprint_words(charter.digest))
    return Joint(made, coast, charter)


def _pin(made: Made, holder: str, words: str) -> None:
    pin_charter(made.home, Namespace(holder=holder, fingerprint=words, charter=None))


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
    joint.serve(data={"dataset": "coast-diabetes", "variables": ["age", "bmi"]})


def _fewer_variables(joint: Joint) -> None:
    joint.serve(data={"dataset": "river-diabetes", "variables": ["age"]})


def _over(joint: Joint) -> None:
    joint.serve(not_after=(_now() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))


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


def test_nothing_runs_before_the_other_holders_charter_is_pinned(joint: Joint) -> None:
    for file in joint.made.home.holders.iterdir():
        file.unlink()
    joint.serve()

    with pytest.raises(HolderRefused, match="charter of coast is not pinned"):
        joint.ask()


def test_a_charter_is_pinned_only_by_its_own_words(made: Made, joint: Joint) -> None:
    for file in made.home.holders.iterdir():
        file.unlink()

    with pytest.raises(NodeError, match="not the words"):
        _pin(made, "coast", fingerprint_words("0" * 64))
    with pytest.raises(NodeError, match="No dataset of this node is held by hill"):
        _pin(made, "hill", fingerprint_words(joint.charter.digest))


def test_the_charter_of_another_community_is_not_pinned_in_its_place(
    made: Made, joint: Joint
) -> None:
    for file in made.home.holders.iterdir():
        file.unlink()
    made.platform.served["coast"].charters = [made.charter.to_json()]

    with pytest.raises(NodeError, match="charter of river, not coast"):
        _pin(made, "coast", fingerprint_words(made.charter.digest))


def test_the_syncer_fetches_what_further_holders_said(joint: Joint) -> None:
    joint.serve()
    told: list[str] = []

    synchronise(joint.made.home, joint.made.config, joint.made.link(), at=_now(), note=told.append)

    held = Holders(joint.made.home, joint.made.config).state("coast").grant(GRANT)
    assert held is not None
    assert held.first_seen is not None
    assert told == []


def test_status_tells_who_holds_data_here_too(
    joint: Joint, capsys: pytest.CaptureFixture[str]
) -> None:
    console.status(joint.made.home, Namespace(json=False))

    words = fingerprint_words(joint.charter.digest)
    assert f"coast holds a dataset here too; charter 1, pinned as: {words}" in (
        capsys.readouterr().out
    )


def test_only_grants_for_this_nodes_dataset_are_read_from_the_run() -> None:
    config = {
        "kinhold.grants": "river=1",
        "kinhold.datasets": "river=river-diabetes",
        "kinhold.holders": f"river-diabetes/coast={GRANT},hill-hearts/coast=9",
    }

    assert read_asked(config, "river").holders == {"coast": GRANT}


@pytest.mark.parametrize("holders", ['"coast"', "[1]", '["Coast"]'])
def test_odd_holders_in_the_settings_are_refused(made: Made, holders: str) -> None:
    text = CONFIG.format(platform=made.platform.url)
    made.home.config.write_text(text.replace("min_cohort = 20", f"holders = {holders}"))

    with pytest.raises(NodeError, match="holders must be a list"):
        read_config(made.home)


def _own_notices(made: Made) -> None:
    from federation.node.sync import Findings, take_notices

    take_notices(made.state, made.link(), Findings())


def _claims(document: dict[str, Any]) -> Any:
    from consent.grants.grant import parse_grant

    return parse_grant(canonical(json.loads(json.dumps(document))))
