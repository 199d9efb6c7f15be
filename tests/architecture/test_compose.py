"""docker-compose.yml against the repository: no engine runs here, so everything is looked up."""

import importlib.util
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from gunicorn.config import Config

from config import env
from tools.docker.make_secrets import make
from tools.stack.parts import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "tools" / "docker" / "Dockerfile").read_text(encoding="utf-8")

FOREIGN = {"postgres", "redis"}
OURS = sorted(set(SERVICES) - FOREIGN)

# Read by programs of others: the PostgreSQL image.
FOREIGN_NAMES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}


def words_of(service: str) -> list[str]:
    return [str(word) for word in SERVICES[service]["command"]]


def known_names() -> set[str]:
    """Return every variable that some part of the repository reads."""
    runpy.run_path(str(ROOT / "config" / "celery_flower.py"))
    aggregator = (ROOT / "federation" / "aggregator" / "settings.py").read_text(encoding="utf-8")
    return env.KNOWN | set(re.findall(r'"(KINHOLD_[A-Z_]+)"', aggregator)) | FOREIGN_NAMES


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {
        "postgres",
        "redis",
        "migrate",
        "web",
        "worker",
        "beat",
        "celery-flower",
        "superlink",
        "aggregator",
        "node",
    }


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_is_closed_in(service: str) -> None:
    told = SERVICES[service]

    assert told["user"] not in {"root", "0", "0:0"}
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_tells_how_it_is(service: str) -> None:
    check = SERVICES[service]["healthcheck"]

    if service == "migrate":
        assert check == {"disable": True}
        assert SERVICES[service]["restart"] == "no"
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert check["interval"]
        assert check["timeout"]


def test_only_web_has_a_port_and_only_for_the_proxy_of_this_machine() -> None:
    ports = {name: told["ports"] for name, told in SERVICES.items() if "ports" in told}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert "0.0.0.0:8000" in words_of("web")
    assert "EXPOSE 8000" in DOCKERFILE


def test_images_are_pinned_or_built_here() -> None:
    for service in FOREIGN:
        assert re.fullmatch(r"[a-z/]+:\d+(\.\d+)*", SERVICES[service]["image"])
    for service in OURS:
        build = SERVICES[service]["build"]
        assert (ROOT / build["dockerfile"]).is_file()
        assert f"AS {build['target']}\n" in DOCKERFILE


@pytest.mark.parametrize("service", OURS)
def test_commands_name_programs_that_exist(service: str) -> None:
    program, *rest = words_of(service)

    if program == "python" and rest[0] == "-m":
        assert importlib.util.find_spec(f"{rest[1]}.__main__"), rest[1]
    elif program == "python":
        assert (ROOT / rest[0]).is_file()
    else:
        assert Path(sys.executable).with_name(program).is_file()


def test_the_options_of_gunicorn_are_real() -> None:
    parsed = Config().parser().parse_args(words_of("web")[1:])

    assert parsed.args == ["config.wsgi"]
    assert importlib.util.find_spec("config.wsgi")


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_the_options_of_celery_are_real(service: str) -> None:
    program, option, module, command, *options = words_of(service)
    assert (program, option, module, command) == ("celery", "-A", "config.celery", service)

    help_text = _help([str(Path(sys.executable).with_name("celery")), command, "--help"])

    for name in _long_options(options):
        assert name in help_text


def test_celery_flower_is_behind_a_sign_in() -> None:
    words, environ = words_of("celery-flower"), SERVICES["celery-flower"]["environment"]

    assert words == ["celery", "-A", "config.celery", "flower", "--conf=config/celery_flower.py"]
    assert "basic_auth = " in (ROOT / "config" / "celery_flower.py").read_text(encoding="utf-8")
    assert environ["KINHOLD_CELERY_FLOWER_AUTH_FILE"] == "/run/secrets/celery_flower_auth"


@pytest.mark.stack
def test_the_options_of_superlink_are_real() -> None:
    program, *options = words_of("superlink")

    help_text = _help([str(Path(sys.executable).with_name(program)), "--help"])

    for name in _long_options(options):
        assert name in help_text


def _help(command: list[str]) -> str:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def _long_options(words: list[str]) -> Iterator[str]:
    return (word.partition("=")[0] for word in words if word.startswith("--"))


@pytest.mark.parametrize("service", OURS)
def test_variables_are_ones_that_somebody_reads(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINHOLD_CELERY_FLOWER_AUTH", "admin:word")

    assert set(SERVICES[service].get("environment", {})) <= known_names()


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_secrets_come_from_files_that_the_service_is_given(service: str) -> None:
    told = SERVICES[service]
    given = {f"/run/secrets/{name}" for name in told.get("secrets", [])}
    text = yaml.safe_dump([told.get("command"), told.get("environment"), told["healthcheck"]])
    used = set(re.findall(r"/run/secrets/[a-z_]+", text))

    assert used <= given
    for name, value in told.get("environment", {}).items():
        if name.endswith(("_KEY", "_PASSWORD", "_TOKEN", "_AUTH")) or "URL_FILE" in name:
            assert str(value).startswith("/run/secrets/"), name


def test_production_has_all_that_it_refuses_to_start_without() -> None:
    settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    required = re.search(r"env\.require\(\s*\[(.*?)\]", settings, re.S)
    assert required is not None

    for service in ("migrate", "web", "worker", "beat", "celery-flower"):
        environ = SERVICES[service]["environment"]
        assert environ["KINHOLD_ENV"] == "production"
        for name in re.findall(r'"([A-Z_]+)"', required.group(1)):
            assert name in environ or f"{name}_FILE" in environ, f"{service}: {name}"


def test_the_secrets_are_the_files_that_the_script_makes(tmp_path: Path) -> None:
    made = {path.name for path in make(tmp_path / "secrets")}

    named = {secret["file"].removeprefix("./secrets/") for secret in COMPOSE["secrets"].values()}
    used = {name for told in SERVICES.values() for name in told.get("secrets", [])}
    assert named == made
    assert used == set(COMPOSE["secrets"])
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_volumes_and_needs_exist(service: str) -> None:
    told = SERVICES[service]
    for volume in told.get("volumes", []):
        source = volume.partition(":")[0]
        assert source.startswith("./") or source in COMPOSE["volumes"]
    for other, condition in told.get("depends_on", {}).items():
        assert other in SERVICES
        ends = SERVICES[other]["healthcheck"].get("disable", False)
        wanted = "service_completed_successfully" if ends else "service_healthy"
        assert condition == {"condition": wanted}


def test_the_images_are_made_from_paths_that_exist() -> None:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY "):
            assert (ROOT / line.split()[1]).exists(), line
    assert DOCKERFILE.count("\nUSER 10001:10001\n") == DOCKERFILE.count("FROM base AS ")
