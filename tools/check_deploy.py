"""Run Django's deployment checks on the production settings, with secrets that are thrown away.

Usage: python -m tools.check_deploy     exit code of ``manage.py check --deploy``.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.stack.certificates import ensure_checkpoint_key
from tools.stack.parts import ROOT


def production_env(folder: Path) -> dict[str, str]:
    """Return an environment in which the production settings load; makes a key in ``folder``."""
    ensure_checkpoint_key(folder / "checkpoint.pem")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "KINHOLD_ENV": "production",
        "KINHOLD_SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "postgresql://kinhold@127.0.0.1:5432/kinhold",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "KINHOLD_ALLOWED_HOSTS": "kinhold.example",
        "KINHOLD_ORIGIN": "https://kinhold.example",
        "KINHOLD_CHECKPOINT_KEY_FILE": str(folder / "checkpoint.pem"),
        "KINHOLD_AGGREGATOR_TOKEN": secrets.token_urlsafe(48),
        "KINHOLD_SEALING_KEY": secrets.token_urlsafe(32),
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        return subprocess.run(
            command, cwd=ROOT, env=production_env(Path(folder)), check=False, timeout=60
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
