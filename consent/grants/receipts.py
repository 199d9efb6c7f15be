"""Receipts: what a node says it did with one message, signed and chained by hash.

Source: docs/grant-format.md, "Receipts".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants import fields
from consent.grants.codec import canonical, parse_canonical
from consent.grants.cose import load_ed25519
from consent.grants.errors import BadSignature, GrantRefused
from consent.grants.grant import DECIMAL
from consent.grants.verify import STEPS

_FIELDS_1 = (
    "node sequence previous at run flower_run grant round outcome code reason checks people "
    "bytes_out reply_digest data_opened"
)
_FIELDS = {1: _FIELDS_1, 2: f"{_FIELDS_1} dataset_version optouts mixed spent"}
VERSION = 2
"""What is written now. Receipts of version 1 stay readable: a node's log is never rewritten."""

OUTCOMES = frozenset({"trained", "prepared", "refused", "stopped", "failed"})
"""``prepared``: one of the steps of secure aggregation in which no data is used."""

_DONE = frozenset({"trained", "prepared"})
RESULTS = frozenset({"ok", "refused"})

# Upper end of each band, and its name. Exact counts would let two receipts be subtracted.
_BANDS: tuple[tuple[int, str], ...] = (
    (0, "0"),
    (20, "1-20"),
    (49, "21-49"),
    (99, "50-99"),
    (199, "100-199"),
    (499, "200-499"),
    (999, "500-999"),
)
_LARGEST_BAND = "1000+"
BANDS = frozenset({name for _, name in _BANDS} | {_LARGEST_BAND})

_CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")
_FLOWER_RUN = re.compile(r"(?:0|[1-9][0-9]*)?")
_MAX_FLOWER_RUN_DIGITS = 20  # a Flower run id is an unsigned 64-bit integer


def people_band(count: int) -> str:
    """Say how many people were in the data, coarsely.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"a number of people is not negative, got {count}")
    return next((name for most, name in _BANDS if count <= most), _LARGEST_BAND)


def checks_made(refusal: GrantRefused | None) -> list[dict[str, Any]]:
    """The ``checks`` of a receipt: all steps of ``allow_run``, or those up to the refusal.

    A refusal without a step was raised outside ``allow_run``: no step is claimed for it.
    """
    if refusal is None:
        return [_made(number, name, "ok") for number, name in STEPS]
    last = refusal.step or 0
    return [
        _made(number, name, "refused" if number == last else "ok")
        for number, name in STEPS
        if number <= last
    ]


def sign_receipt(document: Mapping[str, Any], key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """Return a receipt's canonical bytes and the Ed25519 signature over them.

    Raises:
        Malformed, WrongType: the document is not a receipt; nothing was signed.
    """
    receipt = canonical(document)
    _check(receipt)
    return receipt, key.sign(receipt)


def verify_receipt(receipt: bytes, signature: bytes, receipt_key: bytes) -> dict[str, Any]:
    """Return the document of a receipt that the holder of ``receipt_key`` signed.

    Args:
        receipt_key: raw Ed25519 public key, 32 bytes, from the community's charter.
    Raises:
        BadSignature: nothing in ``receipt`` was read.
        Malformed, WrongType: signed, but not a receipt.
    """
    try:
        load_ed25519(receipt_key).verify(signature, receipt)
    except InvalidSignature as error:
        raise BadSignature("The receipt is not signed by that node.") from error
    return _check(receipt)


def _check(receipt: bytes) -> dict[str, Any]:
    parsed = parse_canonical(receipt)
    version = 1 if parsed.get("version") == 1 else VERSION
    document = fields.header(parsed, "receipt", _FIELDS[version], version=version)
    fields.slug(document["node"], "node")
    sequence = fields.integer(document["sequence"], "sequence", 1)
    if (document["previous"] is None) != (sequence == 1):
        fields.refuse("previous", "empty in the first receipt and only there")
    _optional(document["previous"], fields.sha256, "previous", empty=None)
    fields.time(document["at"], "at")
    _optional(document["run"], fields.uuid, "run")
    fields.matching(
        document["flower_run"], _FLOWER_RUN, "flower_run", "a number", _MAX_FLOWER_RUN_DIGITS
    )
    _optional(document["grant"], fields.uuid, "grant")
    fields.integer(document["round"], "round", 0, 1_000_000)
    _check_outcome(document)
    fields.integer(document["bytes_out"], "bytes_out", 0)
    _optional(document["reply_digest"], fields.sha256, "reply_digest")
    fields.boolean(document["data_opened"], "data_opened")
    if version > 1:
        _check_privacy(document)
    return document


def _check_privacy(document: dict[str, Any]) -> None:
    """What version 2 added: which data, who had said no, mixed or not, and the noise."""
    _optional(document["dataset_version"], fields.sha256, "dataset_version")
    fields.integer(document["optouts"], "optouts", 0)
    fields.boolean(document["mixed"], "mixed")
    if document["spent"] is None:
        return
    spent = fields.fields(document["spent"], "unit noise round rounds epsilon delta", "spent")
    fields.slug(spent["unit"], "spent.unit")
    rounds = fields.integer(spent["rounds"], "spent.rounds", 1, 100_000)
    fields.integer(spent["round"], "spent.round", 1, rounds)
    for name in ("noise", "epsilon", "delta"):
        fields.matching(spent[name], DECIMAL, f"spent.{name}", "a decimal number as text", 32)


def _check_outcome(document: dict[str, Any]) -> None:
    _one_of(document["outcome"], OUTCOMES, "outcome")
    fields.matching(document["code"], _CODE, "code", "an error code", 60)
    # A receipt must not say in one field what another denies.
    if (document["outcome"] in _DONE) != (document["code"] == "ok"):
        fields.refuse("code", "ok exactly when the node did what was asked")
    fields.text(document["reason"], "reason", 1000)
    for check in fields.each(document["checks"], _check_item, "checks", 0):
        if check["result"] == "refused" and document["outcome"] in _DONE:
            fields.refuse("checks", "free of refusals when the node did what was asked")
    if document["people"] != "":
        _one_of(document["people"], BANDS, "people")


def _check_item(value: object, where: str) -> dict[str, Any]:
    check = fields.fields(value, "step name result", "check")
    fields.integer(check["step"], "check.step", 1, 999)
    fields.text(check["name"], "check.name")
    _one_of(check["result"], RESULTS, "check.result")
    return check


def _made(number: int, name: str, result: str) -> dict[str, Any]:
    return {"step": number, "name": name, "result": result}


def _one_of(value: object, allowed: frozenset[str], where: str) -> None:
    if not isinstance(value, str) or value not in allowed:
        fields.refuse(where, f"one of {', '.join(sorted(allowed))}")


def _optional(
    value: object, check: Callable[[object, str], str], where: str, *, empty: str | None = ""
) -> None:
    if value != empty:
        check(value, where)
