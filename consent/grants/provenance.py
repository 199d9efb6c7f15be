"""The record of where a dataset comes from: whose it is, how it came about, who may be told what.

Pure; a node writes it, the platform keeps it, both check it here. Every field is always there and
may be empty. Source: docs/datasets.md, "Where it comes from"; after IEEE 2890's parameters.
"""

import re
from collections.abc import Mapping
from typing import Any

from consent.grants import fields

PRECISIONS = ("none", "region", "exact")
CONSENT_STATES = ("not verified", "verified", "disputed")
SHOWABLE = (
    "peoples",
    "territory",
    "authority",
    "collection",
    "consent_status",
    "transformations",
    "benefit_contact",
)
"""The parts that a community may let researchers see. None is shown unless it says so."""

MAX_PEOPLES = 20
MAX_TRANSFORMATIONS = 50

_FIELDS = (
    "peoples territory authority collection consent_status transformations benefit_contact "
    "disclosure"
)
# BCP 47, as far as people write it: en, mi, sr-Latn, zh-Hant-TW.
_LANGUAGE = re.compile(r"[a-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


def empty_record() -> dict[str, Any]:
    """Nothing told, nothing shown, no place named."""
    return {
        "peoples": [],
        "territory": {"precision": "none", "text": ""},
        "authority": {"body": "", "contact": ""},
        "collection": {"when": "", "by": "", "purpose": "", "consent_document": ""},
        "consent_status": "not verified",
        "transformations": [],
        "benefit_contact": "",
        "disclosure": {"show": [], "wording": ""},
    }


def check_record(value: object) -> dict[str, Any]:
    """Return the record if it is a whole and sound one.

    Raises:
        Malformed: a field is missing, unknown, too long or holds hidden characters.
    """
    record = fields.fields(value, _FIELDS, "provenance")
    fields.each(record["peoples"], _people, "provenance.peoples", 0, MAX_PEOPLES)
    _territory(record["territory"])
    authority = fields.fields(record["authority"], "body contact", "authority")
    _line(authority["body"], "authority.body")
    _line(authority["contact"], "authority.contact", 300)
    collection = fields.fields(
        record["collection"], "when by purpose consent_document", "collection"
    )
    _line(collection["when"], "collection.when")
    _line(collection["by"], "collection.by")
    _prose(collection["purpose"], "collection.purpose")
    _line(collection["consent_document"], "collection.consent_document", 400)
    _one_of(record["consent_status"], CONSENT_STATES, "consent_status")
    fields.each(
        record["transformations"], _step, "provenance.transformations", 0, MAX_TRANSFORMATIONS
    )
    _line(record["benefit_contact"], "benefit_contact", 300)
    _disclosure(record["disclosure"])
    return record


def shown_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the community lets researchers see of a record, and its own words for it."""
    if not record:
        return {}
    disclosure = record["disclosure"]
    shown = {name: record[name] for name in SHOWABLE if name in disclosure["show"]}
    # A place is told only as exactly as the record says, and not at all by default.
    if shown.get("territory", {}).get("precision") == "none":
        del shown["territory"]
    return shown | ({"wording": disclosure["wording"]} if disclosure["wording"] else {})


def _people(value: object, where: str) -> None:
    people = fields.fields(value, "name language", "people")
    fields.text(people["name"], f"{where}.name", 120)
    if people["language"] != "":
        fields.matching(
            people["language"], _LANGUAGE, f"{where}.language", "a language tag such as en", 35
        )


def _territory(value: object) -> None:
    territory = fields.fields(value, "precision text", "territory")
    _one_of(territory["precision"], PRECISIONS, "territory.precision")
    _line(territory["text"], "territory.text", 300)
    if territory["precision"] == "none" and territory["text"]:
        fields.refuse("territory.text", "empty while no place is to be named")


def _disclosure(value: object) -> None:
    disclosure = fields.fields(value, "show wording", "disclosure")
    show = fields.each(disclosure["show"], _showable, "disclosure.show", 0, len(SHOWABLE))
    fields.distinct(show, "disclosure.show")
    _prose(disclosure["wording"], "disclosure.wording")


def _showable(value: object, where: str) -> str:
    return _one_of(value, SHOWABLE, where)


def _step(value: object, where: str) -> str:
    return fields.text(value, where, 400)


def _one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        fields.refuse(where, f"one of {', '.join(allowed)}")
    return value


def _line(value: object, where: str, most: int = 200) -> None:
    if value != "":
        fields.text(value, where, most)


def _prose(value: object, where: str) -> None:
    if value != "":
        fields.prose(value, where)
