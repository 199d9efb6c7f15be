from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from governance.actions.invitations import invite
from governance.errors import GovernanceError
from governance.models import Community
from governance.queries import community_named
from governance.rules import CommunityRole, PlatformRole


class Command(BaseCommand):
    help = "Print a link that lets one person in, once, within 14 days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--role", default=PlatformRole.MEMBER.value, choices=[r.value for r in PlatformRole]
        )
        parser.add_argument("--community", help="short name of a community")
        parser.add_argument("--as", dest="community_role", choices=[r.value for r in CommunityRole])

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["community_role"]
        try:
            _invitation, token = invite(
                actor=None,
                email=options["email"],
                name=options["name"],
                platform_role=PlatformRole(options["role"]),
                community=_community(options["community"]),
                community_role=CommunityRole(role) if role else None,
            )
        except GovernanceError as refusal:
            raise CommandError(str(refusal)) from refusal
        # Nothing but the link on standard output, so that a script can take it.
        self.stdout.write(settings.KINHOLD_ORIGIN + reverse("governance:join", args=[token]))


def _community(slug: str | None) -> Community | None:
    if slug is None:
        return None
    community = community_named(slug)
    if community is None:
        raise CommandError(f"There is no community {slug}.")
    return community
