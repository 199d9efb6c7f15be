"""Puts a finished fit where the platform looks for it."""

import json
from collections.abc import Mapping

from flwr.app import ConfigRecord, Context

_BANDS = ((1000, "1000+"), (500, "500-999"), (200, "200-499"), (100, "100-199"), (50, "50-99"))


def keep_result(context: Context, result: Mapping[str, object]) -> None:
    """Store the result as JSON in the run's state; nothing is printed or logged."""
    text = json.dumps(result, sort_keys=True, allow_nan=False)
    context.state["kinhold.result"] = ConfigRecord({"json": text})


def people_band(people: float) -> str:
    """Name the band of a head count: exact counts are for nobody outside the run."""
    for least, band in _BANDS:
        if people >= least:
            return band
    return "1-49"
