"""A clock that only goes forward, so that a job gains no time when the machine's is set back."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Begins with the machine's time and from then on keeps up with the seconds that pass.

    Time in which the machine slept counts. A clock set forward is followed: ending too early
    does no harm.
    """

    def __init__(self) -> None:
        self._begun = datetime.now(UTC)
        self._ticks_s = time.clock_gettime(time.CLOCK_BOOTTIME)

    def now(self) -> datetime:
        passed_s = time.clock_gettime(time.CLOCK_BOOTTIME) - self._ticks_s
        return max(datetime.now(UTC), self._begun + timedelta(seconds=passed_s))
