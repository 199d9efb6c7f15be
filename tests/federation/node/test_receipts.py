"""The node's log: signed, in order, whole; the first bad place is named."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.grants.errors import Expired, GrantRefused, Revoked
from federation.node import keys
from federation.node.books.receipts import (
    Account,
    begin_message,
    close_begun,
    count_unsent,
    mark_sent,
    read_receipts,
    unsent,
    write_receipt,
)
from federation.node.books.state import State
from federation.node.errors import CohortTooSmall, NodeError, NotPinned
from federation.node.home import Home
from tests.federation.node.conftest import Made

RUN = "22222222-2222-4222-8222-222222222222"


def _write(made: Made, account: Account | None = None) -> int:
    key = keys.receipt_key(made.home)
    account = account or Account(run=RUN, flower_run="5")
    return write_receipt(made.state, account, community="river", node="river-node", key=key)


def _public(home: Home) -> bytes:
    return keys.receipt_key(home).public_key().public_bytes_raw()


def test_receipts_are_numbered_and_chained(made: Made) -> None:
    assert [_write(made) for _ in range(3)] == [1, 2, 3]

    documents = read_receipts(made.state, _public(made.home))

    assert [d["sequence"] for d in documents] == [1, 2, 3]
    assert documents[0]["previous"] is None
    assert documents[0]["run"] == RUN


def _damage(state: State, sql: str) -> None:
    """Do as somebody with the file in their hands would: take the guards off first."""
    state.db.executescript(f"DROP TRIGGER receipts_stay; DROP TRIGGER receipts_same; {sql}")


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("DELETE FROM receipts WHERE sequence = 2", "Receipt 2 is missing"),
        ("DELETE FROM receipts WHERE sequence = 1", "Receipt 1 is missing"),
        ("UPDATE receipts SET signature = zeroblob(64) WHERE sequence = 3", "Receipt 3 is not"),
        (
            "UPDATE receipts SET receipt = CAST(replace(CAST(receipt AS TEXT), "
            "'internal', 'external') AS BLOB) WHERE sequence = 2",
            "Receipt 2 is not",
        ),
        (
            "UPDATE receipts SET receipt = (SELECT receipt FROM receipts WHERE sequence = 3), "
            "signature = (SELECT signature FROM receipts WHERE sequence = 3) WHERE sequence = 2",
            "Receipt 2 does not follow",
        ),
        ("DELETE FROM receipts WHERE sequence = 4", "Receipt 4 was delivered"),
    ],
)
def test_the_first_bad_place_is_named(made: Made, sql: str, place: str) -> None:
    for _ in range(4):
        mark_sent(made.state, _write(made), conflict=False)
    _damage(made.state, sql)

    with pytest.raises(NodeError, match=place):
        read_receipts(made.state, _public(made.home))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 0.999), flip=st.integers(1, 255))
def test_any_flipped_byte_in_a_receipt_is_found(made: Made, place: float, flip: int) -> None:
    _write(made)
    (receipt,) = made.state.db.execute("SELECT receipt FROM receipts WHERE sequence=1").fetchone()
    changed = bytearray(receipt)
    changed[int(place * len(receipt))] ^= flip
    made.state.db.execute("DROP TRIGGER IF EXISTS receipts_same")
    made.state.db.execute("UPDATE receipts SET receipt=? WHERE sequence=1", (bytes(changed),))
    try:
        with pytest.raises(NodeError, match="Receipt 1"):
            read_receipts(made.state, _public(made.home))
    finally:
        made.state.db.execute("UPDATE receipts SET receipt=? WHERE sequence=1", (receipt,))


def test_another_nodes_key_does_not_verify_them(made: Made) -> None:
    _write(made)

    with pytest.raises(NodeError, match="Receipt 1 is not whole"):
        read_receipts(made.state, bytes(32))


def _refusal(kind: type[GrantRefused], step: int | None) -> GrantRefused:
    refusal = kind("No.")
    refusal.step = step
    return refusal


@pytest.mark.parametrize(
    ("refusal", "allowed", "steps"),
    [
        (_refusal(Expired, 6), False, [1, 2, 3, 4, 5, 6]),
        (_refusal(Revoked, None), False, []),
        (NotPinned("No."), False, [103]),
        (CohortTooSmall("No."), True, [*range(1, 19), 111]),
    ],
)
def test_a_receipt_claims_only_checks_that_were_made(
    made: Made, refusal: GrantRefused, allowed: bool, steps: list[int]
) -> None:
    account = Account()
    if allowed:
        account.allowed()
    account.refused(refusal)
    _write(made, account)

    (document,) = read_receipts(made.state, _public(made.home))

    assert [check["step"] for check in document["checks"]] == steps
    assert (document["outcome"], document["code"]) == ("refused", refusal.code)
    assert {c["result"] for c in document["checks"][:-1]} <= {"ok"}
    assert all(c["result"] == "refused" for c in document["checks"][-1:])


def test_a_message_cut_off_is_told_as_failed_and_nothing_is_played_down(made: Made) -> None:
    begin_message(made.state, Account(run=RUN, flower_run="9", round=2))

    key = keys.receipt_key(made.home)
    closed = close_begun(made.state, community="river", node="river-node", key=key)

    assert closed == 1
    (document,) = read_receipts(made.state, _public(made.home))
    assert (document["outcome"], document["code"], document["round"]) == ("failed", "internal", 2)
    assert document["data_opened"] is True
    assert close_begun(made.state, community="river", node="river-node", key=key) == 0


def test_a_message_that_got_its_receipt_is_not_told_again(made: Made) -> None:
    begin_message(made.state, Account())
    _write(made)

    key = keys.receipt_key(made.home)

    assert close_begun(made.state, community="river", node="river-node", key=key) == 0


def test_what_was_delivered_leaves_the_outbox_and_stays_in_the_log(made: Made) -> None:
    for _ in range(3):
        _write(made)

    mark_sent(made.state, 1, conflict=False)
    mark_sent(made.state, 2, conflict=True)
    mark_sent(made.state, 1, conflict=False)

    assert [sequence for sequence, _, _ in unsent(made.state)] == [3]
    assert count_unsent(made.state) == 1
    assert len(read_receipts(made.state, _public(made.home))) == 3
