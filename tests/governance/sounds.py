"""The smallest files that are sound: silence, made here byte by byte."""

import struct

MP3 = b"\xff\xfb\x90\x00" + bytes(413)  # one frame, MPEG 1 layer III, 128 kbit/s, 44.1 kHz
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead\x01\x01" + bytes(10)
M4A = (
    struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0)
    + struct.pack(">I4s", 33, b"hdlr")
    + bytes(8)
    + b"soun"
    + bytes(13)
)
WAV = (
    struct.pack("<4sI4s", b"RIFF", 38, b"WAVE")
    + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    + struct.pack("<4sI2s", b"data", 2, b"\x80\x80")
)
