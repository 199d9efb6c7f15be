"""A receipt is signed, whole, and does not contradict itself."""

from dataclasses import replace

import pytest

from consent.grants.codec import canonical, digest
from consent.grants.errors import BadSignature, Malformed, Revoked, StaleNotices, WrongType
from consent.grants.receipts import checks_made, people_band, sign_receipt, verify_receipt
from consent.grants.verify import STEPS
from tests.consent.grants.cast import RECEIPT, ed25519_key
from tests.consent.grants.papers import (
    GRANT_ID,
    QUIET,
    SPENT,
    Case,
    first_receipt_document,
    receipt_document,
)

PUBLIC = RECEIPT.public_key().public_bytes_raw()
REFUSED = {"outcome": "refused", "code": "revoked", "reason": "The community revoked this grant."}


def test_a_signed_receipt_verifies_to_its_document():
    receipt, signature = sign_receipt(receipt_document(), RECEIPT)

    assert receipt == canonical(receipt_document())
    assert verify_receipt(receipt, signature, PUBLIC) == receipt_document()


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 1, "previous": None},
        {"run": "", "grant": "", "flower_run": "", "reply_digest": "", "people": "", "round": 0},
        {"people": "0", "bytes_out": 0, "data_opened": False},
        {"checks": []},
        {"checks": [{"step": 42, "name": "cohort large enough", "result": "ok"}]},
        REFUSED | {"checks": [{"step": 9, "name": "not revoked", "result": "refused"}]},
        REFUSED | {"outcome": "stopped"},
        {"outcome": "failed", "code": "job-failed", "reason": "The job ended with an error."},
        {"outcome": "prepared", "data_opened": False, "mixed": True, "spent": None},
        {"dataset_version": "", "optouts": 0, "spent": None},
        {"spent": SPENT | {"epsilon": "1e-3", "round": 6}},
    ],
)
def test_other_sound_receipts_are_signed(changes):
    receipt, signature = sign_receipt(receipt_document(**changes), RECEIPT)

    assert verify_receipt(receipt, signature, PUBLIC)["sequence"] >= 1


@pytest.mark.parametrize("field", sorted(receipt_document()))
def test_a_receipt_lacks_no_field(field):
    document = {k: v for k, v in receipt_document().items() if k != field}

    with pytest.raises((Malformed, WrongType)):
        sign_receipt(document, RECEIPT)


def test_a_receipt_of_the_first_version_stays_readable():
    receipt, signature = sign_receipt(first_receipt_document(), RECEIPT)

    assert verify_receipt(receipt, signature, PUBLIC) == first_receipt_document()


@pytest.mark.parametrize("more", [{"optouts": 1}, {"spent": None}, {"version": 2}])
def test_the_two_versions_are_not_mixed(more):
    with pytest.raises(Malformed):
        sign_receipt(first_receipt_document(**more), RECEIPT)


