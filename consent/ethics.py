"""Letters of ethics boards and their dates: which one counts, which ran out, which soon will. Pure.

A letter counts from its first day to its last, both included; days are those of UTC.

Source: R-27.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

NOTICE_DAYS = 30
"""As many days before its last one, a letter is told of."""


class Letter(Protocol):
    """What of a ``consent.models.EthicsApproval`` counts here."""

    @property
    def pk(self) -> int: ...
    @property
    def board(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date: ...
    @property
    def renews_id(self) -> int | None: ...


Held = TypeVar("Held", bound=Letter)


def standing(approvals: Iterable[Held]) -> list[Held]:
    """Return the letters that no other one of them renews, as they come."""
    found = list(approvals)
    renewed = {approval.renews_id for approval in found}
    return [approval for approval in found if approval.pk not in renewed]


def approvals_expiring(approvals: Iterable[Held], *, today: date) -> list[Held]:
    """Return the letters whose last day is today or in the next 30 days, and that none renews."""
    last = today + timedelta(days=NOTICE_DAYS)
    return [each for each in standing(approvals) if today <= each.valid_until <= last]


def approvals_run_out(approvals: Iterable[Held], *, today: date) -> list[Held]:
    """Return the letters whose last day is past, and that none renews."""
    return [each for each in standing(approvals) if each.valid_until < today]


def approvals_not_begun(approvals: Iterable[Held], *, today: date) -> list[Held]:
    """Return the letters whose first day is still to come, unless what they renew goes on."""
    found = list(approvals)
    lasting = {each.pk for each in found if each.valid_from <= today <= each.valid_until}
    return [
        each
        for each in standing(found)
        if each.valid_from > today and each.renews_id not in lasting
    ]
