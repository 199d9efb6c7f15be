"""Sound files are known by their content, kept in private, and never taken in without bound."""

import stat
import struct
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import RequestFactory
from pytest_django import Settings

from governance import uploads
from governance.uploads import MAX_UPLOAD_BYTES, Audio, audio_of, part_of
from tests.governance.sounds import M4A, MP3, OGG, WAV

FILM = M4A + struct.pack(">I4s", 33, b"hdlr") + bytes(8) + b"vide" + bytes(13)
THEORA = b"OggS\x00\x02" + bytes(22) + b"\x80theora"
AAC = b"\xff\xf1\x50\x80" + bytes(60)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (MP3, Audio("audio/mpeg", ".mp3")),
        (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + MP3, Audio("audio/mpeg", ".mp3")),
        (OGG, Audio("audio/ogg", ".ogg")),
        (M4A, Audio("audio/mp4", ".m4a")),
        (WAV, Audio("audio/wav", ".wav")),
    ],
    ids=["mp3", "mp3 with a tag", "ogg", "m4a", "wav"],
)
def test_sound_is_known_by_its_content(content: bytes, kind: Audio) -> None:
    assert audio_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"<html><script>alert(1)</script>",
        b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + b"<script>alert(1)</script>",
        b"ID3",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\xff\xd8\xff\xe0" + bytes(40),
        FILM,
        THEORA,
        AAC,
        M4A.replace(b"soun", b"text"),
    ],
    ids=[
        "nothing",
        "four bytes",
        "a page",
        "a page behind a tag",
        "a tag alone",
        "a picture",
        "another picture",
        "a photo",
        "a film",
        "a film in OGG",
        "bare AAC",
        "no sound track",
    ],
)
def test_what_is_not_sound_is_refused(content: bytes) -> None:
    assert audio_of(content) is None


def test_a_file_is_kept_for_us_alone_under_a_name_nobody_guesses(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"

    with uploads.kept(MP3, "labels", ".mp3") as name:
        pass

    path = settings.MEDIA_ROOT / name
    assert path.read_bytes() == MP3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(path.stem) == 32
    with uploads.kept(MP3, "labels", ".mp3") as other:
        assert other != name


def test_a_file_goes_with_the_act_that_failed(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"

    with pytest.raises(KeyError), uploads.kept(MP3, "labels", ".mp3") as name:
        raise KeyError

    assert not default_storage.exists(name)


@pytest.mark.parametrize("size", [10, MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES + 1, 12_000_000])
def test_the_size_of_an_upload_is_told_but_only_so_much_is_kept(size: int) -> None:
    request = RequestFactory().post("/", {"file": BytesIO(b"x" * size)})

    (file,) = request.FILES.values()

    assert file.size == size
    kept = len(file.read())
    assert kept == size if size <= MAX_UPLOAD_BYTES else kept <= MAX_UPLOAD_BYTES + 65_536


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ("bytes=0-3", (b"0123", 0, 3)),
        ("bytes=4-", (b"456789", 4, 9)),
        ("bytes=-2", (b"89", 8, 9)),
        ("bytes=-20", (b"0123456789", 0, 9)),
        ("bytes=8-99", (b"89", 8, 9)),
        ("bytes=10-", None),
        ("bytes=5-4", None),
        ("bytes=-0", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("", None),
    ],
)
def test_a_piece_of_a_file_is_read_as_asked_or_not_at_all(
    asked: str, got: tuple[bytes, int, int] | None
) -> None:
    assert part_of(BytesIO(b"0123456789"), 10, asked) == got
