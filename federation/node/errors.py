"""What can go wrong at a node: sentences for the operator, and refusals of the node's own."""

from consent.grants.errors import GrantRefused


class NodeError(Exception):
    """Something the operator must put right; the text says what, in plain words."""


class LocalRefusal(GrantRefused):
    """A refusal that ``allow_run`` knows nothing of.

    ``local_step`` is the check of ``LOCAL_STEPS`` that refused, or None when the node refused
    before it looked at any grant.
    """

    local_step: int | None = None


class NotPinned(LocalRefusal):
    code = "not-pinned"


class NoGrant(LocalRefusal):
    code = "no-grant"


class PausedHere(LocalRefusal):
    """The operator's own switch, or a stop in the middle of a job."""

    code = "paused"


class DatasetNotHere(LocalRefusal):
    code = "wrong-dataset"
    local_step = 101


class VariablesNotHere(LocalRefusal):
    code = "wrong-variables"
    local_step = 102


class CodeNotHere(LocalRefusal):
    code = "wrong-code"
    local_step = 103


class HolderRefused(LocalRefusal):
    """Another community that holds the dataset too did not agree to this, or not any more."""

    code = "holder-refused"
    local_step = 104


class NoRoundsLeft(LocalRefusal):
    code = "too-many-rounds"
    local_step = 105


class DelegationUsedUp(LocalRefusal):
    """Another message took the last grant of the delegation while this one was looked at."""

    code = "outside-delegation"
    local_step = 105


class CohortTooSmall(LocalRefusal):
    code = "cohort-too-small"
    local_step = 106


LOCAL_STEPS: tuple[tuple[int, str], ...] = (
    (101, "dataset is set up at this node"),
    (102, "variables are set up with these types"),
    (103, "code is installed here or may be unpacked"),
    (104, "every further holder of the dataset agreed"),
    (105, "round counted before it starts"),
    (106, "enough people with complete values"),
)
"""Checks after the eighteen of ``allow_run``, in order. Only the last one opens the data."""


class JobStopped(Exception):
    """The job was killed: ``code`` goes into the receipt, the text is its reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class JobFailed(Exception):
    """The job or its data did not work. The text never holds a value from the data."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
