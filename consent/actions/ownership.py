"""Whose request it is: asked first by all that a researcher does with one."""

from consent.errors import NotAllowed
from consent.models import TrainingRequest
from governance.actions.permissions import require
from governance.models import User
from governance.rules import Verb


def own(request_id: int, actor: User) -> TrainingRequest:
    """Return the actor's own request, locked until the transaction ends.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
    """
    require(actor, Verb.ASK)
    request = TrainingRequest.objects.select_for_update().get(pk=request_id)
    if request.applicant_id != actor.pk:
        raise NotAllowed("This is another person's request.")
    return request
