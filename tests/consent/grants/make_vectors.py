"""Write the test vectors: ``python -m tests.consent.grants.make_vectors``.

Every key follows from a fixed seed and every signature is deterministic, so that the files are
the same each time and a change in them is a change in the format.
"""

import json
from dataclasses import asdict
from pathlib import Path

from tests.consent.grants import (
    bad_chains,
    bad_envelopes,
    bad_runs,
    bad_statements,
    delegation_vectors,
    good_vectors,
    rule_vectors,
)
from tests.consent.grants.vector import Vector

GOOD = good_vectors.GOOD | rule_vectors.GOOD | delegation_vectors.GOOD
BAD = (
    bad_statements.BAD
    | bad_envelopes.BAD
    | bad_runs.BAD
    | bad_chains.BAD
    | rule_vectors.BAD
    | delegation_vectors.BAD
)
FOLDER = Path(__file__).parent / "vectors"


def file_text(vector: Vector) -> str:
    document = asdict(vector)
    if vector.counted is None:
        del document["counted"]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def files() -> dict[Path, str]:
    """The text of every vector by its path."""
    return {
        FOLDER / kind / f"{name}.json": file_text(vector)
        for kind, vectors in (("good", GOOD), ("bad", BAD))
        for name, vector in vectors.items()
    }


def main() -> None:
    for old in FOLDER.glob("*/*.json"):
        old.unlink()
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    print(f"{len(GOOD)} good and {len(BAD)} bad vectors written.")


if __name__ == "__main__":
    main()
