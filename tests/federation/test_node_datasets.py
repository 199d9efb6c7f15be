"""Descriptions that nodes send: who signed them, what they change, and what they never touch."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from consent.grants.codec import b64u, canonical, digest, time_text, unb64u
from consent.grants.descriptions import variable, verify_description
from consent.grants.provenance import empty_record
from federation.actions import nodes
from federation.node import keys
from federation.node.__main__ import main
from federation.node.home import Home
from governance.actions import datasets
from governance.models import AccessEvent, Dataset
from governance.queries import datasets_listed, holders_of
from tests.cast import Cast
from tests.federation.calls import NODE, Call, signed
from tests.federation.factories import Machine
from tests.federation.story import Three
from tests.governance.pages import url_of

NOW = datetime.now(UTC)


def document(machine: Machine, **changes: Any) -> dict[str, Any]:
    community, _, node = machine.label.partition("/")
    return {
        "type": "dataset",
        "version": 1,
        "community": community,
        "node": node,
        "dataset": f"{community}-sleep",
        "at": time_text(NOW),
        "title": "Sleep",
        "description": "Hours of sleep.",
        "size_band": "100-199",
        "variables": [variable("hours", "number", unit="h", label="Hours asleep")],
        "provenance": None,
        "overwrite_text": False,
    } | changes


def call(machine: Machine, told: dict[str, Any], *, signer: Machine | None = None) -> Call:
    text = canonical(told)
    signature = b64u((signer or machine).key.sign(text))
    body = json.dumps({"description": text.decode(), "signature": signature}).encode()
    return signed(machine, "POST", NODE + "datasets", body)


def sent(machine: Machine, **changes: Any) -> dict[str, Any]:
    answer = call(machine, document(machine, **changes)).send()
    assert answer.status_code in (200, 201), answer.content
    return dict(answer.json())


def sleep() -> Dataset:
    return Dataset.objects.get(slug="river-sleep")


def test_a_node_describes_a_dataset_that_nobody_outside_sees(three: Three, cast: Cast) -> None:
    machine = three.river.machine
    told = document(machine)

    answer = call(machine, told).send()

    assert answer.status_code == 201
    assert answer.json() == {
        "dataset": "river-sleep",
        "new": True,
        "changed": ["title", "description", "variables", "size_band", "node"],
        "kept": [],
        "published": False,
    }
    dataset = sleep()
    assert (dataset.title, dataset.size_band, dataset.node) == ("Sleep", "100-199", "river-node")
    assert dataset.variables == told["variables"]
    assert dataset not in datasets_listed()
    event = AccessEvent.objects.get(verb="dataset.register", subject="dataset:river-sleep")
    assert (event.actor, event.actor_label) == (None, "river/river-node")
    assert event.document_digest == digest(canonical(told))
    kept = dataset.signed_description
    key = machine.key.public_key().public_bytes_raw()
    assert verify_description(kept["text"].encode(), unb64u(kept["signature"]), key)
    page = cast.ola.client().get(url_of("dataset", "river-sleep")).content.decode()
    assert "the node river-node" in page
    record = cast.ola.client().get(url_of("dataset-record", "river-sleep")).json()
    assert record["described_by"]["digest"] == event.document_digest


def test_the_same_again_changes_nothing(three: Three) -> None:
    sent(three.river.machine)
    later = time_text(NOW + timedelta(seconds=30))

    answer = call(three.river.machine, document(three.river.machine, at=later)).send()

    assert (answer.status_code, answer.json()["changed"]) == (200, [])
    assert AccessEvent.objects.filter(subject="dataset:river-sleep").count() == 1
    assert time_text(sleep().described_at or NOW) == time_text(NOW)


def test_a_changed_description_updates_the_record_and_is_logged(three: Three) -> None:
    sent(three.river.machine)

    answer = sent(three.river.machine, size_band="200-499", title="Sleep and rest")

    assert answer["changed"] == ["title", "size_band"]
    assert (sleep().title, sleep().size_band) == ("Sleep and rest", "200-499")
    event = AccessEvent.objects.get(verb="dataset.describe")
    assert event.reason == "Changed: title, size_band."


def test_what_people_wrote_stays_until_the_operator_says_otherwise(
    three: Three, cast: Cast
) -> None:
    machine = three.river.machine
    sent(machine)
    datasets.describe(sleep().pk, actor=cast.dov.user, title="Our nights", description="Ours.")
    record = empty_record() | {"consent_status": "verified"}
    datasets.set_provenance(sleep().pk, actor=cast.dov.user, provenance=record)

    told: dict[str, Any] = {"size_band": "200-499", "provenance": empty_record()}
    answer = sent(machine, **told)
    assert (answer["changed"], answer["kept"]) == (
        ["size_band"],
        ["title", "description", "provenance"],
    )
    assert (sleep().title, sleep().provenance) == ("Our nights", record)

    answer = sent(machine, **told, overwrite_text=True)
    assert answer["changed"] == ["title", "description", "provenance"]
    assert (sleep().title, sleep().edited) == ("Sleep", [])


def test_publishing_protocols_and_holders_are_never_touched(three: Three) -> None:
    machine = three.river.machine
    before = [(held.community, held.lines) for held in holders_of(_river())]

    answer = sent(machine, dataset="river-diabetes")

    assert answer["published"] is True
    assert [(held.community, held.lines) for held in holders_of(_river())] == before
    assert _river().title == "Sleep"


def _river() -> Dataset:
    return Dataset.objects.get(slug="river-diabetes")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"community": "coast"}, "another node"),
        ({"node": "other-node"}, "another node"),
        ({"type": "receipt"}, "not a statement of type dataset"),
        ({"rows": 3}, "does not know"),
        ({"size_band": "1-20"}, "size_band is not one of"),
        ({"size_band": "137"}, "size_band is not one of"),
        ({"variables": []}, "a list of 1 to 500"),
        ({"variables": [variable("a b", "number")]}, "variables.name is not"),
        ({"variables": [variable("a", "float")]}, "type is not one of"),
        ({"variables": [variable("a", "number")] * 2}, "free of repeats"),
        ({"variables": [variable("a", "yes-no", limits=("0", "1"))]}, "no number"),
        ({"variables": [variable("a", "number", limits=("2", "1"))]}, "from the smaller"),
        ({"variables": [variable("a", "number", limits=("1e3", "2e3"))]}, "not a decimal"),
        ({"variables": [variable("a", "number", categories=("x",))]}, "no category"),
        ({"provenance": {}}, "lacks the field"),
        ({"dataset": "River_Sleep"}, "dataset is not a short name"),
        ({"title": "two\nlines"}, "without hidden characters"),
        ({"at": time_text(NOW + timedelta(hours=1))}, "dated in the future"),
    ],
)
def test_a_description_that_is_not_sound_is_refused(
    three: Three, changes: dict[str, Any], sentence: str
) -> None:
    answer = call(three.river.machine, document(three.river.machine, **changes)).send()

    assert (answer.status_code, answer.json()["code"]) == (400, "description-refused")
    assert sentence in answer.json()["detail"]
    assert not Dataset.objects.filter(title="Sleep").exists()


def test_only_the_node_itself_can_sign(three: Three) -> None:
    river, coast = three.river.machine, three.coast.machine

    answer = call(river, document(river), signer=coast).send()

    assert answer.json()["detail"] == "The description is not signed by that node."
    assert call(coast, document(river), signer=river).send().status_code == 400


def test_a_name_of_another_community_is_refused_without_a_word_about_it(three: Three) -> None:
    river = three.river.machine

    answer = call(river, document(river, dataset="coast-diabetes")).send()

    assert answer.status_code == 409
    assert "cannot be used" in answer.json()["detail"]
    assert Dataset.objects.get(slug="coast-diabetes").title == "Coast Diabetes"


def test_an_older_description_does_not_come_back(three: Three) -> None:
    sent(three.river.machine)
    old = time_text(NOW - timedelta(days=1))

    answer = call(three.river.machine, document(three.river.machine, at=old, title="Old")).send()

    assert answer.status_code == 409
    assert sleep().title == "Sleep"


@pytest.mark.django_db(transaction=True)
def test_the_operator_registers_from_the_node(
    cast: Cast, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command, over HTTP, against the platform as it runs."""
    home = Home(tmp_path / "node")
    home.folder.mkdir(mode=0o700)
    keys.make_keys(home)
    card = {
        "community": "river",
        "name": "river-node",
        "receipt_key": b64u(keys.receipt_key(home).public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(home),
    }
    nodes.enrol(community_id=cast.river.pk, actor=cast.dov.user, card=card)
    home.config.write_text(
        f'community = "river"\nname = "river-node"\nplatform = "{live_server.url}"\n'
        'superlink = "127.0.0.1:1"\n[datasets.river-sleep]\npath = "data.csv"\ntitle = "Sleep"\n'
        '[datasets.river-sleep.variables]\nhours = { type = "number", range = [0, 24] }\n'
    )
    (home.folder / "data.csv").write_text("\n".join(["hours", *(["7"] * 120)]))
    command = ["--home", str(home.folder), "datasets", "register"]

    assert main(command) == 0
    assert "Nobody outside sees it" in capsys.readouterr().out
    assert main(command) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert sleep().size_band == "100-199"
    datasets.describe(sleep().pk, actor=cast.dov.user, title="Nights", description="Ours")
    (home.folder / "data.csv").write_text("\n".join(["hours", *(["7"] * 220)]))
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "described anew: size_band" in told
    assert "Left as people wrote it there: title, description." in told
    assert main([*command, "--overwrite-text"]) == 0
    assert sleep().title == "Sleep"
    assert "river-sleep is described anew" in _log(home, capsys)


def _log(home: Home, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    main(["--home", str(home.folder), "log"])
    return capsys.readouterr().out
