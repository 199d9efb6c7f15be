"""What a decision still lacks, in plain words and by body: never by person, never as a push."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.grants.outcome import Lack


def still_missing(lacks: Iterable[Lack], words: Mapping[str, str]) -> str:
    """Say how many signatures are missing and from which bodies; "" when none is.

    Args:
        words: the community's own words for its bodies, by short name.
    """
    return " ".join(_sentence(lack, words) for lack in lacks)


def _sentence(lack: Lack, words: Mapping[str, str]) -> str:
    if lack.what == "decider":
        return _("One more signature, from the steward whom the charter names for this.")
    n, body = lack.number, words.get(lack.body, lack.body)
    if lack.what == "answer":
        text = ngettext("One more answer, whatever it says.", "{n} more answers.", n)
    elif lack.body:
        text = ngettext(
            "One more signature, from: {body}.", "{n} more signatures, from: {body}.", n
        )
    else:
        text = ngettext("One more signature.", "{n} more signatures.", n)
    return text.format(n=n, body=body)
