import pytest

from consent.grants.codec import b64u
from federation.actions import receipts
from federation.errors import ReceiptConflict, ReceiptRefused
from federation.models import Receipt, Run
from federation.queries import chain_faults, receipts_of, rounds_done
from federation.queries.nodes import ChainFault
from tests.federation.dying import events
from tests.federation.factories import REFUSAL, Machine
from tests.federation.story import Three


def faults_at(three: Three) -> list[ChainFault]:
    return chain_faults([three.river.node, three.coast.node])[three.river.node.pk]


def test_a_receipt_is_kept_byte_for_byte_with_its_row_in_the_log(
    running: Run, three: Three
) -> None:
    about = {"run": str(running.public_id), "flower_run": str(running.flower_run)}
    text, signature = three.river.machine.receipt(**about)

    taken = receipts.take(three.river.node, text=text, signature=signature)

    kept = Receipt.objects.get()
    assert taken.created
    assert kept.text.encode() == text
    assert kept.signature == b64u(signature)
    assert (kept.run, kept.round, kept.outcome, kept.people) == (running, 1, "trained", "100-199")
    [event] = events("receipt.trained")
    assert event.actor is None
    assert event.actor_label == "river/river-node"
    assert event.subject == f"run:{running.public_id}"
    assert event.document_digest == kept.digest
    assert event.community == three.cast.river


def test_the_same_receipt_again_changes_nothing(three: Three) -> None:
    text, signature = three.river.machine.receipt()

    receipts.take(three.river.node, text=text, signature=signature)
    again = receipts.take(three.river.node, text=text, signature=signature)

    assert not again.created
    assert Receipt.objects.count() == 1
    assert len(events("receipt.trained")) == 1


def test_another_receipt_under_the_same_number_is_refused_and_logged(three: Three) -> None:
    machine = three.river.machine
    first = machine.receipt()
    machine.made.clear()
    second = machine.receipt(**REFUSAL)
    receipts.take(three.river.node, text=first[0], signature=first[1])

    with pytest.raises(ReceiptConflict, match="Receipt 1 of river/river-node is here"):
        receipts.take(three.river.node, text=second[0], signature=second[1])

    assert Receipt.objects.get().text.encode() == first[0]
    [event] = events("receipt.conflict")
    assert event.outcome == "refused"


def test_a_refusal_without_a_known_run_is_kept_too(three: Three) -> None:
    """A message that the platform never sent: this is how a community learns of it."""
    text, signature = three.river.machine.receipt(**REFUSAL)

    taken = receipts.take(three.river.node, text=text, signature=signature)

    assert taken.receipt.run is None
    [event] = events("receipt.refused")
    assert (event.outcome, event.reason) == ("refused", "2 of 3 must say yes; 1 did.")


def test_a_node_outside_the_run_moves_nothing_in_it(running: Run, three: Three) -> None:
    running.sites.filter(node=three.hill.node).delete()

    taken = three.hill.tells(running, round=3)

    assert taken.receipt.run is None
    assert (rounds_done(running), receipts_of(running)) == (0, [])
    [event] = events("receipt.trained")
    assert event.subject == f"run:{running.public_id}"


def test_rounds_are_counted_from_the_nodes_of_the_run_only(running: Run, three: Three) -> None:
    three.river.tells(running, round=1)
    three.hill.tells(running, round=3)
    assert rounds_done(running) == 3

    running.sites.filter(node=three.hill.node).delete()

    assert rounds_done(running) == 1


def spoiled(text: bytes) -> bytes:
    return text.replace(b'"round":1', b'"round":2')


def test_a_changed_receipt_is_refused(three: Three) -> None:
    text, signature = three.river.machine.receipt()

    with pytest.raises(ReceiptRefused, match="not signed by that node"):
        receipts.take(three.river.node, text=spoiled(text), signature=signature)

    assert not Receipt.objects.exists()
    assert not events("receipt.trained")


def test_a_receipt_of_another_node_is_refused(three: Three) -> None:
    text, signature = three.coast.machine.receipt()

    with pytest.raises(ReceiptRefused, match="not signed by that node"):
        receipts.take(three.river.node, text=text, signature=signature)


@pytest.mark.parametrize("changes", [{"node": "other"}, {"community": "coast"}])
def test_a_receipt_in_another_nodes_name_is_refused(three: Three, changes: dict[str, str]) -> None:
    text, signature = three.river.machine.receipt(**changes)

    with pytest.raises(ReceiptRefused, match="another node's name"):
        receipts.take(three.river.node, text=text, signature=signature)


def test_a_receipt_that_is_too_long_is_refused_unread(three: Three) -> None:
    with pytest.raises(ReceiptRefused, match="at most 65536 bytes"):
        receipts.take(three.river.node, text=b" " * 65_537, signature=b"")


def test_a_whole_chain_has_no_faults(three: Three) -> None:
    for _ in range(3):
        hand_in(three.river.machine, three)

    assert faults_at(three) == []


def test_gaps_and_breaks_are_found_where_they_are(three: Three) -> None:
    machine = three.river.machine
    machine.receipt()
    hand_in(machine, three)
    hand_in(machine, three)
    machine.receipt()
    machine.receipt()
    hand_in(machine, three)
    hand_in(machine, three, previous="e" * 64)

    assert faults_at(three) == [
        ChainFault(after=0, before=2, missing=1),
        ChainFault(after=3, before=6, missing=2),
        ChainFault(after=6, before=7, missing=0),
    ]


def test_a_late_receipt_closes_its_gap(three: Three) -> None:
    machine = three.river.machine
    late = machine.receipt()
    hand_in(machine, three)
    assert faults_at(three)

    receipts.take(three.river.node, text=late[0], signature=late[1])

    assert faults_at(three) == []


def hand_in(machine: Machine, three: Three, **changes: object) -> None:
    text, signature = machine.receipt(**changes)
    receipts.take(three.river.node, text=text, signature=signature)
