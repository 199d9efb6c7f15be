"""At start-up: whom jobs run as, which walls hold them, and when that is not enough."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from federation.node.errors import NodeError
from federation.node.walls import confine, flower_job, holding, job_user, landlock, spaces
from federation.node.walls.folders import prepare_work, private_folder, remove, remove_left_over
from federation.node.walls.job_user import JobUser, nobodys
from federation.node.walls.names import WALLS, missing, sentences
from tests.federation.node.conftest import Made

ALL = dict.fromkeys(WALLS, True)
ROOT = os.geteuid() == 0


def test_a_node_says_of_every_wall_whether_it_holds(
    made: Made, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    prepare_work(made.home.work, job_user.job_user(made.home, made.config))

    user, held = holding.decide(made.home, made.config)

    said = [message for message in caplog.messages if message.partition(":")[0] in WALLS]
    assert said == sentences(held, as_root=ROOT)
    assert len(said) == len(WALLS)
    assert [": NOT HELD:" in text for text in said] == [not held[name] for name in WALLS]
    assert (user is not None) is held["own user"]
    assert ROOT or "the node was not started by root" in said[list(WALLS).index("own user")]


@pytest.mark.parametrize("wall", WALLS)
def test_unpacked_code_is_refused_where_one_wall_is_missing(made: Made, wall: str) -> None:
    held = ALL | {wall: False}
    pinned = replace(made.config, code_policy="pinned")

    assert missing(held, as_root=True) == [wall]
    assert missing(held, as_root=False) == ([] if wall == "own user" else [wall])
    with pytest.raises(NodeError, match=f"as to: {wall}. code_policy is pinned"):
        holding._require_enough(pinned, missing(held, as_root=True))
    holding._require_enough(made.config, [wall])
    holding._require_enough(replace(pinned, allow_unconfined=True), [wall])


def test_pinned_code_for_one_dataset_alone_asks_for_all_walls_too(made: Made) -> None:
    (dataset,) = made.config.datasets.values()
    pinned = {dataset.id: replace(dataset, code_policy="pinned")}

    with pytest.raises(NodeError, match="allow_unconfined"):
        holding._require_enough(replace(made.config, datasets=pinned), ["files"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("root", "job_user is root"), ("nobody-of-this-name", "has no user 'nobody-of-this-name'")],
)
def test_a_user_for_jobs_must_be_one_that_can_be_taken(
    made: Made, name: str, sentence: str
) -> None:
    if not ROOT:
        sentence = "only a node that runs as root can change users"

    with pytest.raises(NodeError, match=sentence):
        job_user.job_user(made.home, replace(made.config, job_user=name))


def test_the_number_for_jobs_is_nobodys_and_stays_the_same(tmp_path: Path) -> None:
    first, again, other = nobodys(tmp_path), nobodys(tmp_path), nobodys(tmp_path / "other")

    assert first == again != other
    assert first.uid == first.gid
    assert job_user._known(0)
    assert not job_user._known(first.uid)


@pytest.mark.parametrize(
    ("uid_map", "first"),
    [
        ("         0          0 4294967295\n", 1_900_000_000),
        ("0 100000 65536\n", 63_000),
        ("0 1000 1\n1 100000 65536\n", 63_000),
    ],
)
def test_a_container_with_few_numbers_gets_one_of_those(uid_map: str, first: int) -> None:
    start, many = job_user._range(uid_map)

    assert start == first
    assert many >= 1000


def test_a_container_with_one_number_has_none_for_jobs() -> None:
    with pytest.raises(NodeError, match="no user numbers for jobs"):
        job_user._range("0 1000 1\n")


def test_folders_that_jobs_may_write_to_must_be_theirs(made: Made, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    config, user = replace(made.config, job_folders=(shared,)), nobodys(tmp_path)

    with pytest.raises(NodeError, match=f"chown {user.uid} {shared}"):
        holding._require_writable(config, user)
    shared.chmod(0o777)
    holding._require_writable(config, user)
    with pytest.raises(NodeError, match="cannot write"):
        holding._require_writable(replace(config, job_folders=(tmp_path / "no",)), user)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that only its owner may go through, with a folder in it that others may read."""
    closed = tmp_path / "closed"
    (closed / "code").mkdir(parents=True)
    (closed / "code" / "app.py").write_text("")
    (closed / "secret").write_text("x")
    closed.chmod(0o700)
    yield closed
    assert (closed / "secret").read_text() == "x"  # nobody else sees anything of this


@pytest.mark.skipif(not ROOT, reason="only root can change users")
@pytest.mark.parametrize("inside", [True, False])
def test_a_way_is_opened_to_code_that_lies_in_a_closed_folder_and_to_nothing_else(
    closed: Path, inside: bool
) -> None:
    user = nobodys(closed)
    child = os.fork()
    if child == 0:
        try:
            if inside:
                spaces.open_way([closed / "code"], user)
            os.setresuid(user.uid, user.uid, user.uid)
            reached = os.access(closed / "code" / "app.py", os.R_OK)
            os._exit(reached + 2 * (closed / "secret").exists() if reached else 0)
        finally:
            os._exit(9)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == (1 if inside else 0)


@pytest.mark.skipif(not ROOT, reason="only root can become an ordinary user")
def test_a_node_that_is_an_ordinary_user_has_every_wall_but_the_user() -> None:
    """What the kernel of this machine lets an ordinary user have, asked as one."""
    user = JobUser(33, 33)
    child = os.fork()
    if child == 0:
        try:
            spaces.open_way([*landlock.python_folders(), *flower_job.code_folders()], user)
            os.setgroups([])
            os.setresgid(user.gid, user.gid, user.gid)
            os.setresuid(user.uid, user.uid, user.uid)
            confine._LIBC.prctl(4, 1, 0, 0, 0)  # as after an exec: it may look at itself
            gone = missing(confine.what_holds(None, flower_job.code_folders()), as_root=True)
            expected = {"own user"} if Path("/proc/self/ns/user").exists() else set(WALLS)
            os._exit(0 if set(gone) <= expected and "own user" in gone else 1)
        finally:
            os._exit(9)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0


def test_a_folder_is_removed_however_a_job_left_it(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        (folder / "closed" / "inner").mkdir(parents=True)
        (folder / "closed" / "inner" / "file").write_text("x")
        (folder / "out").symlink_to(tmp_path)
        (folder / "closed" / "inner").chmod(0)
        (folder / "closed").chmod(0)

    assert list(tmp_path.iterdir()) == []


def test_nesting_deeper_than_calls_can_go_is_removed_too(tmp_path: Path) -> None:
    (tmp_path / "job-1").mkdir()
    here = os.open(tmp_path / "job-1", os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (tmp_path / "kept").mkdir()

    remove_left_over(tmp_path)
    remove(tmp_path / "never was")

    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
