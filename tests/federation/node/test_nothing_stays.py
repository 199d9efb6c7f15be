"""What is left at the node of a job that ended: its receipt, and nothing it worked with (R-61)."""

import struct

from tests.federation.node.guarded import Guarded, rows


def _kept(node: Guarded) -> bytes:
    """Everything in the node's folder but the community's own data."""
    files = [path for path in node.made.home.folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    return b"\n".join(path.read_bytes() for path in files if path.name != "data.csv")


def test_no_value_of_a_person_and_no_number_of_the_reply_stays(node: Guarded) -> None:
    receipt = node.ask(node.grant())

    kept = _kept(node)

    assert receipt["outcome"] == "trained"
    assert receipt["reply_digest"].encode() in kept  # so that the log would be searched, too
    assert node.wire.sent[0] not in kept
    sums = node.wire.records[0]["sums"]
    numbers = [float(n) for name in ("means", "scatter") for n in sums[name]]
    for number in numbers:
        assert repr(number).encode() not in kept
        assert struct.pack("<d", number) not in kept
        assert struct.pack(">d", number) not in kept
    for row in rows(120):
        person, age, _, bmi, _ = row.split(",")
        for word in (person, age, bmi):
            assert word.encode() not in kept
        for value in (float(age), float(bmi)):
            assert struct.pack("<d", value) not in kept


def test_no_folder_no_begun_message_and_no_readable_print_stays(node: Guarded) -> None:
    node.ask(node.grant())

    home = node.made.home
    assert list(home.work.iterdir()) == []
    assert node.made.state.db.execute("SELECT COUNT(*) FROM begun").fetchone() == (0,)
    assert (home.log / "job.log").stat().st_mode & 0o077 == 0


def test_what_cannot_be_removed_is_told_before_the_receipt(node: Guarded) -> None:
    (node.made.home.work / "job-stubborn").mkdir()

    node.ask(node.grant())

    assert node.made.state.events()[-1][1] == (
        "What a job left behind could not be removed; the next start will."
    )
