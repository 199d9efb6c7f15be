"""Who may write to whom about a request, and how often. Pure.

Only the community opens talk after its no: a no must not be met with pressure.
"""

from datetime import datetime, timedelta

from consent.rules import ReviewState

MAX_TEXT = 4000  # characters of one message
MAX_NOTE = 1000  # characters of the note on a check
MOST_A_DAY = 10  # messages that researchers may begin in 24 hours, for each community
NUDGE_EVERY = timedelta(days=30)

COMMUNITY_WRITES = frozenset(
    {ReviewState.OPEN, ReviewState.APPROVED, ReviewState.DECLINED, ReviewState.SENT_BACK}
)
RESEARCHERS_ANSWER = COMMUNITY_WRITES
RESEARCHERS_WRITE = RESEARCHERS_ANSWER - {ReviewState.DECLINED}
# Once a newer text took the place of this one, the talk among themselves goes on there.
AMONG_THEMSELVES = frozenset(ReviewState) - {ReviewState.REPLACED}


def nudge_from(last: datetime | None, *, opened: datetime) -> datetime:
    """Return the first moment at which researchers may ask how it stands.

    Args:
        last: when they last did; None if never. opened: when the community got the request.
    """
    return opened if last is None else last + NUDGE_EVERY
