"""``kinhold-node status``: how the node stands, on one screen."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from federation.node.books.state import State
from federation.node.console.facts import node_facts
from federation.node.console.spans import moment_of, size_words, span_words
from federation.node.home import Home
from federation.node.settings import read_config
from federation.node.walls import names as walls

MOST_GRANTS = 30
_ALIVE = ("usable", "waiting", "paused", "not-here", "undecided", "unreadable")


def status(home: Home, arguments: Namespace) -> int:
    """Tell how the node stands, in words or as JSON."""
    config = read_config(home)
    with closing(State(home.state)) as state:
        facts = node_facts(home, config, state)
    if arguments.json:
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return 0
    sys.stdout.writelines(f"{line}\n" for line in _words(facts))
    return 0


def _words(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from _first(facts)
    yield from _stops(facts["notices"])
    yield ""
    yield from _grants(facts["held"])
    yield from _now(facts["working"])
    yield from _before(facts["runs"])
    for name, dataset in facts["datasets"].items():
        yield from _dataset(name, dataset)
    yield ""
    yield (
        f"{facts['grants']} grants, {facts['receipts']} receipts, {facts['unsent']} not yet sent."
    )
    disk = facts["disk"]
    yield (
        f"Disk: {size_words(disk['free_bytes'])} free; the node's memory takes "
        f"{size_words(disk['state_bytes'])}, its logs {size_words(disk['log_bytes'])}."
    )
    if facts["confined"]:
        yield "What holds jobs in:"
    yield from (f"  {name}: {words}" for name, _, words in wall_words(facts))


def wall_words(facts: Mapping[str, Any]) -> Iterator[tuple[str, bool, str]]:
    """Give each wall around jobs, whether it stands, and what that means for a job."""
    held = facts["confined"]
    if not held:
        return
    told = walls.sentences(held, as_root=facts["as_root"])
    for name, sentence in zip(walls.WALLS, told, strict=True):
        yield name, held.get(name, False), sentence.removeprefix(f"{name}: ")


def _first(facts: Mapping[str, Any]) -> Iterator[str]:
    state = "runs" if facts["running"] else "does not run"
    link = "connected to SuperLink" if facts["connected"] else "not connected to SuperLink"
    yield f"{facts['name']} of {facts['community']} {state}; {link}."
    if facts["paused"]:
        yield f"PAUSED here by its operator.{pause_words(facts['pause'])}"
    charter = facts["charter"]
    if charter is None:
        yield "No charter is pinned yet: kinhold-node pin"
    else:
        yield f"Charter {charter['number']}, pinned as: {charter['pinned']}"
    yield from other_charters(facts)


def other_charters(facts: Mapping[str, Any]) -> Iterator[str]:
    """Tell of other communities' charters here, and what does not happen without them."""
    roles = (
        ("holders", "holds a dataset here too", "runs on it"),
        ("peers", "takes part in sums", "is mixed with its answers"),
    )
    for kind, role, without in roles:
        for community, held in facts[kind].items():
            yield (
                f"{community} {role}; charter {held['number']}, pinned as: {held['pinned']}"
                if held
                else f"{community} {role}; nothing {without} before: "
                f"kinhold-node pin --holder {community}"
            )


def pause_words(pause: Mapping[str, str | None] | None) -> str:
    """Say since when and why, each where it is known."""
    since = f" Since {moment_of(pause['since'])}." if pause and pause["since"] else ""
    reason = f" Reason: {pause['reason']}" if pause and pause["reason"] else ""
    return since + reason


def stops_words(notices: Mapping[str, Any] | None) -> str:
    """Say how old the list of stops is, and from what age on nothing runs."""
    if notices is None:
        return "No list of stops was seen yet; nothing runs without one."
    age = span_words(abs(notices["age_s"]))
    told = f"{age} {'ahead of this clock' if notices['age_s'] < 0 else 'old'}"
    if not notices["fresh"]:
        told = f"TOO OLD, nothing runs ({told})"
    limit = span_words(notices["limit_s"])
    return (
        f"List of stops {notices['sequence']} of {moment_of(notices['issued'])}: "
        f"{'fresh, ' if notices['fresh'] else ''}{told}. They count until they are {limit} old."
    )


def _stops(notices: Mapping[str, Any] | None) -> Iterator[str]:
    yield stops_words(notices)
    if notices and notices["paused"]:
        yield f"PAUSED by stewards: {', '.join(notices['paused'])}"


