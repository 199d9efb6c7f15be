"""Settings come from the environment: complete, right, or refused in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from tools import check_deploy
from tools.stack.parts import ROOT

REQUIRED = [
    "KINHOLD_SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "KINHOLD_ALLOWED_HOSTS",
    "KINHOLD_ORIGIN",
    "KINHOLD_CHECKPOINT_KEY_FILE",
    "KINHOLD_AGGREGATOR_TOKEN",
    "KINHOLD_SEALING_KEY",
]


def run_with(environ: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def load_with(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings as every process does, in a process of their own."""
    code = "from config.env import said_plainly\nwith said_plainly(): import config.settings"
    return run_with(environ, "-c", code)


@pytest.mark.parametrize("name", REQUIRED)
def test_production_does_not_start_without(name: str, tmp_path: Path) -> None:
    environ = check_deploy.production_env(tmp_path)
    del environ[name]

    answer = load_with(environ)

    assert answer.returncode == 2
    assert answer.stderr == (
        f"kinhold: KINHOLD_ENV is production, and these are not set: {name}.\n"
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"KINHOLD_ENV": "prod"},
            "KINHOLD_ENV must be one of development, production, not 'prod'.",
        ),
        ({"KINHOLD_ORIGIN": "http://kinhold.example"}, "KINHOLD_ORIGIN must start with https://"),
        ({"KINHOLD_SECRET_KEY": "short"}, "KINHOLD_SECRET_KEY must have at least 50 characters."),
        ({"KINHOLD_DEBUG": "yes"}, "KINHOLD_DEBUG must not be on in production."),
        (
            {"KINHOLD_PLACES": "CA, Canada"},
            "KINHOLD_PLACES must hold codes of two capital letters such as CA, not 'Canada'.",
        ),
        (
            {"KINHOLD_TIME_ZONE": "Moon/Base"},
            "KINHOLD_TIME_ZONE must be a time zone such as UTC, not 'Moon/Base'.",
        ),
        ({"KINHOLD_VISA_HOURS": "25"}, "KINHOLD_VISA_HOURS must be at most 24."),
        ({"KINHOLD_VISA_HOURS": "0"}, "KINHOLD_VISA_HOURS must be a whole number of at least 1"),
        ({"KINHOLD_DEBUG": "perhaps"}, "KINHOLD_DEBUG must be yes or no, not 'perhaps'."),
        ({"DATABASE_URL": "mysql://db/k"}, "DATABASE_URL must start with postgresql://."),
        ({"KINHOLD_PROXIES": "one"}, "KINHOLD_PROXIES must be a whole number of at least 0"),
        ({"KINHOLD_EMAIL_URL": "mail.example"}, "KINHOLD_EMAIL_URL must be smtp://"),
        ({"KINHOLD_LOG_LEVEL": "LOUD"}, "KINHOLD_LOG_LEVEL must be one of DEBUG,"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_wrong_value_is_one_sentence(
    change: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    answer = load_with({**check_deploy.production_env(tmp_path), **change})

    assert answer.returncode == 2
    assert answer.stderr.startswith(f"kinhold: {sentence}")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["-m", "celery", "-A", "config.celery", "report"]]
)
def test_the_commands_people_type_show_no_traceback(command: list[str]) -> None:
    answer = run_with({"KINHOLD_ENV": "production"}, *command)

    assert answer.returncode == 2
    assert answer.stderr.startswith("kinhold: KINHOLD_ENV is production, and these are not set: ")
    assert "Traceback" not in answer.stderr


def test_djangos_deployment_checks_find_nothing() -> None:
    answer = run_with({}, "-m", "tools.check_deploy")

    assert answer.returncode == 0, answer.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "word").write_text("held\n")
    monkeypatch.setenv("WORD_FILE", str(tmp_path / "word"))

    assert env.secret("WORD") == "held"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WORD", "also here", "WORD and WORD_FILE are both set"),
        ("WORD_FILE", "/no/such/file", "WORD_FILE cannot be read"),
        ("WORD_FILE", "/dev/null", "WORD_FILE names an empty file"),
    ],
)
def test_a_secret_that_is_not_clear_is_refused(
    name: str, value: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "word").write_text("held")
    monkeypatch.setenv("WORD_FILE", str(tmp_path / "word"))
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        env.secret("WORD")


def test_a_database_may_be_behind_a_socket() -> None:
    found = env.database("postgresql://kinhold:w%40rd@%2FVar%2Frun/data?sslmode=disable")

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "data",
        "USER": "kinhold",
        "PASSWORD": "w@rd",
        "HOST": "/Var/run",
        "PORT": "",
        "OPTIONS": {"sslmode": "disable"},
    }
