"""``kinhold-node init``: ask, look, make, and go on to the charter when there is one."""

import json
import sys
from argparse import Namespace

from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.setting_up.answers import Answers, gather
from federation.node.setting_up.asking import at_terminal, read_line
from federation.node.setting_up.checks import links, machine
from federation.node.setting_up.checks.finding import Finding
from federation.node.setting_up.making import make, require_new
from federation.node.setting_up.pinning import pin_first

_NEEDED = frozenset({"python", "packages", "disk"})


def init(home: Home, arguments: Namespace) -> int:
    """Make a node and print its card; what is talked over goes to standard error.

    Raises:
        NodeError: there is a node already, an answer cannot be used, or this machine will not
            do. Nothing is left behind then.
    """
    require_new(home)
    answers = gather(arguments)
    findings = _machine(home)
    _require_fit(findings)
    _tell("Looking whether platform and SuperLink can be reached ...")
    findings += _links(answers)
    card = make(home, answers)
    for finding in findings:
        if finding.level != "ok" or at_terminal():
            _tell(finding.line())
    _tell(f"\nThe node is made, at {home.folder}. Its card is in {home.card} too:")
    if arguments.json:
        checks = [finding.facts() for finding in findings]
        told = {"home": str(home.folder), "card": card, "checks": checks}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.write(json.dumps(card, indent=2) + "\n")
    sys.stdout.flush()
    _tell(f"\nGive the card to your stewards, and look through {home.config}.")
    _go_on(home, arguments)
    return 0


def _machine(home: Home) -> list[Finding]:
    return [machine.python(), machine.packages(), machine.disk(home.folder), machine.user()]


def _links(answers: Answers) -> list[Finding]:
    answer = links.ask_platform(answers.platform, answers.platform_ca)
    other = links.ask_superlink(answers.superlink, answers.superlink_ca)
    return [
        links.platform(answers.platform, answer),
        links.clock(answer),
        links.superlink(answers.superlink, other),
    ]


def _require_fit(findings: list[Finding]) -> None:
    for finding in findings:
        if finding.level == "wrong" and finding.check in _NEEDED:
            raise NodeError(f"{finding.text} {finding.do}")


def _go_on(home: Home, arguments: Namespace) -> None:
    """Compare the charter now if there is one, else say how to later."""
    later = "When they have signed a charter that names this node: kinhold-node pin"
    if arguments.fingerprint is None and not at_terminal():
        _tell(later)
        return
    if arguments.fingerprint is None:
        asked = read_line(
            "\nHave the stewards put the card into a signed charter already? yes/[later]: ",
            sys.stderr,
        )
        if asked.lower() not in {"y", "yes"}:
            _tell(later)
            return
    try:
        pin_first(home, fingerprint=arguments.fingerprint, out=sys.stderr)
    except NodeError as error:
        raise NodeError(f"The node is made, but not pinned. {error}") from error


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
