"""The errors that consent raises: one class per reason, each with a sentence a user may see."""

from collections.abc import Mapping


class ConsentError(Exception):
    """Root of this app's errors."""

    code = "consent-error"


class TransitionRefused(ConsentError):
    """The thing is not in a state from which this can be done."""

    code = "transition-refused"


class Incomplete(ConsentError):
    """Something that must be filled in or true is missing; the sentences say what.

    ``fields`` maps the name of each field to one sentence, for forms and problem documents;
    the key "" holds what concerns no single field.
    """

    code = "incomplete"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(dict.fromkeys(self.fields.values())))


class SavedMeanwhile(ConsentError):
    """Another window or device saved the same part of a draft; nothing was written over."""

    code = "saved-meanwhile"


class TextReplaced(ConsentError):
    """The text under signature was out of date; a new one stands in its place to be read first."""

    code = "text-replaced"


class ConflictOfInterest(ConsentError):
    """The person has a part in the request; she may step aside and nothing else."""

    code = "conflict-of-interest"


class NoticeRefused(ConsentError):
    """The stop or go cannot be proposed or published; the sentence says why."""

    code = "notice-refused"


class NotAllowed(ConsentError):
    """The person may not do this."""

    code = "not-allowed"


class CannotPrint(ConsentError):
    """No PDF can be made; the sentence says why, and what the operator can do."""

    code = "cannot-print"


class AcceptanceRefused(ConsentError):
    """The conditions cannot be accepted like this; the sentence says why."""

    code = "acceptance-refused"


class StandsBack(ConsentError):
    """The person has a part in the request, or stepped aside: she neither reads nor acts here."""

    code = "stands-back"


class ReadersChanged(ConsentError):
    """Others would read it than the page said. It was not sent; the page says who would now."""

    code = "readers-changed"


class NotNow(ConsentError):
    """It cannot be said as things stand; the sentence says why."""

    code = "not-now"


class AdviceRefused(ConsentError):
    """The link is unknown, used, taken back or out of date."""

    code = "advice-refused"


class LinkRefused(ConsentError):
    """The link to a request's terms is unknown, used or out of date, or for another account."""

    code = "link-refused"
