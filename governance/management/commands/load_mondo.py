import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.errors import GovernanceError
from governance.vocabulary import mondo, obo


class Command(BaseCommand):
    help = (
        "Take all names of diseases from a release of Mondo: mondo.obo or mondo.json. "
        "Programs that are running see them after a restart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["file"]
        target: Path = settings.KINHOLD_MONDO_FILE
        fresh = target.with_suffix(".new")
        try:
            table = obo.compact(source.read_text(encoding="utf-8"))
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
            # Read it back before it counts: a broken file must not stop the next start.
            vocabulary = mondo.load(fresh)
            fresh.replace(target)
        except (GovernanceError, OSError, UnicodeDecodeError) as refusal:
            raise CommandError(f"{source}: {refusal}") from refusal
        mondo.use(target)
        self.stdout.write(f"{len(vocabulary.terms)} terms of release {vocabulary.release}.")
