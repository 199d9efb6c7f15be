"""What a receipt tells to whom: everything to the node's own community, less to everybody else.

Outside the community nobody learns how many people a node lacked, that its people are nearly those
of an earlier run, which file it read, or how much noise it added (R-47, R-53, docs/adr/0030).
"""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from federation.models import Receipt

UNDER_21 = "0-20"
_FEW = frozenset({"0", "1-20"})

# Refusals that tell apart what the people in the data are like. Outside they are all the same.
_OF_THE_DATA = frozenset({"cohort-too-small", "too-many-parameters", "nearly-same-people"})
_DATA_CODE = "cohort-too-small"
_DATA_STEPS = frozenset({111, 112, 113})
_DATA_CHECK = {"step": 111, "name": "data that suffices", "result": "refused"}

_DIGEST_SHOWN = 12  # hex digits; as everywhere on pages


def band_outside(receipt: Receipt) -> str:
    """The band of people as others read it: nobody outside tells few from none."""
    return UNDER_21 if receipt.people in _FEW else receipt.people


def code_outside(receipt: Receipt) -> str:
    return _DATA_CODE if receipt.code in _OF_THE_DATA else receipt.code


def checks_outside(receipt: Receipt) -> list[dict[str, Any]]:
    """The checks as others read them."""
    checks: list[dict[str, Any]] = receipt.checks
    if receipt.code not in _OF_THE_DATA:
        return checks
    return [*(check for check in checks if check["step"] not in _DATA_STEPS), _DATA_CHECK]


def own_words(receipt: Receipt) -> list[str]:
    """What only the node's own community reads, as plain sentences; none in older receipts."""
    told: Mapping[str, Any] = json.loads(receipt.text)
    if told["version"] < 2:
        return []
    found = []
    if version := told["dataset_version"]:
        found.append(_("Data file: version %(mark)s.") % {"mark": version[:_DIGEST_SHOWN]})
        found.append(_opted_out(told["optouts"]))
    if told["mixed"]:
        found.append(_("The answer was mixed with those of others before anybody could read it."))
    if spent := told["spent"]:
        found.append(_noise(spent))
    return found


def _opted_out(number: int) -> str:
    if not number:
        return _("No list of opt-outs is kept.")
    return _("List of opt-outs: version %(n)s. The people on it were left out.") % {"n": number}


def _noise(spent: Mapping[str, Any]) -> str:
    return (
        _(
            "Noise was added (multiplier %(noise)s, round %(round)s of %(rounds)s): privacy loss "
            "(epsilon) %(epsilon)s, delta %(delta)s, counted for each %(unit)s."
        )
        % spent
    )
