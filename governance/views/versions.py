"""What the lists of charters and of protocols have in common: the states of their versions."""

from django.utils.translation import gettext_lazy

from governance.listing import Filter, Rows
from governance.rules import StatementState


def _in_state(rows: Rows, state: str) -> Rows:
    if state == "in-force":
        return rows.filter(in_force=True)
    if state == "replaced":
        return rows.filter(in_force=False, adopted_at__isnull=False)
    return rows.filter(statement__state=StatementState(state))


BY_STATE = Filter(
    "state",
    gettext_lazy("State"),
    [
        ("in-force", gettext_lazy("in force")),
        ("replaced", gettext_lazy("replaced")),
        ("open", gettext_lazy("put to the stewards")),
        ("declined", gettext_lazy("declined")),
        ("fallen", gettext_lazy("taken back")),
    ],
    _in_state,
)
"""For rows of ``charters_of`` and ``protocols_of``, which know whether they are ``in_force``."""
