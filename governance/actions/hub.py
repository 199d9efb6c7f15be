"""Asking the Local Contexts Hub, for a person who pressed the button; never by itself."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from governance import hub
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.labels import not_shown
from governance.models import AppliedLabel, HubProject, User
from governance.queries.labels import hub_project
from governance.rules import Verb

AGAIN_AFTER = timedelta(minutes=1)


def ask(label_id: int, *, actor: User) -> HubProject:
    """Ask the Hub about a label's project and keep its answer, with the date.

    Within a minute of the last answer nobody is asked: that answer is given.

    Raises:
        NotAllowed: no role here carries this.
        NotReady: no Hub is set up here, or the label has no project number.
        HubTrouble: there is no answer, or none that can be used; the kept one stays.
    """
    applied = AppliedLabel.objects.select_related("community", "dataset").get(pk=label_id)
    require_member(actor, Verb.LABEL, applied.community)
    if not settings.KINHOLD_LABEL_HUB_URL:
        raise NotReady("This platform is not set up to ask the Hub. Nothing is missing without it.")
    if applied.project_uuid is None or applied.removed_at:
        raise NotReady("This label has no project number at the Hub.")
    known = hub_project(applied)
    if known is not None and timezone.now() - known.fetched_at < AGAIN_AFTER:
        return known
    # Outside any transaction: the database does not wait for another house.
    project = hub.fetch(
        applied.project_uuid,
        url=settings.KINHOLD_LABEL_HUB_URL,
        key=settings.KINHOLD_LABEL_HUB_KEY,
        loopback=not settings.PRODUCTION,
    )
    return _keep(applied, applied.project_uuid, project, actor)


@transaction.atomic
def _keep(applied: AppliedLabel, number: UUID, project: hub.Project, actor: User) -> HubProject:
    kept, _made = HubProject.objects.update_or_create(
        project_uuid=number,
        defaults={"body": project.body(), "fetched_at": timezone.now()},
    )
    record(
        "label.ask-hub",
        actor=actor,
        subject=f"label:{applied.public_id}",
        community=applied.community,
        # At the Hub the number leads to the label's name.
        reason="" if applied.code in not_shown() else f"project {number}",
    )
    return kept
