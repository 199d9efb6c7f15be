"""Taking in the model that a run made, from the aggregator that ran its server side."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from consent.grants.codec import digest
from federation.actions.runs.common import tell
from federation.errors import NotAllowed, ResultRefused, UnknownRun
from federation.models import Run, RunResult
from federation.queries.reports import document_of_result, report_of_run
from federation.rules import RunState
from governance.models import User
from governance.wake import wake

MAX_RESULT_BYTES = 1_048_576

# SENDING too: a quick job can be done before a worker that was killed is replaced by the next.
_TAKES_RESULT = frozenset({RunState.SENDING.value, RunState.RUNNING.value})

# What a result may hold. All of it is over all nodes together: nothing that tells one community's
# people from another's may reach a researcher.
_TABLES = ("coefficients", "standard_errors")
_COUNTS = ("rounds", "nodes")
_NUMBERS = ("r_squared", "residual_sd", "log_likelihood")
_ALLOWED = frozenset({"job", "job_version", "n_band", "converged", *_TABLES, *_COUNTS, *_NUMBERS})
_BAND = re.compile(r"[0-9]{1,7}(?:-[0-9]{1,7}|\+)?")
_MOST_NUMBERS = 1000

FOLLOW_AFTER_S = 0.2
"""The aggregator hands the result in just before it tells Flower that it is done."""


@dataclass(frozen=True)
class Taken:
    result: RunResult
    created: bool


@transaction.atomic
def take(*, run: UUID, flower_run: int, result: Mapping[str, Any]) -> Taken:
    """Keep a run's result. The same one again changes nothing.

    Raises:
        UnknownRun: there is no such run.
        ResultRefused: the run is over or not sent, it is another Flower run's, another result is
            here already, or it is not a result of that job.
    """
    found = (
        Run.objects.select_for_update(of=("self",))
        .select_related("job", "revision")
        .filter(public_id=run)
        .first()
    )
    if found is None:
        raise UnknownRun("There is no such run.")
    text = json.dumps(result, sort_keys=True, separators=(",", ":"))
    held = RunResult.objects.filter(run=found).first()
    if held is not None:
        if held.text != text:
            raise ResultRefused("Another result of this run is here already.")
        return Taken(held, created=False)
    _require_open(found, flower_run)
    _require_fits(found, result)
    kept = RunResult.objects.create(run=found, text=text, digest=digest(text.encode()))
    tell("run.result", found)
    wake("federation.follow_run", found.pk, countdown_s=FOLLOW_AFTER_S)
    return Taken(kept, created=True)


@transaction.atomic
def hand_out(run_id: int, *, actor: User) -> dict[str, Any]:
    """Return a finished run's model with what it was made from, to the person who asked for it.

    Each time is told in the logs of the communities: they may see who has their model.

    Raises:
        NotAllowed: another person's run.
        UnknownRun: it made no model (yet).
    """
    run = Run.objects.select_related("job", "revision__request").get(pk=run_id)
    if run.revision.request.applicant_id != actor.pk:
        raise NotAllowed("Only the person who asked for a model can fetch it.")
    report = report_of_run(run)
    if not report.has_result:
        raise UnknownRun("This run has made no model.")
    tell("result.download", run, actor=actor)
    return document_of_result(report)


def _require_open(run: Run, flower_run: int) -> None:
    if run.state not in _TAKES_RESULT:
        raise ResultRefused(f"The run is {run.state}; its result is not taken.")
    if run.flower_run is not None and int(run.flower_run) != flower_run:
        raise ResultRefused("The result is of another Flower run.")


def _require_fits(run: Run, result: Mapping[str, Any]) -> None:
    if unknown := sorted(set(result) - _ALLOWED):
        raise ResultRefused(f"A result does not hold {unknown[0]}.")
    if (result.get("job"), result.get("job_version")) != (run.job.name, run.job.version):
        raise ResultRefused("The result is of another job.")
    for name in _COUNTS:
        if type(result.get(name)) is not int or not 1 <= result[name] <= 1_000_000:
            raise ResultRefused(f"The result's {name} is not a number above zero.")
    if not isinstance(result.get("n_band"), str) or not _BAND.fullmatch(result["n_band"]):
        raise ResultRefused("The result does not say how many people, as a band.")
    if type(result.get("converged")) is not bool:
        raise ResultRefused("The result does not say whether the fit settled.")
    for name in _TABLES:
        _require_numbers(name, result.get(name))
    for name in _NUMBERS:
        if not _is_number(result.get(name, 0)):
            raise ResultRefused(f"The result's {name} is not a number.")


def _require_numbers(name: str, values: object) -> None:
    if not isinstance(values, Mapping) or not 1 <= len(values) <= _MOST_NUMBERS:
        raise ResultRefused(f"The result has no {name}.")
    if not all(_is_number(value) for value in values.values()):
        raise ResultRefused(f"One of the {name} is not a number.")


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]  # a number by the first half
