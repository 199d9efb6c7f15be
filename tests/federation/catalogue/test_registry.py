"""Parameters are checked in words, and every key of a job is always written out."""

import tomllib

import pytest

from consent.grants.codec import config_digest
from federation.catalogue.parameters import ParameterError
from federation.catalogue.registry import (
    JOBS,
    UnknownJob,
    build_fab,
    job_config,
    job_named,
    job_variables,
    most_rounds,
)
from tests.federation.catalogue.local_grid import CATALOGUE

SOUND = {"outcome": "y", "predictors": ["a", "b"]}


@pytest.mark.parametrize("name", JOBS)
def test_a_configuration_holds_every_key_the_bundle_knows(name: str) -> None:
    text = (CATALOGUE / job_named(name).package / "pyproject.toml").read_text()
    known = tomllib.loads(text)["tool"]["flwr"]["app"]["config"]["job"]

    assert set(job_config(name, SOUND)) == {f"job.{key}" for key in known}


@pytest.mark.parametrize("name", JOBS)
def test_the_table_and_the_bundle_tell_the_same_version(name: str) -> None:
    job = job_named(name)
    project = tomllib.loads((CATALOGUE / job.package / "pyproject.toml").read_text())["project"]

    assert (project["name"], project["version"]) == (f"kinhold-{name}", job.version)
    assert f'"job_version": "{job.version}"'.encode() in build_fab(name)


def test_a_list_and_a_text_of_predictors_are_the_same_configuration() -> None:
    one = job_config("linear-regression", {"outcome": "y", "predictors": "a, b"})

    assert (
        one
        == job_config("linear-regression", SOUND)
        == {
            "job.outcome": "y",
            "job.predictors": "a,b",
        }
    )
    assert job_variables(one) == ("a", "b", "y")


def test_defaults_are_written_out_and_bound() -> None:
    plain = job_config("logistic-regression", SOUND)
    spelled = job_config("logistic-regression", SOUND | {"max-iterations": "15"})
    other = job_config("logistic-regression", SOUND | {"max-iterations": 16})

    assert plain == spelled
    assert plain["job.max-iterations"] == 15
    assert config_digest(plain) != config_digest(other)
    assert most_rounds("logistic-regression", other) == 16
    assert most_rounds("linear-regression", job_config("linear-regression", SOUND)) == 1


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"outcome": ""}, {"outcome": "must be chosen"}),
        ({"predictors": None}, {"predictors": "must be chosen"}),
        ({"predictors": 5}, {"predictors": "must be a list of variable names"}),
        ({"predictors": "a,a"}, {"predictors": "names a variable twice"}),
        ({"predictors": "y"}, {"predictors": "the outcome 'y' cannot explain itself"}),
        (
            {"predictors": [f"v{n}" for n in range(51)]},
            {"predictors": "must be 1 to 50 variables, got 51"},
        ),
        ({"tolerance": "no"}, {"tolerance": "must be a number"}),
        ({"tolerance": True}, {"tolerance": "must be a number"}),
        ({"tolerance": float("nan")}, {"tolerance": "must be 1e-12 to 0.001, got nan"}),
        ({"tolerance": 1}, {"tolerance": "must be 1e-12 to 0.001, got 1"}),
        ({"max-iterations": 2.5}, {"max-iterations": "must be a whole number"}),
        ({"max-iterations": "x"}, {"max-iterations": "must be a whole number"}),
        ({"max-iterations": 1}, {"max-iterations": "must be 2 to 50 rounds, got 1"}),
        ({"seed": 1}, {"seed": "Logistic regression has no such parameter"}),
    ],
)
def test_one_wrong_parameter_is_named_in_words(
    change: dict[str, object], problems: dict[str, str]
) -> None:
    with pytest.raises(ParameterError) as caught:
        job_config("logistic-regression", SOUND | change)

    assert caught.value.problems == problems


def test_a_name_with_signs_in_it_is_no_variable() -> None:
    with pytest.raises(ParameterError, match="is not a variable name"):
        job_config("linear-regression", {"outcome": "y;drop", "predictors": "a"})


def test_all_wrong_parameters_are_named_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        job_config("logistic-regression", {"tolerance": "x"})

    assert set(caught.value.problems) == {"outcome", "predictors", "tolerance"}


def test_an_unknown_job_is_told_by_name() -> None:
    with pytest.raises(UnknownJob, match="no job named 'guess'"):
        job_config("guess", {})
