"""What the demo's operators write into ``node.toml``, and how the data then comes to be offered."""

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

# Unit, what it means, and the values it can have. The ranges are wider than what is in the data:
# they say what is possible, not what was seen.
WORDS: dict[str, tuple[str, str, list[float]]] = {
    "age": ("years", "Age", [0, 110]),
    "sex": ("", "Sex as recorded (1 or 2)", [1, 2]),
    "bmi": ("kg/m2", "Body mass index", [10, 60]),
    "bp": ("mmHg", "Average blood pressure", [40, 160]),
    "s1": ("", "Blood serum measurement 1", [50, 400]),
    "s2": ("", "Blood serum measurement 2", [20, 300]),
    "s3": ("", "Blood serum measurement 3", [10, 120]),
    "s4": ("", "Blood serum measurement 4", [1, 12]),
    "s5": ("", "Blood serum measurement 5", [2, 8]),
    "s6": ("", "Blood serum measurement 6", [40, 200]),
    "progression": ("", "Progression of the disease after one year", [0, 400]),
}
DESCRIPTION = (
    "A third of a public teaching set of 442 patients (Efron et al. 2004). It stands in for a "
    "community's own data; its people are nobody's members."
)


def write_words(config: Path, title: str, *, peers: list[str]) -> None:
    """Fill in what ``kinhold-node init`` left open, and take out what no job may ever use.

    Args:
        peers: the communities among whose answers this one's may be mixed.
    """
    settings = tomllib.loads(config.read_text("utf-8"))
    (dataset,) = settings["datasets"].values()
    dataset |= {
        "title": title,
        "description": DESCRIPTION,
        # With it the node counts people, not rows, and can leave out who opted out.
        "id_column": "record",
        "budget": {"epsilon": "10", "delta": "0.0005"},
        "variables": {name: _variable(*told) for name, told in WORDS.items()},
    }
    config.write_text(tomli_w.dumps({**settings, "peers": peers}), "utf-8")


def _variable(unit: str, label: str, limits: list[float]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "number", "label": label, "range": limits}
    return {**told, "unit": unit} if unit else told
