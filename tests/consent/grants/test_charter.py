"""A charter says one thing, completely, or is refused."""

from datetime import UTC, datetime

import pytest

from consent.grants.charter import parse_charter
from consent.grants.codec import b64u, canonical
from consent.grants.decision import DecisionRule
from consent.grants.errors import Malformed, WrongType
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    CORA,
    CORA_PHONE,
    RECEIPT,
    STRANGER,
    THREE,
    charter_document,
    ed25519_key,
    first_charter,
    public,
    rules,
    sha,
    steward,
    supernode_key,
)
from tests.consent.grants.papers import grant_document

STEWARDS = [steward(name, keys) for name, keys in THREE.items()]
NODE = charter_document()["nodes"][0]


def with_steward(**changes):
    return {"stewards": [STEWARDS[0] | changes, *STEWARDS[1:]]}


def with_key(**changes):
    return with_steward(keys=[STEWARDS[0]["keys"][0] | changes])


def with_party(rp_id, *origins):
    return {"relying_party": {"id": rp_id, "origins": list(origins)}}


def test_a_charter_is_read_as_it_is_written():
    charter = parse_charter(first_charter().statement)

    assert (charter.community, charter.number, charter.previous) == ("river", 1, None)
    assert [(s.id, s.name, s.bodies) for s in charter.stewards] == [
        ("st-amina", "Amina", ("council",)),
        ("st-bela", "Bela", ("council",)),
        ("st-cora", "Cora", ("council",)),
    ]
    assert [len(s.keys) for s in charter.stewards] == [1, 1, 2]
    assert charter.rules["grant"] == DecisionRule("threshold", 2)
    assert charter.rules["pause"] == DecisionRule("threshold", 1)
    assert (charter.floor, charter.rp_id) == (2, "localhost")
    assert charter.origins == ("http://localhost:8000",)
    assert charter.checkpoint_key == CHECKPOINT.public_key().public_bytes_raw()
    assert charter.nodes[0].receipt_key == RECEIPT.public_key().public_bytes_raw()
    assert charter.nodes[0].supernode_key == supernode_key("river")
    assert charter.created == datetime(2031, 1, 24, 12, tzinfo=UTC)
    assert charter.digest == first_charter().digest


def test_a_key_leads_to_its_steward_and_no_other_key_does():
    charter = parse_charter(first_charter().statement)

    for passkey, name in [(AMINA, "Amina"), (BELA, "Bela"), (CORA, "Cora"), (CORA_PHONE, "Cora")]:
        assert charter.steward_of(passkey.credential_id).name == name
        assert charter.cose_of(passkey.credential_id) == passkey.cose
    assert charter.steward_of(STRANGER.credential_id) is None
    assert charter.cose_of(STRANGER.credential_id) is None


@pytest.mark.parametrize(
    "changes",
    [
        with_party("kinhold.example", "https://kinhold.example"),
        with_party(
            "kinhold.example", "https://app.kinhold.example:8443", "https://kinhold.example"
        ),
        {"rules": rules(2, grant={"rule": "consensus"})},
        {"rules": rules(3)},
        {"previous": sha("x"), "number": 2},
        {"floor": 1},
        {"nodes": []},
        with_steward(bodies=[]),
        with_steward(name="ᎠᎹ Ngāti d'Été-Łódź"),
    ],
)
def test_other_sound_charters_are_read(changes):
    parse_charter(canonical(charter_document(**changes)))


@pytest.mark.parametrize("field", sorted(charter_document()))
def test_a_charter_lacks_no_field(field):
    document = {k: v for k, v in charter_document().items() if k != field}

    with pytest.raises((Malformed, WrongType)):
        parse_charter(canonical(document))


