"""R-47: individual choices stay at the node. The centre gets bands, words and digests, no person.

Two allow-lists, written by hand: the messages that nodes and the aggregator can send, and the
columns of the tables that these fill. Whoever adds a field meets this file first. Of the list of
opt-outs a receipt tells the version's number, and of who is left a band; there is no more to send.
"""

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from consent.grants.codec import b64u, canonical
from federation.actions import results
from federation.errors import ResultRefused
from federation.models import Receipt, Run, RunResult
from federation.serializers.machines import DescriptionIn, ReceiptIn, ResultIn
from governance.models import Dataset
from tests.federation.calls import NODE, signed
from tests.federation.factories import RESULT, Machine
from tests.federation.story import Three
from tests.federation.test_node_datasets import document

# --- the messages ------------------------------------------------------------------------------

RECEIPT = {
    "type",
    "version",
    "community",
    "node",
    "sequence",
    "previous",
    "at",
    "run",
    "flower_run",
    "grant",
    "round",
    "outcome",
    "code",
    "reason",
    "checks",
    "people",
    "bytes_out",
    "reply_digest",
    "data_opened",
    "dataset_version",
    "optouts",
    "mixed",
    "spent",
}
SPENT = {"unit", "noise", "round", "rounds", "epsilon", "delta"}  # fmt: skip
DESCRIPTION = {
    "type", "version", "community", "node", "dataset", "at", "title", "description", "size_band",
    "variables", "provenance", "overwrite_text",
}  # fmt: skip
VARIABLE = {"name", "type", "unit", "label", "range", "categories"}

# What somebody might add in good faith, and what must not arrive.
MORE: dict[str, Any] = {
    "opt_outs": ["p-017", "p-203"],
    "excluded_ids": [17, 203],
    "person": "p-017",
    "n": 137,
    "withdrawn": 2,
    "consent_list": {"p-017": False},
}
LISTS = [["p-017", "p-203"], {"p-017": False}, "p-017", "3", -1, True, None]
EXACT = ["137", "0137", "137-137", 137, "about 137", "136-138", ["p-017"]]


def receipt_document(machine: Machine, **changes: Any) -> dict[str, Any]:
    text, _signature = machine.receipt()
    machine.made.clear()
    told: dict[str, Any] = json.loads(text)
    return told | changes


def send(machine: Machine, path: str, name: str, told: dict[str, Any], **beside: Any) -> int:
    """Sign and send as a node does, also what no node of ours would sign; return the status."""
    text = canonical(told)
    message = {name: text.decode(), "signature": b64u(machine.key.sign(text))} | beside
    body = json.dumps(message).encode()
    status: int = signed(machine, "POST", NODE + path, body).send().status_code
    return status


def test_the_messages_hold_these_fields_and_no_others(three: Three) -> None:
    machine = three.river.machine

    assert receipt_document(machine).keys() == RECEIPT
    assert document(machine).keys() == DESCRIPTION
    assert document(machine)["variables"][0].keys() == VARIABLE
    assert set(ReceiptIn().fields) == {"receipt", "signature"}
    assert set(DescriptionIn().fields) == {"description", "signature"}
    assert set(ResultIn().fields) == {"run", "flower_run", "result"}


def test_the_messages_as_they_are_are_taken(three: Three) -> None:
    machine = three.river.machine

    assert send(machine, "receipts", "receipt", receipt_document(machine)) == 201
    assert send(machine, "datasets", "description", document(machine)) == 201


@pytest.mark.parametrize("field", MORE)
def test_a_field_more_is_refused_inside_what_is_signed_and_beside_it(
    three: Three, field: str
) -> None:
    machine, more = three.river.machine, {field: MORE[field]}
    receipt, told = receipt_document(machine), document(machine)
    variables = [told["variables"][0] | more]

    answers = [
        send(machine, "receipts", "receipt", receipt | more),
        send(machine, "receipts", "receipt", receipt, **more),
        send(machine, "datasets", "description", told | more),
        send(machine, "datasets", "description", told, **more),
        send(machine, "datasets", "description", told | {"variables": variables}),
    ]

    assert answers == [400] * 5
    assert not Receipt.objects.exists()
    assert not Dataset.objects.filter(slug=told["dataset"]).exists()


