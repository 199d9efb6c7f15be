"""Pinning a further holder's charter, and what the operator is shown of it."""

from argparse import Namespace

import pytest

from consent.grants.words import fingerprint_words
from federation.node import console
from federation.node.decision.gate import read_asked
from federation.node.decision.holders import Holders, synchronise
from federation.node.errors import HolderRefused, NodeError
from federation.node.settings import read_config
from tests.federation.node.conftest import CONFIG, Made
from tests.federation.node.joint import GRANT, Joint, now, pin


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
        pin(made, "coast", fingerprint_words("0" * 64))
    with pytest.raises(NodeError, match="No dataset of this node is held by hill"):
        pin(made, "hill", fingerprint_words(joint.charter.digest))


def test_the_charter_of_another_community_is_not_pinned_in_its_place(
    made: Made, joint: Joint
) -> None:
    for file in made.home.holders.iterdir():
        file.unlink()
    made.platform.served["coast"].charters = [made.charter.to_json()]

    with pytest.raises(NodeError, match="charter of river, not coast"):
        pin(made, "coast", fingerprint_words(made.charter.digest))


def test_the_syncer_fetches_what_further_holders_said(joint: Joint) -> None:
    joint.serve()
    told: list[str] = []

    synchronise(joint.made.home, joint.made.config, joint.made.link(), at=now(), note=told.append)

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
