from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actions.communities import found
from governance.errors import GovernanceError


class Command(BaseCommand):
    help = "Make a place for a community. Invite its stewards next: manage.py invite."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="short name: a-z, 0-9, dashes")
        parser.add_argument("--name", required=True)
        parser.add_argument("--about", default="", help="a few sentences for its own people")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            community = found(slug=options["slug"], name=options["name"], about=options["about"])
        except GovernanceError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{community} is there, as {community.slug}.")
