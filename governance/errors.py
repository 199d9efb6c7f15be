"""The errors that governance raises: one class per reason, each with a sentence a user may see."""


class GovernanceError(Exception):
    """Root of this app's errors."""

    code = "governance-error"


class NotAllowed(GovernanceError):
    """The person's role does not carry the verb."""

    code = "not-allowed"


class NotReady(GovernanceError):
    """Something must be done first; the sentence says what."""

    code = "not-ready"


class InvitationRefused(GovernanceError):
    """The link is unknown, used or out of date."""

    code = "invitation-refused"


class WayBackRefused(GovernanceError):
    """The link, or the code that goes with it, is unknown, used or out of date."""

    code = "way-back-refused"


class StatementClosed(GovernanceError):
    """The text is no longer open for signing."""

    code = "statement-closed"


class SignatureRefused(GovernanceError):
    """The device's signature does not fit the text, the person or the charter."""

    code = "signature-refused"


class TooFewStewards(GovernanceError):
    """Too few stewards would be left to decide; the sentence says on what."""

    code = "too-few-stewards"


class SteppedAside(NotAllowed):
    """The steward stepped aside on this text, which is final (R-22)."""

    code = "stepped-aside"


class HubTrouble(GovernanceError):
    """The Local Contexts Hub gave no answer, or none that can be used."""

    code = "hub-trouble"


class CannotUnseal(GovernanceError):
    """A private text cannot be read: changed, moved, or its key is another or gone."""

    code = "cannot-unseal"
