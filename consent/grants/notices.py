"""Notices: what was revoked, paused and resumed, in one list that the platform must keep fresh.

The platform signs the list, which proves when it was made. Each item carries its own ballots,
which prove that stewards decided it. Source: docs/grant-format.md, "Notices".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature

from consent.grants import fields
from consent.grants.charter_document import Charter
from consent.grants.codec import parse_canonical
from consent.grants.cose import load_ed25519
from consent.grants.decision import require_decided
from consent.grants.errors import (
    BadBallot,
    BadSignature,
    GrantRefused,
    NotDecided,
    RolledBack,
    StaleNotices,
    UnknownCharter,
    WrongCommunity,
    WrongType,
)
from consent.grants.statements import Signed

MAX_LIST_BYTES = 8 * 1_048_576
MAX_NOTICES = 5_000
CLOCK_SKEW_S = 300
ALL = "all"

_FIELDS: dict[str, str] = {
    "revocation": "id grant reason created",
    "pause": "id scope reason created",
    "resume": "id lifts created",
}


@dataclass(frozen=True)
class Notices:
    """What a verified list says.

    ``paused`` holds grant ids or "all"; lifted pauses are gone. ``keep`` holds the items that
    still stop something, as envelopes: a node stores them and gives them to the next
    ``verify_notices``, so that a later list cannot undo a stop by leaving it out.
    """

    community: str
    sequence: int
    issued: datetime
    revoked: frozenset[str]
    paused: frozenset[str]
    keep: tuple[str, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class _Item:
    """One verified notice. ``lapsed``: decided under an older charter than the newest."""

    signed: Signed
    document: dict[str, Any]
    created: datetime
    lapsed: bool


def verify_notices(
    text: bytes, signature: bytes, *, chain: tuple[Charter, ...], kept: Iterable[str] = ()
) -> Notices:
    """Return what the list says, once the list and every item in it hold.

    Args:
        text: the list's exact bytes.
        signature: Ed25519, 64 bytes, over ``text``, by the newest charter's checkpoint key.
        kept: ``keep`` of the list before; these items count as if they stood in this one.
    Raises:
        BadSignature: nothing in ``text`` was read.
        BadBallot, NotDecided: an item that no charter of the chain decided. The whole list is
            refused, which stops the node sooner or later (StaleNotices); a skipped item could
            be the revocation that matters.
        Malformed, WrongType, WrongCommunity, UnknownCharter (empty chain).
    """
    if not chain:
        raise UnknownCharter("There is no charter to verify the notices with.")
    document = _signed_list(text, signature, chain[-1])
    texts = fields.each(document["items"], _text, "items", 0, MAX_NOTICES)
    items = [_item(Signed.from_json(item), chain) for item in (*texts, *kept)]
    _refuse_shared_ids(items)
    revocations = [item for item in items if item.document["type"] == "revocation"]
    pauses = _in_force(items)
    return Notices(
        community=document["community"],
        sequence=fields.integer(document["sequence"], "sequence", 1),
        issued=fields.time(document["issued"], "issued"),
        revoked=frozenset(item.document["grant"] for item in revocations),
        paused=frozenset(item.document["scope"] for item in pauses),
        keep=tuple(
            {item.signed.digest: item.signed.to_json() for item in revocations + pauses}.values()
        ),
    )


def require_fresh(notices: Notices, *, at: datetime, max_age_s: int) -> None:
    """Refuse a list that is too old, or from the future.

    Whoever cuts a node off from the platform, or the platform itself, must not be able to
    keep a revocation from it for longer than ``max_age_s`` seconds.

    Raises:
        StaleNotices: older than ``max_age_s``, or more than ``CLOCK_SKEW_S`` ahead of ``at``.
        ValueError: ``max_age_s`` is not above zero, or ``at`` has no time zone.
    """
    if max_age_s <= 0 or at.tzinfo is None:
        raise ValueError("an age limit above zero and a time with a zone are needed")
    if notices.issued > at + timedelta(seconds=CLOCK_SKEW_S):
        raise StaleNotices("The list of notices is dated in the future.")
    if at - notices.issued > timedelta(seconds=max_age_s):
        raise StaleNotices("The list of notices is too old; the node may have missed a stop.")


def require_not_rolled_back(new: Notices, last_sequence: int) -> None:
    """Refuse a list with a lower number than one the node has seen.

    Raises:
        RolledBack: an older list is being shown again, perhaps one from before a revocation.
    """
    if new.sequence < last_sequence:
        raise RolledBack(
            f"The list of notices is number {new.sequence}, but number {last_sequence} was "
            "seen before."
        )


def _signed_list(text: bytes, signature: bytes, newest: Charter) -> dict[str, Any]:
    try:
        load_ed25519(newest.checkpoint_key).verify(signature, text)
    except InvalidSignature as error:
        raise BadSignature("The list of notices is not signed by the platform.") from error
    document = fields.header(
        parse_canonical(text, limit=MAX_LIST_BYTES), "notices", "sequence issued items"
    )
    if document["community"] != newest.community:
        raise WrongCommunity("The list of notices is another community's.")
    return document


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        fields.refuse(where, "a list of texts")
    return value


def _item(signed: Signed, chain: tuple[Charter, ...]) -> _Item:
    document = signed.document
    kind = document["type"]
    if kind not in _FIELDS:
        raise WrongType("The list of notices holds something that is not a notice.")
    fields.header(document, kind, _FIELDS[kind])
    _check_fields(document)
    return _Item(
        signed=signed,
        document=document,
        created=fields.time(document["created"], "created"),
        lapsed=_decided_under(signed, kind, chain) is not chain[-1],
    )


def _check_fields(document: dict[str, Any]) -> None:
    fields.uuid(document["id"], "id")
    if "reason" in document:
        fields.prose(document["reason"], "reason")
    if "grant" in document:
        fields.uuid(document["grant"], "grant")
    if document.get("scope", ALL) != ALL:
        fields.uuid(document["scope"], "scope")
    if "lifts" in document:
        fields.distinct(fields.each(document["lifts"], fields.uuid, "lifts", 1), "lifts")


def _decided_under(signed: Signed, kind: str, chain: tuple[Charter, ...]) -> Charter:
    """Return the newest charter whose keys and rule decided this notice.

    A notice names no charter: a stop must not fall away because a new charter came in.
    """
    refusals: list[GrantRefused] = []
    for charter in reversed(chain):
        try:
            require_decided(signed, charter=charter, statement_type=kind)
        except (BadBallot, NotDecided) as refusal:
            refusals.append(refusal)
        else:
            return charter
    raise refusals[0]  # what the newest charter says is missing


def _in_force(items: Sequence[_Item]) -> list[_Item]:
    """The pauses that no resume lifts, whatever the order of the items.

    A resume starts things again, so unlike a stop it counts only under the newest charter: a
    key that was replaced because it was stolen must not set the node going. And it lifts only
    pauses as old as itself or older, so that it cannot be kept and used on a later one.
    """
    resumes = [item for item in items if item.document["type"] == "resume" and not item.lapsed]
    return [
        item
        for item in items
        if item.document["type"] == "pause"
        and not any(
            item.document["id"] in resume.document["lifts"] and item.created <= resume.created
            for resume in resumes
        )
    ]


def _refuse_shared_ids(items: Iterable[_Item]) -> None:
    """Refuse two notices under one id: a resume would lift both, having been meant for one."""
    pairs = {(item.document["id"], item.signed.digest) for item in items}
    fields.distinct(tuple(identity for identity, _ in pairs), "items")
