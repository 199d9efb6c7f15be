"""How many papers one person may have drawn: each takes this machine some seconds."""

from django.utils.translation import gettext as _

from consent.errors import CannotPrint
from governance.limits import within
from governance.models import User

MOST_AN_HOUR = 30
HOUR_S = 3600


def require_pace(user: User) -> None:
    """Count one more paper for this person.

    Raises:
        CannotPrint: too many within the hour.
    """
    if not within(f"paper:{user.pk}", most=MOST_AN_HOUR, seconds=HOUR_S):
        raise CannotPrint(_("You took many papers within one hour. Please wait, then try again."))
