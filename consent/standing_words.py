"""Where a grant stands, as a sentence with its dates."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.grant_rows import Text
from consent.standing import Now, Stand

LABELS: dict[Stand, Text] = {
    Stand.TAKEN_BACK: gettext_lazy("taken back"),
    Stand.REPLACED: gettext_lazy("replaced"),
    Stand.OVER: gettext_lazy("over"),
    Stand.AWAITS: gettext_lazy("waits for the researcher"),
    Stand.PAUSED: gettext_lazy("paused"),
    Stand.NOT_YET: gettext_lazy("not begun"),
    Stand.COOLING_OFF: gettext_lazy("cooling off"),
    Stand.IN_FORCE: gettext_lazy("in force"),
}

_SENTENCES: dict[Stand, Text] = {
    Stand.TAKEN_BACK: gettext_lazy(
        "It was taken back on %(since)s. Nothing runs under it any more."
    ),
    Stand.REPLACED: gettext_lazy(
        "A newer agreement took its place on %(since)s. New runs go under that one."
    ),
    Stand.OVER: gettext_lazy(
        "Its time was over on %(since)s. Nothing runs under it any more. What was promised stays."
    ),
    Stand.AWAITS: gettext_lazy(
        "It waits for the researcher to accept the conditions, since %(since)s. Nothing runs "
        "before that."
    ),
    Stand.PAUSED: gettext_lazy("Paused since %(since)s. Nothing runs under it now."),
    Stand.NOT_YET: gettext_lazy("It begins on %(until)s."),
    Stand.COOLING_OFF: gettext_lazy(
        "Cooling off until %(until)s. Until then nothing runs, and there is time to think again."
    ),
    Stand.IN_FORCE: gettext_lazy("In force since %(since)s, until %(until)s."),
}


def sentence_of(now: Now) -> str:
    """Say where it stands, and how many days are left if it has not ended."""
    until = _told(now.until) if now.until else ""
    said = str(_SENTENCES[now.stand]) % {"since": _told(now.since), "until": until}
    if now.ended:
        return said
    left = ngettext("%(n)s day is left.", "%(n)s days are left.", now.days_left)
    return _("%(said)s %(left)s") % {"said": said, "left": left % {"n": now.days_left}}


def _told(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")
