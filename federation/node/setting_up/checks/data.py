"""The datasets as ``node.toml`` describes them. Names of columns are told, never a value."""

import os

from federation.node.data import optouts
from federation.node.data.inspect import limits_of
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home, NodeConfig
from federation.node.setting_up.checks.finding import Finding
from federation.node.setting_up.guessing import columns_of

_BESIDE_BED = (".bed", ".bim", ".fam")


def datasets(home: Home, config: NodeConfig) -> list[Finding]:
    """Look at each dataset in turn."""
    if not config.datasets:
        return [
            Finding(
                "dataset",
                "look",
                "node.toml describes no dataset yet.",
                "docs/node.md shows how; or make the node anew with --dataset",
            )
        ]
    return [
        finding
        for dataset in config.datasets.values()
        for finding in (
            _file(dataset),
            _noise(dataset),
            _people(home, dataset),
            _code(config, dataset),
        )
    ]


def _file(dataset: Dataset) -> Finding:
    """Look that the file is there, is a table, and has what is described."""
    name = f"dataset {dataset.id}"
    suffixes = _BESIDE_BED if dataset.format == "plink" else (dataset.path.suffix,)
    for path in (dataset.path.with_suffix(suffix) for suffix in suffixes):
        if not path.is_file():
            return Finding(name, "wrong", f"{dataset.id}: there is no file {path}.")
        if not os.access(path, os.R_OK):
            return Finding(name, "wrong", f"{dataset.id}: {path} cannot be read by this user.")
    if not dataset.variables:
        text = f"{dataset.id} has no variable, so no job can use it."
        return Finding(name, "look", text, "Name them in node.toml.")
    if dataset.format != "plink" and (missing := _missing(dataset)):
        text = f"{dataset.id}: {missing}."
        return Finding(name, "wrong", text, "Put node.toml or the file right.")
    if dataset.path.stat().st_mode & 0o007:
        text = f"{dataset.id}: everybody on this machine can read {dataset.path}."
        return Finding(name, "look", text, f"chmod o-rwx {dataset.path}")
    count = len(dataset.variables)
    return Finding(name, "ok", f"{dataset.id}: the file is here with all {count} variables.")


def _missing(dataset: Dataset) -> str:
    """Say what the file lacks, "" if nothing."""
    try:
        names = columns_of(dataset.path, dataset.format)
    except NodeError as error:
        return str(error).rstrip(".")
    wanted = [*dataset.variables, *([dataset.id_column] if dataset.id_column else [])]
    absent = [name for name in wanted if name not in names]
    if absent:
        return f"these columns are not in the file: {', '.join(absent)}"
    twice = [name for name in wanted if names.count(name) > 1]
    return f"these columns are in the file twice: {', '.join(twice)}" if twice else ""


def _noise(dataset: Dataset) -> Finding:
    """Look whether answers with noise can be given: a budget, and limits for each number."""
    name = f"noise {dataset.id}"
    if dataset.budget is None:
        text = f"{dataset.id} has no privacy budget, so no answer with noise is given."
        return Finding(name, "look", text, f"Write [datasets.{dataset.id}.budget] in node.toml.")
    try:
        without = [
            column
            for column, kind in dataset.variables.items()
            if kind == "number" and limits_of(dataset, column) is None
        ]
    except NodeError as error:
        return Finding(name, "wrong", f"{dataset.id}: {error}")
    if without:
        text = f"{dataset.id}: answers with noise cannot use {', '.join(without)} yet."
        return Finding(name, "look", text, "Give each its range of possible values in node.toml.")
    budget = f"epsilon {dataset.budget.epsilon}, delta {dataset.budget.delta}"
    return Finding(name, "ok", f"{dataset.id}: answers with noise can be given; budget {budget}.")


def _people(home: Home, dataset: Dataset) -> Finding:
    """Look whether people can be told apart, and who opted out read."""
    name = f"people {dataset.id}"
    if not optouts.has_ids(dataset):
        return Finding(
            name,
            "look",
            f"{dataset.id} has no id_column: each row counts as a person, and nobody can opt out.",
            "If a column tells people apart, name it in node.toml.",
        )
    try:
        optouts.listed(home, dataset)
    except NodeError as error:
        return Finding(name, "wrong", f"{dataset.id}: {error}")
    return Finding(
        name,
        "ok",
        f"{dataset.id}: people are told apart, the opt-out list can be read, and answers need "
        f"{dataset.min_cohort} people.",
    )


def _code(config: NodeConfig, dataset: Dataset) -> Finding:
    name = f"code {dataset.id}"
    if (dataset.code_policy or config.code_policy) == "preinstalled":
        return Finding(name, "ok", f"{dataset.id}: only jobs installed on this machine may use it.")
    if config.allow_unconfined:
        text = f"{dataset.id}: granted code is run even where this kernel cannot shut it in."
        return Finding(name, "look", text, "Set allow_unconfined to false.")
    text = f"{dataset.id}: granted code that is not installed here may use it too."
    return Finding(name, "look", text, 'Is that meant? Else: code_policy = "preinstalled"')
