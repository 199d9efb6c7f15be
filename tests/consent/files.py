"""The smallest files of each kind, made here byte by byte, and files that pretend."""

import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from consent.actions import attachments
from consent.models import Attachment, TrainingRequest
from consent.rules import AttachmentKind
from governance.models import User
from tests.governance.sounds import M4A, MP3, OGG, WAV


def pdf(*objects: bytes, extra: bytes = b"") -> bytes:
    """A PDF of one empty page. ``objects`` are further bodies of objects; ``extra`` stands last."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
        *objects,
    ]
    whole, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    ends = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(whole))
    return whole + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + extra + ends


def object_stream(inside: bytes, keys: bytes = b"/Type /ObjStm /N 1 /First 4") -> bytes:
    """The body of an object in which another object lies compressed."""
    packed = zlib.compress(b"9 0 " + inside)
    head = b"<< %s /Filter /FlateDecode /Length %d >>" % (keys, len(packed))
    return head + b"\nstream\n" + packed + b"\nendstream"


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x00")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


PDF = pdf()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
TEXT = b"A plan of the work.\nIt takes a year.\n"
HTML = b"<!doctype html><script>alert(1)</script>"

# Name as sent, content, name as shown, type as served.
TAKEN = [
    ("plan.pdf", PDF, "plan.pdf", "application/pdf"),
    ("Plan Of Work.PDF", PDF, "Plan Of Work.pdf", "application/pdf"),
    ("picture.png", png(), "picture.png", "image/png"),
    ("photo.jpeg", JPEG, "photo.jpg", "image/jpeg"),
    ("plan.txt", TEXT, "plan.txt", "text/plain; charset=utf-8"),
    ("no ending", TEXT, "no ending.txt", "text/plain; charset=utf-8"),
    ("talk.ogg", OGG, "talk.ogg", "audio/ogg"),
    ("talk.mp3", MP3, "talk.mp3", "audio/mpeg"),
    ("talk.m4a", M4A, "talk.m4a", "audio/mp4"),
    ("talk.wav", WAV, "talk.wav", "audio/wav"),
]


def upload(name: str = "plan.pdf", content: bytes = PDF, **about: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, **about)


def attach(request: TrainingRequest, user: User, **changes: Any) -> Attachment:
    """A file with a request that is being written."""
    wanted = {"kind": AttachmentKind.PLAN, "title": "Our plan", "upload": upload()} | changes
    return attachments.add(request.pk, actor=user, **wanted)
