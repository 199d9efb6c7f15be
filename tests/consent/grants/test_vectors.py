"""Every vector file gives the verdict that it names, and is what the script writes."""

import json
from pathlib import Path

import pytest

from consent.grants.verify import STEPS
from tests.consent.grants.make_vectors import FOLDER, files
from tests.consent.grants.vector import ALLOWED, Vector, verdict

PATHS = sorted(FOLDER.glob("*/*.json"))


def read(path: Path) -> Vector:
    return Vector(**json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_vector_gives_its_verdict(path):
    vector = read(path)

    assert verdict(vector) == vector.expect
    assert (vector.expect == ALLOWED) is (path.parent.name == "good")
    assert vector.why.endswith(".")


def test_the_files_are_what_the_script_writes():
    assert {path: path.read_text(encoding="utf-8") for path in PATHS} == files()


def test_every_step_has_a_bad_vector():
    steps = {read(path).expect.get("step") for path in PATHS}

    assert {number for number, _ in STEPS} <= steps
