"""When a grant's end is told: 90 and 30 days before. Pure; days are dates where people live.

Nothing here prolongs anything: a grant ends by itself.
"""

from datetime import date

FIRST_NOTICE = 90
LAST_NOTICE = 30


def expiring(ends: date, today: date, *, begins: date) -> int | None:
    """Return which notice is due today, or None when none is.

    One that was missed is made up for as long as its span lasts: between 90 and 31 days before
    the end the first, from 30 days on the last. It is the caller's to give each only once.

    Args:
        ends: the date of the end; the last day on which something could run, or the one after.
        begins: the date on which the grant began. One that is no longer than a notice's span
            was never further from its end: who just agreed to it knows.
    """
    left = (ends - today).days
    length = (ends - begins).days
    if left < 1:
        return None
    if left <= LAST_NOTICE:
        return LAST_NOTICE if length > LAST_NOTICE else None
    if left <= FIRST_NOTICE:
        return FIRST_NOTICE if length > FIRST_NOTICE else None
    return None
