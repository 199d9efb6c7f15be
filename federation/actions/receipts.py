"""Taking in what nodes say they did: verified, kept as it came, never twice."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from consent.grants.codec import b64u, digest, time_of, unb64u
from consent.grants.errors import GrantRefused
from consent.grants.receipts import verify_receipt
from federation.errors import ReceiptConflict, ReceiptRefused
from federation.models import DataNode, Receipt, Run
from federation.queries import has_part, run_called
from federation.rules import RunState
from governance.actions.audit import record
from governance.wake import wake

MAX_RECEIPT_BYTES = 65_536


@dataclass(frozen=True)
class Taken:
    receipt: Receipt
    created: bool


def take(node: DataNode, *, text: bytes, signature: bytes) -> Taken:
    """Keep a node's receipt with its row in the access log. The same one again changes nothing.

    A gap before it is accepted, and shown: refusing would lose what did arrive.

    Raises:
        ReceiptRefused: too long, not signed by this node, not a receipt, or another node's.
        ReceiptConflict: another receipt with this number is here. Both cannot be true, which is
            written to the access log: a node's key was copied, or its machine set back.
    """
    document = _verified(node, text, signature)
    held = _held(node, document)
    if held is None:
        try:
            return Taken(_keep(node, document, text, signature), created=True)
        except IntegrityError:  # the same node on another connection, a moment earlier
            held = Receipt.objects.get(node=node, sequence=document["sequence"])
    if held.text.encode() != text:
        _note_conflict(node, document, text)
        raise ReceiptConflict(f"Receipt {held.sequence} of {node} is here with other content.")
    return Taken(held, created=False)


def _verified(node: DataNode, text: bytes, signature: bytes) -> dict[str, Any]:
    if len(text) > MAX_RECEIPT_BYTES:
        raise ReceiptRefused(f"A receipt has at most {MAX_RECEIPT_BYTES} bytes.")
    try:
        document = verify_receipt(text, signature, unb64u(node.receipt_key))
    except GrantRefused as refusal:
        raise ReceiptRefused(str(refusal)) from refusal
    if (document["community"], document["node"]) != (node.community.slug, node.name):
        raise ReceiptRefused("The receipt is in another node's name.")
    return document


def _held(node: DataNode, document: dict[str, Any]) -> Receipt | None:
    return Receipt.objects.filter(node=node, sequence=document["sequence"]).first()


@transaction.atomic
def _keep(node: DataNode, document: dict[str, Any], text: bytes, signature: bytes) -> Receipt:
    run = _run_of(node, document)
    receipt = Receipt.objects.create(
        node=node,
        sequence=document["sequence"],
        text=text.decode(),
        signature=b64u(signature),
        digest=digest(text),
        previous=document["previous"] or "",
        run=run,
        flower_run=document["flower_run"],
        round=document["round"],
        outcome=document["outcome"],
        code=document["code"],
        reason=document["reason"],
        people=document["people"],
        checks=document["checks"],
        data_opened=document["data_opened"],
        made_at=time_of(document["at"]),
    )
    record(
        f"receipt.{receipt.outcome}",
        actor=None,
        actor_label=str(node),
        subject=f"run:{document['run']}" if document["run"] else f"node:{node}",
        community=node.community,
        outcome="refused" if receipt.outcome == "refused" else "done",
        reason="" if receipt.code == "ok" else receipt.reason,
        document_digest=receipt.digest,
        correlation=receipt.flower_run,
    )
    _hurry(run)
    return receipt


def _run_of(node: DataNode, document: dict[str, Any]) -> Run | None:
    """The run that the receipt names, if this node has part in it: no other node's word counts."""
    run = run_called(UUID(document["run"])) if document["run"] else None
    return run if run is not None and has_part(node, run) else None


def _hurry(run: Run | None) -> None:
    """A run that only waits for receipts may be over with this one."""
    if run is not None and run.state == RunState.RUNNING and run.flower_ended_at is not None:
        wake("federation.follow_run", run.pk)


@transaction.atomic
def _note_conflict(node: DataNode, document: dict[str, Any], text: bytes) -> None:
    record(
        "receipt.conflict",
        actor=None,
        actor_label=str(node),
        subject=f"node:{node}",
        community=node.community,
        outcome="refused",
        reason=f"Receipt {document['sequence']} came again with other content.",
        document_digest=digest(text),
    )