@pytest.mark.parametrize(
    "changes",
    [
        {"note": ""},
        {"version": 2},
        {"version": True},
        {"community": "The River"},
        {"number": 0},
        {"number": True},
        {"number": "1"},
        {"previous": ""},
        {"previous": sha("x").upper()},
        {"previous": sha("x")[:-1]},
        {"created": "2031-01-24"},
        {"stewards": []},
        {"stewards": {}},
        {"stewards": [1]},
        {"stewards": [STEWARDS[0], STEWARDS[0], STEWARDS[1]]},
        {"stewards": [STEWARDS[0], STEWARDS[1], STEWARDS[2] | {"id": "st-amina"}]},
        {"stewards": [STEWARDS[0], STEWARDS[1], steward("cora", [CORA, AMINA])]},
        {"stewards": [steward("amina", [AMINA, AMINA]), *STEWARDS[1:]]},
        with_steward(id=""),
        with_steward(id="ST-AMINA"),
        with_steward(name=""),
        with_steward(name="  "),
        with_steward(name="A" * 201),
        with_steward(name="Amina\n"),
        with_steward(name="Amina\x1b[2J"),
        with_steward(name="Amina\u202e"),
        with_steward(name="Amina\u2028"),
        with_steward(name=7),
        with_steward(bodies=["council", "council"]),
        with_steward(bodies=["The Council"]),
        with_steward(bodies="council"),
        with_steward(keys=[]),
        with_steward(keys=None),
        with_steward(role="chair"),
        with_key(credential_id=""),
        with_key(credential_id=STEWARDS[1]["keys"][0]["credential_id"]),
        with_key(cose=STEWARDS[1]["keys"][0]["cose"]),
        with_key(cose=b64u(AMINA.cose[:-1])),
        with_key(cose="A" * 5000),
        with_key(cose=5),
        with_key(alg="ES256"),
        {"rules": {k: v for k, v in rules().items() if k != "release"}},
        {"rules": rules(receipt={"rule": "threshold", "m": 1})},
        {"rules": rules(1)},
        {"rules": rules(4)},
        {"rules": rules(grant={"rule": "threshold", "m": 0})},
        {"rules": rules(grant={"rule": "threshold", "m": True})},
        {"rules": rules(grant={"rule": "threshold", "m": "2"})},
        {"rules": rules(grant={"rule": "threshold"})},
        {"rules": rules(grant={"rule": "consensus", "m": 2})},
        {"rules": rules(grant={"rule": "silence"})},
        {"rules": rules(grant={"rule": ["threshold"], "m": 2})},
        {"rules": rules(grant={"rule": "threshold", "m": 2, "after": "7d"})},
        {"rules": rules(grant="threshold")},
        {"rules": rules(revocation={"rule": "threshold", "m": 1})},
        {"rules": rules(pause={"rule": "threshold", "m": 0})},
        {"floor": 0},
        {"floor": 4},
        {"floor": True},
        {"floor": None},
        with_party("localhost"),
        with_party("localhost", "http://localhost:8000", "http://localhost:8000"),
        with_party("localhost", "http://localhost:8000/"),
        with_party("localhost", "http://localhost:08"),
        with_party("localhost", "HTTP://localhost"),
        with_party("localhost", "https://kinhold.example"),
        with_party("kinhold.example", "http://kinhold.example"),
        with_party("kinhold.example", "https://kinhold.example.evil.example"),
        with_party("kinhold.example", "https://evilkinhold.example"),
        with_party("kinhold.example", "https://user@kinhold.example"),
        with_party("Kinhold.example", "https://kinhold.example"),
        with_party("", "https://kinhold.example"),
        with_party("-", "https://kinhold.example"),
        {"relying_party": {"id": "localhost"}},
        {"checkpoint_key": b64u(bytes(32))},
        {"checkpoint_key": b64u(b"x" * 31)},
        {"checkpoint_key": None},
        {"nodes": [NODE, NODE]},
        {"nodes": [NODE, NODE | {"name": "other", "receipt_key": public(ed25519_key("n2"))}]},
        {
            "nodes": [
                NODE,
                NODE
                | {
                    "receipt_key": public(ed25519_key("n2")),
                    "supernode_key": supernode_key("n2"),
                },
            ]
        },
        {"nodes": [NODE, NODE | {"name": "other", "supernode_key": supernode_key("n2")}]},
        {"nodes": [NODE | {"name": "River Node"}]},
        {"nodes": [NODE | {"receipt_key": b64u(b"\x01" + bytes(31))}]},
        {"nodes": [NODE | {"supernode_key": "ssh-ed25519 " + "A" * 90}]},
        {"nodes": [NODE | {"supernode_key": supernode_key("river") + " me@host"}]},
        {"nodes": [NODE | {"supernode_key": supernode_key("river") + "\n"}]},
        {"nodes": [NODE | {"address": "10.0.0.1"}]},
    ],
)
def test_one_fault_is_enough_to_refuse(changes):
    with pytest.raises(Malformed):
        parse_charter(canonical(charter_document(**changes)))


def test_another_statement_is_not_a_charter():
    with pytest.raises(WrongType):
        parse_charter(canonical(grant_document()))
