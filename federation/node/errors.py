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


class PausedHere(LocalRefusal):
    """The operator's own switch, or a stop in the middle of a job."""

    code = "paused"
    local_step = 101


class NoFreshStops(LocalRefusal):
    """The list of revocations and pauses is missing, does not verify, or is too old."""

    code = "stale-notices"
    local_step = 102


class NotPinned(LocalRefusal):
    code = "not-pinned"
    local_step = 103


class NoGrant(LocalRefusal):
    code = "no-grant"


class DatasetNotHere(LocalRefusal):
    code = "wrong-dataset"
    local_step = 104


class VariablesNotHere(LocalRefusal):
    code = "wrong-variables"
    local_step = 105


class OutputsNotDeclared(LocalRefusal):
    code = "wrong-outputs"
    local_step = 106


class NotOnTheList(LocalRefusal):
    """This node works for certain people, institutions or jobs only, and this is none of them."""

    code = "not-on-the-list"
    local_step = 107


class CodeNotHere(LocalRefusal):
    code = "wrong-code"
    local_step = 108


class HolderRefused(LocalRefusal):
    """Another community that holds the dataset too did not agree to this, or not any more."""

    code = "holder-refused"
    local_step = 109


class NotHidden(LocalRefusal):
    """Noise or mixing is missing that the grant, this node or the number of nodes demands."""

    code = "not-hidden"
    local_step = 110


class OptOutsUnreadable(LocalRefusal):
    """It is not sure who opted out, so nobody is used."""

    code = "optouts-unreadable"


class CohortTooSmall(LocalRefusal):
    code = "cohort-too-small"
    local_step = 111


class TooManyParameters(LocalRefusal):
    code = "too-many-parameters"
    local_step = 112


class NearlySamePeople(LocalRefusal):
    """Nearly the people of an earlier run: the difference of two answers would give them away."""

    code = "nearly-same-people"
    local_step = 113


class BudgetSpent(LocalRefusal):
    """The dataset's privacy budget does not reach, or there is none."""

    code = "budget-spent"
    local_step = 114


class NoRoundsLeft(LocalRefusal):
    code = "too-many-rounds"
    local_step = 115


class DelegationUsedUp(LocalRefusal):
    """Another message took the last grant of the delegation while this one was looked at."""

    code = "outside-delegation"
    local_step = 115


BEFORE_THE_GRANT: tuple[tuple[int, str], ...] = (
    (101, "not paused at this node"),
    (102, "newest stops are here and fresh"),
    (103, "charter pinned, its chain unbroken"),
)
"""Checks before the eighteen of ``allow_run``."""

AFTER_THE_GRANT: tuple[tuple[int, str], ...] = (
    (104, "dataset is set up at this node"),
    (105, "variables are set up with these types"),
    (106, "outputs are those that the job declares"),
    (107, "on this node's own list of whom it works for"),
    (108, "code is installed here or may be unpacked"),
    (109, "every further holder of the dataset agreed"),
    (110, "hidden by noise or mixing as far as is demanded"),
    (111, "enough people with complete values"),
    (112, "few enough parameters for so many people"),
    (113, "not nearly the people of an earlier run"),
    (114, "privacy budget reaches"),
    (115, "round counted before it starts"),
)
"""Checks after them, in order. 111 is the first that opens the data; no job runs before 115."""

LOCAL_STEPS = BEFORE_THE_GRANT + AFTER_THE_GRANT


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
