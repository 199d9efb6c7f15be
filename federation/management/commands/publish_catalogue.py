from typing import Any

from django.core.management.base import BaseCommand, CommandError

from federation.actions.catalogue import publish
from federation.catalogue.registry import JOBS
from federation.errors import CatalogueConflict


class Command(BaseCommand):
    help = "Publish every job that the code holds. Safe to repeat; refuses changed code."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in JOBS:
            try:
                published = publish(name)
            except CatalogueConflict as conflict:
                raise CommandError(str(conflict)) from conflict
            state = "published" if published.new else "there already"
            self.stdout.write(f"{published.job} {published.job.digest[:12]} {state}")
