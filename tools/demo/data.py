"""The demo's data: the diabetes teaching set that comes with scikit-learn, split over three sites.

442 patients, ten clinical variables and the progression of the disease one year later (Efron,
Hastie, Johnstone, Tibshirani 2004, "Least Angle Regression"). The three sites are places that hold
public teaching data; the people in it are nobody's members.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SITES = ("river", "coast", "hill")
OUTCOME = "progression"
PREDICTORS = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


@dataclass(frozen=True)
class Pooled:
    """All rows of all sites. x: float64 (442, 10), in the set's own units; y: float64 (442,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def load() -> Pooled:
    from sklearn.datasets import load_diabetes  # imported here: a second that only the demo pays

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return Pooled(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))


def split(pooled: Pooled) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Deal the rows out to the sites in order: 148, 147 and 147 people."""
    parts = np.array_split(np.arange(len(pooled.y)), len(SITES))
    return {site: (pooled.x[rows], pooled.y[rows]) for site, rows in zip(SITES, parts, strict=True)}


def write_site_file(
    folder: Path, site: str, x: NDArray[np.float64], y: NDArray[np.float64]
) -> Path:
    """Write one site's file, with a record number that is no part of any grant.

    Coast keeps its data as Parquet, the others as CSV, so that both ways are used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns: dict[str, list[float] | list[str]] = {
        "record": [f"{site}-{number:04d}" for number in range(1, len(y) + 1)]
    }
    columns |= {name: [float(v) for v in x[:, i]] for i, name in enumerate(PREDICTORS)}
    columns[OUTCOME] = [float(v) for v in y]
    if site == "coast":
        return _write_parquet(folder / f"{site}-diabetes.parquet", columns)
    return _write_csv(folder / f"{site}-diabetes.csv", columns)


def _write_csv(path: Path, columns: dict[str, list[float] | list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def _write_parquet(path: Path, columns: dict[str, list[float] | list[str]]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)
    return path


def reference(pooled: Pooled) -> dict[str, float]:
    """Ordinary least squares on all rows in one place, with scikit-learn's own solver.

    An independent reference: it shares no code with the federated job.
    """
    from sklearn.linear_model import LinearRegression

    fitted = LinearRegression().fit(pooled.x, pooled.y)
    names = ("intercept", *PREDICTORS)
    return dict(zip(names, [float(fitted.intercept_), *map(float, fitted.coef_)], strict=True))
