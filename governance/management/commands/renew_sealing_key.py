from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actions.sealing import renew_wrapping
from governance.errors import CannotUnseal
from governance.sealing import next_master_key


class Command(BaseCommand):
    help = (
        "Wrap every community's key under KINHOLD_SEALING_KEY_NEW instead of KINHOLD_SEALING_KEY. "
        "Stop the web process and the workers first. Afterwards give them the new key as "
        "KINHOLD_SEALING_KEY, and start them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="try whether all keys open; change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry: bool = options["dry_run"]
        try:
            count = renew_wrapping(next_master_key(), keep=not dry)
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from problem
        except CannotUnseal as problem:
            raise CommandError(
                "A community's key does not open under KINHOLD_SEALING_KEY. Nothing was changed."
            ) from problem
        said = "would be wrapped anew; nothing was changed" if dry else "wrapped anew"
        self.stdout.write(f"Keys of communities {said}: {count}.")
