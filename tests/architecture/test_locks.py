"""The lists of exact versions, and the page that says why each package is there."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.stack.parts import ROOT

PLATFORM = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
NODE = ROOT / "federation" / "node" / "requirements.txt"

# Modules whose package has another name, or comes with one that is asked for.
PACKAGE_OF = {
    "google": "flwr",  # protobuf, in the version that flwr wants
    "httpx": "flwr",  # what its own client speaks with
    "typing_extensions": "flwr",  # for type checkers only
    "dp_accounting": "dp-accounting",
}


def asked_for(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[=~<>]", line)[0] for line in lines if line and line[0] not in "#-"}


def pins(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and line[0] not in " #")


@pytest.mark.parametrize("lock", [PLATFORM, DEVELOPMENT, NODE], ids=lambda path: path.name)
def test_every_package_is_pinned_and_no_index_is_named(lock: Path) -> None:
    assert len(pins(lock)) > 10
    assert not re.search(r"https?://|file:|--index|--find-links", lock.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", [PLATFORM, DEVELOPMENT, NODE], ids=lambda path: path.name)
def test_what_is_asked_for_is_in_the_lock(lock: Path) -> None:
    assert asked_for(lock.with_suffix(".in")) - set(map(str.lower, pins(lock))) <= {"types-PyYAML"}


def test_the_node_runs_the_platforms_versions_without_its_web_parts() -> None:
    node = pins(NODE)

    assert node.items() <= pins(PLATFORM).items()
    assert not {"django", "celery", "psycopg", "redis", "gunicorn"} & set(node)


def imported_by_the_node() -> Iterator[str]:
    for folder in ("federation/node", "federation/catalogue", "consent/grants"):
        for path in (ROOT / folder).rglob("*.py"):
            for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(item, ast.Import):
                    yield from (name.name.partition(".")[0] for name in item.names)
                elif isinstance(item, ast.ImportFrom) and item.module and not item.level:
                    yield item.module.partition(".")[0]


def test_the_node_asks_for_every_package_it_imports() -> None:
    ours = {"federation", "consent"}
    foreign = set(imported_by_the_node()) - set(sys.stdlib_module_names) - ours

    assert {PACKAGE_OF.get(name, name) for name in foreign} <= asked_for(NODE.with_suffix(".in"))


def test_every_direct_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([^`]+)`", page, re.M))

    wanted = asked_for(PLATFORM.with_suffix(".in")) | asked_for(DEVELOPMENT.with_suffix(".in"))
    assert explained == wanted
