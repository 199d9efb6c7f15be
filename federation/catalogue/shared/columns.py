"""Reads the columns a node hands to a job.

A governed node puts complete cases of the granted variables into memory and names it in
``KINHOLD_DATA``; under plain Flower the same variable names a ``.npz`` file. Either way the
job never learns where the community's dataset is.
"""

import os
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def read_columns(names: Sequence[str]) -> list[Floats]:
    """Read float64 vectors, one number a person, in the order of ``names``.

    Raises:
        RuntimeError: there is no data, or a column is not in it.
    """
    source = os.environ.get("KINHOLD_DATA", "")
    if not source:
        raise RuntimeError("this node handed no data to the job")
    with np.load(source, allow_pickle=False) as archive:
        missing = [name for name in names if name not in archive]
        if missing:
            raise RuntimeError(f"the node did not hand over {', '.join(missing)}")
        return [np.asarray(archive[name], dtype=np.float64) for name in names]


def chosen(config: Mapping[str, str | int | float | bool]) -> tuple[list[str], str]:
    """Give the predictors, in order, and the outcome of a run configuration."""
    return str(config["job.predictors"]).split(","), str(config["job.outcome"])
