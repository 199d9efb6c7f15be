"""Everything the stack gives up for, as sentences for the person at the keyboard."""


class StackError(Exception):
    """The message says in plain words what is wrong and, where there is one, the way out."""


class PartFailed(StackError):
    """One part did not start, did not get ready in time, or ended while it was needed."""


class StopRequested(StackError):
    """Somebody asked to stop while the parts were still starting."""
