"""What every test stands on: real servers, the settings, and a clean cache.

Fixtures that tell a story (people, communities, a clock) are in the conftest of their folder.
"""

import os

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.embedded import ensure_servers, stop_servers


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before anything reads the settings, which need their addresses."""
    if not (config.option.collectonly or config.option.help):
        if settings.configured and "DATABASE_URL" not in os.environ:
            pytest.exit("Unset DJANGO_SETTINGS_MODULE, or set DATABASE_URL and REDIS_URL too.", 3)
        ensure_servers()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Naming one setting loads all of them; pytest-django, which comes next, then sets up Django.
    _ = settings.DATABASES
    # A worker of pytest-xdist inherits that name, so its settings were read before its own Valkey
    # database was chosen: tests at once would empty each other's cache and queues.
    if "REDIS_URL" in os.environ:
        settings.REDIS_URL = settings.CACHES["default"]["LOCATION"] = os.environ["REDIS_URL"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Bring in the people of the tests; only now, because their file reads the models."""
    session.config.pluginmanager.import_plugin("tests.cast")


def pytest_unconfigure() -> None:
    stop_servers()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hash passwords at once: the real hasher is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Forget rate limits and locks of the test before; only tests with a database have any."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        cache.clear()
