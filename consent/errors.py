"""The errors that consent raises: one class per reason, each with a sentence a user may see."""


class ConsentError(Exception):
    """Root of this app's errors."""

    code = "consent-error"


class TransitionRefused(ConsentError):
    """The thing is not in a state from which this can be done."""

    code = "transition-refused"


class Incomplete(ConsentError):
    """Something that must be filled in or true is missing; the sentence says what."""

    code = "incomplete"


class NotAllowed(ConsentError):
    """The person may not do this."""

    code = "not-allowed"
