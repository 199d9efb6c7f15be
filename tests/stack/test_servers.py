"""The embedded servers, started for real."""

from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tools.stack import Stack


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


def test_both_servers_take_work_and_let_nobody_in_without_the_password(var: Path) -> None:
    with Stack(var, parts={"postgres", "valkey"}, durable=False) as stack:
        database, broker = stack.env["DATABASE_URL"], stack.env["REDIS_URL"]

        with psycopg.connect(database) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("kinhold",)
        assert redis.Redis.from_url(broker).ping()

        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(database, password="guess")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=urlsplit(broker).port).ping()
