"""Make the files that docker-compose.yml takes its secrets from.

Usage: python -m tools.docker.make_secrets [FOLDER]     default: ./secrets

Every file is made once and kept; to change one, remove it and run this again. The files are
readable by all accounts, because containers run as accounts of their own: the *folder* is closed.
"""

import sys
from pathlib import Path

from tools.stack import files
from tools.stack.certificates import ensure_checkpoint_key, ensure_server_certificate

# Names under which SuperLink is reached: by the services beside it.
SUPERLINK_NAMES = ("superlink", "localhost")


def make(folder: Path) -> list[Path]:
    """Fill ``folder`` and return what is in it."""
    files.make_folder(folder)
    postgres = files.kept_secret(folder / "postgres_password")
    redis = files.kept_secret(folder / "redis_password")
    texts = {
        "database_url": f"postgresql://kinhold:{postgres}@postgres:5432/kinhold",
        "redis_url": f"redis://:{redis}@redis:6379/0",
    }
    for name, text in texts.items():
        files.write_private(folder / name, text.encode())
    for name in ("secret_key", "aggregator_token", "superexec"):
        files.kept_secret(folder / name, length=48)
    files.kept_secret(folder / "sealing_key", length=32)  # a key: the length is fixed
    files.kept_secret(folder / "celery_flower_auth", before="admin:")
    ensure_checkpoint_key(folder / "checkpoint_key")
    ensure_server_certificate(folder, SUPERLINK_NAMES)
    made = sorted(path for path in folder.iterdir() if path.is_file())
    for path in made:
        path.chmod(0o444)
    return made


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "secrets")
    for path in make(folder):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
