"""The table of attacks. Each dispatches a run that should not be, as a hostile platform would.

The attacker has the platform's database, its keys, its worker, its SuperLink and its
aggregator. What it does not have are the stewards' passkeys.
"""

from collections.abc import Callable

from tests.hostile.conftest import Scene

Attack = Callable[[Scene], int]
ATTACKS: dict[str, tuple[Attack, str]] = {}


def refused_as(code: str) -> Callable[[Attack], Attack]:
    """Enter an attack in the table, with the code every node must refuse it with.

    An attack returns the Flower run it started.
    """

    def enter(attack: Attack) -> Attack:
        ATTACKS[attack.__name__] = (attack, code)
        return attack

    return enter
