"""``kinhold-node doctor``: looks at everything, and says in plain words what to do."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from federation.node.books.state import State
from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.setting_up.checks import data, links, machine, papers
from federation.node.setting_up.checks.finding import Finding, Level
from federation.node.settings import read_config

Look = Callable[[], Finding | list[Finding]]

_BEAT_S = 5.0
_WORST: tuple[Level, ...] = ("wrong", "look")
_VERDICT: dict[Level, str] = {
    "wrong": "Something is wrong.",
    "look": "Nothing is wrong; some things want a look.",
    "ok": "All is well.",
}


def doctor(home: Home, arguments: Namespace) -> int:
    """Look at everything there is; 1 if anything is wrong, whatever state the node is in."""
    findings = []
    for finding in examine(home):
        findings.append(finding)
        if not arguments.json:
            sys.stdout.write(finding.line() + "\n")
            sys.stdout.flush()
    levels = {finding.level for finding in findings}
    worst: Level = next((level for level in _WORST if level in levels), "ok")
    if arguments.json:
        told = {"ok": worst != "wrong", "checks": [finding.facts() for finding in findings]}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.write(f"{_VERDICT[worst]}\n")
    return 1 if worst == "wrong" else 0


def examine(home: Home) -> Iterator[Finding]:
    """Give each finding as it is made. What is broken is a finding; nothing is raised."""
    for name, look in (
        ("python", machine.python),
        ("packages", machine.packages),
        ("django", machine.django),
        ("user", machine.user),
        ("disk", lambda: machine.disk(home.folder)),
        ("walls", lambda: machine.walls(home)),
    ):
        yield from _safely(name, look)
    if not home.folder.exists():
        # One sentence: that keys and memory are missing as well would send people to a backup.
        yield Finding(
            "settings", "wrong", f"There is no node at {home.folder}.", "kinhold-node init"
        )
        return
    yield from _in_the_folder(home)


def _in_the_folder(home: Home) -> Iterator[Finding]:
    for name, look in (
        ("folders", lambda: papers.folders(home)),
        ("keys", lambda: papers.own_keys(home)),
        ("pause", lambda: papers.switch(home)),
        ("running", lambda: papers.running(home, _beating(home))),
        ("state", lambda: papers.memory(home)),
    ):
        yield from _safely(name, look)
    config = None
    try:
        config = read_config(home)
        yield Finding("settings", "ok", f"{home.config} can be read: {config.name}.")
    except NodeError as error:
        yield Finding("settings", "wrong", str(error))
    yield from _safely("memory", lambda: _from_memory(home, config))
    if config is not None:
        yield from _with_settings(home, config)


def _from_memory(home: Home, config: NodeConfig | None) -> list[Finding]:
    """Look at what is in the node's memory; a missing one is not made here."""
    if not home.state.exists():
        return []
    state = State(home.state)
    try:
        found = [
            *_safely("receipts", lambda: papers.log(home, state)),
            *_safely("charter", lambda: papers.charter(home, state)),
        ]
        if config is not None:
            found += _safely("stops", lambda: papers.stops(config, state))
        return found
    finally:
        state.close()


def _with_settings(home: Home, config: NodeConfig) -> Iterator[Finding]:
    yield from _safely("holder", lambda: papers.further_charters(home, config))
    yield from _safely("dataset", lambda: data.datasets(home, config))
    yield from _safely("platform", lambda: _platform(config))
    yield from _safely(
        "superlink",
        lambda: links.superlink(
            config.superlink, links.ask_superlink(config.superlink, config.superlink_ca)
        ),
    )


def _platform(config: NodeConfig) -> list[Finding]:
    answer = links.ask_platform(config.platform, config.platform_ca)
    return [links.platform(config.platform, answer), links.clock(answer)]


def _safely(name: str, look: Look) -> list[Finding]:
    """Make one check. One that cannot be made is told as such, and the next one goes on."""
    try:
        found = look()
    except NodeError as error:
        return [Finding(name, "wrong", str(error))]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return [Finding(name, "wrong", f"{error.filename or 'Something'}: {reason}.")]
    except Exception as error:  # noqa: BLE001  # a broken node is what this command is for
        # Not the error's own text: a library may put something from a file into it.
        kind = type(error).__name__
        return [Finding(name, "wrong", f"This could not be looked at ({name}: {kind}).")]
    return found if isinstance(found, list) else [found]


def _beating(home: Home) -> int | None:
    """Give the process that said within the last seconds that it lives here."""
    try:
        beat = json.loads(home.heartbeat.read_text("utf-8"))
        pid, at = int(beat["pid"]), float(beat["at"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return pid if abs(datetime.now(UTC).timestamp() - at) < _BEAT_S else None
