"""What the aggregator reads from its environment; every secret comes from a file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(ValueError):
    """A variable is missing or wrong; the text names it in plain words."""


@dataclass(frozen=True)
class Settings:
    """Where the aggregator works and with what.

    Attributes:
        runtime_address: host:port of SuperLink (its Runtime API).
        superlink_ca: certificate that signed SuperLink's.
        superexec_secret: shared with SuperLink (``--superexec-auth-secret-file``).
        platform: base URL of the platform's web process.
        home: private folder: ``ready`` (heartbeat), ``outbox/``, ``work/``.
        poll_s: seconds between two looks for a new run.
    """

    runtime_address: str
    superlink_ca: bytes
    superexec_secret: bytes
    platform: str
    token: str
    home: Path
    poll_s: float


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the environment.

    Raises:
        SettingsError: naming the first variable that is missing or cannot be used.
    """
    home = Path(_text(env, "KINHOLD_AGGREGATOR_HOME"))
    return Settings(
        runtime_address=_text(env, "KINHOLD_RUNTIME_ADDRESS"),
        superlink_ca=_file(env, "KINHOLD_SUPERLINK_CA_FILE"),
        # The exact bytes, as SuperLink reads them: no strip.
        superexec_secret=_file(env, "KINHOLD_SUPEREXEC_SECRET_FILE"),
        platform=_text(env, "KINHOLD_PLATFORM_URL").rstrip("/"),
        token=_token(env),
        home=home,
        poll_s=_seconds(env, "KINHOLD_AGGREGATOR_POLL_S", "0.2"),
    )


def _text(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def _file(env: Mapping[str, str], name: str) -> bytes:
    path = Path(_text(env, name))
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{name}: cannot read {path}: {error.strerror}") from None


def _token(env: Mapping[str, str]) -> str:
    if env.get("KINHOLD_AGGREGATOR_TOKEN", "").strip():
        return env["KINHOLD_AGGREGATOR_TOKEN"].strip()
    return _file(env, "KINHOLD_AGGREGATOR_TOKEN_FILE").decode("ascii", "replace").strip()


def _seconds(env: Mapping[str, str], name: str, default: str) -> float:
    text = env.get(name, default)
    try:
        seconds = float(text)
    except ValueError:
        raise SettingsError(f"{name} must be a number of seconds, got {text!r}") from None
    if not 0.01 <= seconds <= 60:
        raise SettingsError(f"{name} must be 0.01 to 60 seconds, got {text}")
    return seconds
