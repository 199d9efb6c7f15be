"""One exception for each reason to refuse. Sentences are ones a user may see."""

from typing import ClassVar


class GrantRefused(Exception):
    """Base of every refusal.

    ``code`` is stable and goes into receipts and problem documents. ``step`` is the number
    of the check of ``allow_run`` that refused, or None when it was raised elsewhere.
    """

    code: ClassVar[str] = "refused"
    step: int | None = None


class Malformed(GrantRefused):
    """Not a document of this format: never half-read, never repaired."""

    code = "malformed"


class WrongType(GrantRefused):
    code = "wrong-type"


class WrongCommunity(GrantRefused):
    code = "wrong-community"


class UnknownCharter(GrantRefused):
    code = "unknown-charter"


class BrokenChain(GrantRefused):
    code = "broken-charter-chain"


class CharterSuperseded(GrantRefused):
    code = "charter-superseded"


class BadBallot(GrantRefused):
    code = "bad-ballot"


class NotDecided(GrantRefused):
    """The ballots are sound and do not suffice."""

    code = "not-decided"


class OutsideDelegation(GrantRefused):
    """One steward's yes where no delegation lets one steward say yes."""

    code = "outside-delegation"


class NotYetValid(GrantRefused):
    code = "not-yet-valid"


class Expired(GrantRefused):
    code = "expired"


class CoolingOff(GrantRefused):
    code = "cooling-off"


class Revoked(GrantRefused):
    code = "revoked"


class Paused(GrantRefused):
    code = "paused"


class StaleNotices(GrantRefused):
    code = "stale-notices"


class RolledBack(GrantRefused):
    code = "rolled-back"


class WrongCode(GrantRefused):
    code = "wrong-code"


class WrongConfiguration(GrantRefused):
    code = "wrong-configuration"


class WrongRequest(GrantRefused):
    code = "wrong-request"


class WrongDataset(GrantRefused):
    code = "wrong-dataset"


class WrongVariables(GrantRefused):
    code = "wrong-variables"


class WrongAggregate(GrantRefused):
    code = "wrong-aggregate"


class WrongMessage(GrantRefused):
    code = "wrong-message"


class TooManyRounds(GrantRefused):
    code = "too-many-rounds"


class BadSignature(GrantRefused):
    """An Ed25519 signature of the platform or of a node does not match."""

    code = "bad-signature"