@pytest.mark.parametrize("number", EXACT)
def test_a_number_in_place_of_a_band_is_refused(three: Three, number: Any) -> None:
    machine = three.river.machine

    answers = [
        send(machine, "receipts", "receipt", receipt_document(machine, people=number)),
        send(machine, "datasets", "description", document(machine, size_band=number)),
    ]

    assert answers == [400, 400]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("told", LISTS, ids=str)
def test_of_the_list_of_opt_outs_only_the_number_of_its_version_is_taken(
    three: Three, told: Any
) -> None:
    machine = three.river.machine

    answers = [
        send(machine, "receipts", "receipt", receipt_document(machine, optouts=told)),
        send(machine, "receipts", "receipt", receipt_document(machine, dataset_version=told)),
    ]

    assert answers == [400, 400]
    assert not Receipt.objects.exists()
    assert send(machine, "receipts", "receipt", receipt_document(machine, optouts=3)) == 201


@pytest.mark.parametrize("field", MORE)
def test_what_is_told_of_noise_holds_no_person_either(three: Three, field: str) -> None:
    machine = three.river.machine
    spent = dict.fromkeys(SPENT, "1") | {"unit": "person", "round": 1, "rounds": 3}

    told = receipt_document(machine, spent=spent | {field: MORE[field]})

    assert send(machine, "receipts", "receipt", told) == 400
    assert send(machine, "receipts", "receipt", receipt_document(machine, spent=spent)) == 201


@pytest.mark.parametrize("field", MORE)
def test_a_result_with_a_field_more_is_refused(running: Run, field: str) -> None:
    with pytest.raises(ResultRefused):
        results.take(
            run=running.public_id,
            flower_run=int(running.flower_run or 0),
            result=RESULT | {field: MORE[field]},
        )

    assert not RunResult.objects.exists()


# --- the tables --------------------------------------------------------------------------------

# The tables that machines fill, column by column.
COLUMNS = {
    "federation.receipt": {
        "id", "node", "sequence", "text", "signature", "digest", "previous", "run", "flower_run",
        "round", "outcome", "code", "reason", "people", "checks", "data_opened", "made_at",
        "received_at",
    },
    "federation.runresult": {"id", "run", "text", "digest", "received_at"},
    "federation.datanode": {
        "id", "community", "name", "receipt_key", "supernode_key", "flower_node", "state",
        "trouble", "enrolled_at", "last_seen_at", "retired_at",
    },
}  # fmt: skip

# Names under which one person of the data, or how many there are, would be kept.
_TELLING = re.compile(
    r"patient|participant|subject_id|person|opt_?out|withdrawn_|excluded|consent_list|"
    r"people|cohort|headcount|n_rows|row_count|size$"
)
# Columns that only sound like it.
INNOCENT = {
    "consent.attachment.size": "bytes of a file",
    "consent.meetingrecord.people": "how many sat in a meeting",
    "consent.meetingrecord.scan_size": "bytes of a file",
    "federation.receipt.people": "a band",
    "governance.dataset.size_band": "a band",
    "governance.dataset.withdrawn_at": "when a community took a whole dataset away",
}


def columns() -> dict[str, Any]:
    return {
        f"{model._meta.label_lower}.{field.name}": field
        for model in apps.get_models()
        if model._meta.app_label in {"governance", "consent", "federation"}
        for field in model._meta.local_fields
    }


@pytest.mark.parametrize("table", COLUMNS)
def test_what_machines_fill_has_these_columns_and_no_others(table: str) -> None:
    fields = apps.get_model(table)._meta.local_fields

    assert {field.name for field in fields} == COLUMNS[table]


def test_no_column_of_any_table_is_for_a_person_of_the_data_or_for_how_many_there_are() -> None:
    telling = {name for name in columns() if _TELLING.search(name.rpartition(".")[2])}

    assert telling - INNOCENT.keys() == set()
    assert {name for name in INNOCENT if name not in columns()} == set()


def test_bands_are_texts_and_no_column_for_a_band_takes_a_number() -> None:
    bands = [columns()["federation.receipt.people"], columns()["governance.dataset.size_band"]]

    assert all(isinstance(field, models.CharField) for field in bands)