def _grants(held: list[Mapping[str, Any]]) -> Iterator[str]:
    shown, others = alive(held)
    yield "Grants held:" if shown else "No grant is held that may be used."
    for grant in shown:
        yield f"  {grant_line(grant)}"
        yield f"    {grant['words']}"
    if others:
        yield f"  {others} more, most of them over: kinhold-node grants"


def alive(held: list[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], int]:
    """Choose the grants that matter now, usable ones first; count the others."""
    chosen = sorted(
        (grant for grant in held if grant["standing"] in _ALIVE),
        key=lambda grant: _ALIVE.index(grant["standing"]),
    )[:MOST_GRANTS]
    return chosen, len(held) - len(chosen)


def grant_line(grant: Mapping[str, Any]) -> str:
    """Name a grant by what it is about."""
    if "job" not in grant:
        return f"{grant['grant']}"
    people = ", ".join(grant["people"])
    return f"{grant['job']} on {grant['dataset']} for {people}, {grant['institution']}"


def _now(working: Mapping[str, Any] | None) -> Iterator[str]:
    yield now_words(working)


def now_words(working: Mapping[str, Any] | None) -> str:
    if working is None:
        return "Nothing is worked on now."
    run = f"run {working['run']}" if working["run"] else "a message that names no run"
    since = moment_of(working["since"])
    if working["cut_off"]:
        return f"Work on {run} was cut off after {since}; its receipt follows at the next start."
    return f"Works now on {run}, round {working['round']}, since {since}."


def _before(runs: list[Mapping[str, Any]] | None) -> Iterator[str]:
    if runs is None:
        yield "Runs before cannot be told: the log is not whole. See: kinhold-node verify"
        return
    yield "Runs before, the newest first:" if runs else "Nothing was worked on before."
    for run in runs:
        yield f"  {run_line(run)}"


def run_line(run: Mapping[str, Any]) -> str:
    """Say when, which, and what became of it."""
    return f"{moment_of(run['at'])}  {run_name(run)}: {run_result(run)}"


def run_name(run: Mapping[str, Any]) -> str:
    return f"run {run['run']}" if run["run"] else "a message that named no run"


def run_result(run: Mapping[str, Any]) -> str:
    """Say what became of a run and what left with it."""
    count = run["messages"]
    parts = [
        run["outcome"] if run["code"] == "ok" else f"{run['outcome']} ({run['code']})",
        f"{count} message{'' if count == 1 else 's'}",
    ]
    if run["people"]:
        parts.append(f"{run['people']} people")
    parts.append(f"{size_words(run['bytes_out'])} left")
    if run["spent"]:
        parts.append(f"noise for epsilon {run['spent']['epsilon']}")
    if run["mixed"]:
        parts.append("mixed with others' answers")
    return ", ".join(parts)


def _dataset(name: str, dataset: Mapping[str, Any]) -> Iterator[str]:
    gone = "" if dataset["there"] else "; ITS FILE IS NOT THERE"
    yield (
        f"Dataset {name}: {dataset['variables']} variables, at least {dataset['min_cohort']} "
        f"people{gone}."
    )
    yield f"  {_optout_words(name, dataset['optouts'])}"
    yield f"  {budget_words(dataset['budget'])}"


def _optout_words(name: str, facts: Mapping[str, Any]) -> str:
    if not facts["possible"]:
        return "Nobody can opt out: no id_column is set."
    if "problem" in facts:
        return f"OPT-OUTS CANNOT BE READ, nothing runs: {facts['problem']}"
    if not facts["version"]:
        return f"Nobody opted out so far: kinhold-node optout add {name} ID"
    number = facts["people"]
    return f"Opted out: {number} {'person' if number == 1 else 'people'}, list {facts['version']}."


def budget_words(budget: Mapping[str, Any] | None) -> str:
    """Say how much privacy was given away, is promised, and is left."""
    if budget is None:
        return "No privacy budget is set; nothing with noise runs."
    left = max(0.0, budget["epsilon"] - budget["promised"])
    return (
        f"Privacy budget: epsilon {budget['used']:g} of {budget['epsilon']:g} is used, "
        f"{budget['promised']:g} with what grants may still use; {left:.2f} is left "
        f"(delta {budget['delta']:g})."
    )