CHECK = {"step": 1, "name": "well formed", "result": "ok"}


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"version": 3},
        {"version": "2"},
        {"version": 1},
        {"community": ""},
        {"node": "River Node"},
        {"sequence": 0},
        {"sequence": True},
        {"sequence": 1},
        {"previous": None},
        {"previous": ""},
        {"at": "now"},
        {"run": "1"},
        {"flower_run": "-1"},
        {"flower_run": "007"},
        {"flower_run": "1" * 21},
        {"flower_run": 7},
        {"grant": "x"},
        {"grant": None},
        {"round": -1},
        {"outcome": "done"},
        {"outcome": ["trained"]},
        {"code": "revoked"},
        {"code": ""},
        {"code": "Revoked"},
        REFUSED | {"code": "ok"},
        REFUSED | {"code": "Revoked"},
        REFUSED | {"code": "x" * 61},
        REFUSED | {"outcome": "done"},
        {"reason": ""},
        {"reason": "two\nlines"},
        {"checks": None},
        {"checks": [CHECK | {"result": "refused"}]},
        {"checks": [CHECK | {"result": "maybe"}]},
        {"checks": [CHECK | {"step": 0}]},
        {"checks": [CHECK | {"name": ""}]},
        {"checks": [CHECK | {"why": ""}]},
        {"people": "137"},
        {"people": 137},
        {"bytes_out": -1},
        {"bytes_out": 1.5},
        {"reply_digest": "x"},
        {"reply_digest": None},
        {"data_opened": 1},
        {"dataset_version": "x"},
        {"dataset_version": None},
        {"optouts": -1},
        {"optouts": "3"},
        {"mixed": 0},
        {"spent": {}},
        {"spent": ""},
        {"spent": SPENT | {"unit": ""}},
        {"spent": SPENT | {"round": 7}},
        {"spent": SPENT | {"rounds": 0}},
        {"spent": SPENT | {"noise": 5.2}},
        {"spent": SPENT | {"epsilon": "-1"}},
        {"spent": SPENT | {"more": 1}},
        {"outcome": "prepared", "code": "mixed"},
    ],
)
def test_a_receipt_that_is_not_whole_is_neither_signed_nor_believed(changes):
    document = receipt_document(**changes)
    with pytest.raises(Malformed):
        sign_receipt(document, RECEIPT)
    if changes.get("bytes_out") == 1.5 or 5.2 in (changes.get("spent") or {}).values():
        return
    receipt = canonical(document)
    with pytest.raises(Malformed):
        verify_receipt(receipt, RECEIPT.sign(receipt), PUBLIC)


def test_a_receipt_of_another_node_or_of_other_bytes_is_refused():
    receipt, signature = sign_receipt(receipt_document(), RECEIPT)
    other = ed25519_key("other node").public_key().public_bytes_raw()

    for bytes_, sig, key in [
        (receipt, signature, other),
        (receipt.replace(b'"round":1', b'"round":2'), signature, PUBLIC),
        (receipt, signature[:-1], PUBLIC),
        (b"not read before its signature", signature, PUBLIC),
    ]:
        with pytest.raises(BadSignature):
            verify_receipt(bytes_, sig, key)


def test_another_document_is_not_a_receipt():
    text = canonical({"type": "notices", "version": 1, "community": "river"})

    with pytest.raises(WrongType):
        verify_receipt(text, RECEIPT.sign(text), PUBLIC)


@pytest.mark.parametrize(
    ("count", "band"),
    [
        (0, "0"),
        (1, "1-20"),
        (20, "1-20"),
        (21, "21-49"),
        (49, "21-49"),
        (50, "50-99"),
        (99, "50-99"),
        (100, "100-199"),
        (199, "100-199"),
        (200, "200-499"),
        (499, "200-499"),
        (500, "500-999"),
        (999, "500-999"),
        (1000, "1000+"),
        (10**9, "1000+"),
    ],
)
def test_people_are_told_in_bands(count, band):
    assert people_band(count) == band


def test_there_is_no_negative_number_of_people():
    with pytest.raises(ValueError, match="negative"):
        people_band(-1)


def test_the_checks_of_a_run_that_was_allowed_are_all_ok():
    checks = checks_made(None)

    assert [(c["step"], c["name"]) for c in checks] == list(STEPS)
    assert {c["result"] for c in checks} == {"ok"}


def test_the_checks_of_a_refusal_end_with_the_one_that_refused():
    with pytest.raises(Revoked) as refused:
        replace(Case(), notices=replace(QUIET, revoked=frozenset({GRANT_ID}))).allow()

    checks = checks_made(refused.value)

    assert [c["step"] for c in checks] == list(range(1, 10))
    assert [c["result"] for c in checks] == ["ok"] * 8 + ["refused"]


def test_a_refusal_outside_the_checklist_claims_no_check():
    assert checks_made(StaleNotices("The list is too old.")) == []


def test_receipts_are_chained_by_hash():
    first, _ = sign_receipt(receipt_document(sequence=1, previous=None), RECEIPT)
    second, _ = sign_receipt(receipt_document(sequence=2, previous=digest(first)), RECEIPT)

    assert digest(first).encode() in second
