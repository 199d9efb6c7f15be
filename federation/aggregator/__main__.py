"""``python -m federation.aggregator``: runs the server side of approved runs.

Stands on SuperLink's host in the place of ``flower-superexec``; SuperLink is started with
``--isolation process``. Exit status 2 means a wrong or missing setting.
"""

import argparse
import json
import logging
import os
import sys
import time

from federation.aggregator.settings import Settings, SettingsError, read_settings

_FRESH_S = 15.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m federation.aggregator", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="exit 0 when a running aggregator reached SuperLink in the last seconds, else 1",
    )
    arguments = parser.parse_args()
    try:
        settings = read_settings()
    except SettingsError as error:
        sys.stderr.write(f"aggregator: {error}\n")
        return 2
    if arguments.check:
        return 0 if _fresh(settings) else 1
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")
    os.environ.setdefault("FLWR_DISABLE_UPDATE_CHECK", "1")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Flower is imported only here, after the environment is set and --help is answered.
    from federation.aggregator.loop import Aggregator

    Aggregator(settings).run()
    return 0


def _fresh(settings: Settings) -> bool:
    try:
        seen = json.loads((settings.home / "ready").read_text())
    except (OSError, ValueError):
        return False
    return time.time() - float(seen["at"]) < _FRESH_S


if __name__ == "__main__":
    sys.exit(main())
