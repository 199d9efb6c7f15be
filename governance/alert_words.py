"""What an alert is about, in a word or two: for its reader's own page, and never outside of it.

Each app says it for the occasions of its own; the beginning of an alert's key tells which.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Text = str | Promise

_words: dict[str, Text] = {"reminder": gettext_lazy("A text to sign")}


def register_alert_words(words: dict[str, Text]) -> None:
    _words.update(words)


def alert_in_words(key: str) -> Text:
    """Return what the occasion is about; something for an app that did not say."""
    return _words.get(key.partition(":")[0], _("Something"))
