"""The embedded servers, started for real, wherever the folder is."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tools.stack import Stack, StackError
from tools.stack.account import server_account
from tools.stack.cluster import home_of, plan, short_socket_folder


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


def test_a_name_too_long_for_a_socket_gets_a_short_one(var: Path) -> None:
    deep = var.joinpath(*["a-folder-with-quite-a-long-name"] * 4)
    for folder in (var, *[deep, *deep.parents][:4]):
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)

    with Stack(deep, parts={"postgres"}, durable=False) as stack:
        with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert short_socket_folder(deep.resolve() / "postgres").is_dir()

    assert not short_socket_folder(deep.resolve() / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
def test_below_a_closed_folder_the_data_lives_elsewhere_and_goes_with_its_folder(
    var: Path,
) -> None:
    var.parent.chmod(0o700)
    home = home_of(var.resolve(), server_account())
    assert not home.is_relative_to(var)

    with Stack(var, parts={"postgres"}, durable=False) as stack:
        with psycopg.connect(stack.env["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert home.is_dir()
        assert var.parent.stat().st_mode & 0o777 == 0o700

    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_somebody_else_put_in_the_way_is_not_used(var: Path) -> None:
    var.parent.chmod(0o700)
    home = home_of(var.resolve(), server_account())
    home.mkdir()
    os.chown(home, server_account().uid, -1)
    try:
        with pytest.raises(StackError, match=f"{home} belongs to somebody else"):
            plan(var)
    finally:
        home.rmdir()
