"""What holds a request's runs back, beside the communities' own answers."""

from datetime import datetime

from consent.models import TrainingRequest


def what_holds(request: TrainingRequest, *, at: datetime) -> list[str]:
    """Return, as plain sentences that its applicant may read, what holds back every run.

    Asked when a run is planned and again when it is sent. Empty when nothing does.

    Args:
        at: aware time of the decision.
    """
    return []
