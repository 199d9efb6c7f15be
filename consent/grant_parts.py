"""What other apps know of a grant: the runs under it. They register, because this app may not ask.

Registered once, from ``AppConfig.ready()``.
"""

from collections.abc import Callable

from consent.models import Grant
from governance.models import User
from governance.navigation import Link

Runs = Callable[[Grant, User], list[Link]]

_runs: list[Runs] = []


def register_runs(runs: Runs) -> None:
    if runs not in _runs:
        _runs.append(runs)


def runs_under(grant: Grant, user: User) -> list[Link]:
    """Return the runs under a grant that this person may follow, newest first."""
    return [link for runs in _runs for link in runs(grant, user)]
