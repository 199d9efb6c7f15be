"""What this app's alerts are about, for their reader's own page."""

from django.utils.translation import gettext_lazy as _

from governance.alert_words import Text

WORDS: dict[str, Text] = {
    "advice": _("Advice on a request"),
    "approval": _("A letter of an ethics board"),
    "block": _("The block list"),
    "crew": _("The people of a request"),
    "grant": _("An agreement"),
    "incident": _("An incident or complaint"),
    "meeting": _("A meeting"),
    "message": _("A question or an answer"),
    "promise": _("A promise"),
    "publication": _("A paper"),
    "request": _("A request"),
    "review": _("A request"),
}
