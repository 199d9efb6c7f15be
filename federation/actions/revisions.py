"""What a change would differ in, before it is submitted."""

from consent.changes import Change, changes
from consent.document import read_back, written
from consent.models import TrainingRequest
from consent.queries import revision_of
from federation.actions.requests import preview


def pending_changes(request: TrainingRequest) -> list[Change]:
    """Return what the form as saved differs in from the text that the communities have.

    Raises:
        Incomplete: with one sentence for each field that cannot be used.
    """
    newest = revision_of(request)
    before = read_back(newest.text) if newest else {}
    return changes(before, read_back(written(preview(request).document)))
