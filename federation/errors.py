"""The errors that federation raises: one class per reason, each with a sentence a user may see."""


class FederationError(Exception):
    """Root of this app's errors."""

    code = "federation-error"


class TransitionRefused(FederationError):
    """The thing is not in a state from which this can be done."""

    code = "transition-refused"


class NotDispatchable(FederationError):
    """The run lacks what it needs to be sent out; the sentence says what."""

    code = "not-dispatchable"


class NotAllowed(FederationError):
    """The person, node or process may not do this."""

    code = "not-allowed"


class ReceiptRefused(FederationError):
    """A node's receipt does not verify or contradicts one that is already here."""

    code = "receipt-refused"


class ReceiptConflict(ReceiptRefused):
    """Another receipt of the same node and number is here already, with other bytes."""

    code = "receipt-conflict"


class DescriptionRefused(FederationError):
    """A node's description of a dataset does not verify, or is not its own."""

    code = "description-refused"


class CardRefused(FederationError):
    """A node's card cannot be used; the sentence says what is wrong with it."""

    code = "card-refused"


class CatalogueConflict(FederationError):
    """A job's code changed under a version that is already published."""

    code = "catalogue-conflict"


class ResultRefused(FederationError):
    """A result does not fit its run."""

    code = "result-refused"


class UnknownRun(FederationError):
    """There is no such run."""

    code = "unknown-run"


class NotYet(FederationError):
    """The run must wait; the sentence says what for."""

    code = "not-yet"
