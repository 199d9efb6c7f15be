"""What the demo's operators write into ``node.toml``, and how the data then comes to be offered."""

import json
from pathlib import Path

WORDS = {
    "age": ("years", "Age"),
    "sex": ("", "Sex as recorded (1 or 2)"),
    "bmi": ("kg/m2", "Body mass index"),
    "bp": ("mmHg", "Average blood pressure"),
    **{f"s{n}": ("", f"Blood serum measurement {n}") for n in range(1, 7)},
    "progression": ("", "Progression of the disease after one year"),
}
DESCRIPTION = (
    "A third of a public teaching set of 442 patients (Efron et al. 2004). It stands in for a "
    "community's own data; its people are nobody's members."
)


def write_words(config: Path, title: str) -> None:
    """Fill in what ``kinhold-node init`` left empty, and take out what no job may ever use."""
    text = config.read_text()
    # The column that tells people apart is no variable; with it the node counts people, not rows.
    text = text.replace('"record" = { type = "number" }\n', "")
    text = text.replace('title = ""', 'id_column = "record"\ntitle = ""')
    text = text.replace('title = ""', f"title = {json.dumps(title)}")
    text = text.replace('description = ""', f"description = {json.dumps(DESCRIPTION)}")
    for name, (unit, label) in WORDS.items():
        told = f'type = "number", unit = {json.dumps(unit)}, label = {json.dumps(label)}'
        text = text.replace(
            f'{json.dumps(name)} = {{ type = "number" }}', f"{json.dumps(name)} = {{ {told} }}"
        )
    config.write_text(text)
