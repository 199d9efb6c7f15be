#!/usr/bin/env python
"""Django's command line for Kinhold."""

import os
import sys

from config.env import said_plainly


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # What `python -m tools.stack up` or `... db` left for commands run by hand beside it.
    os.environ.setdefault("KINHOLD_ENV_FILE", "var/env")
    with said_plainly():
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
