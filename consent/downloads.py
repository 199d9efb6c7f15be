"""A file of somebody's as an answer: saved by a browser, and never opened as a page of ours."""

from urllib.parse import quote

from django.http import HttpResponse

from consent.models import Attachment


def as_download(attachment: Attachment, content: bytes) -> HttpResponse:
    """The file as an answer that no browser opens as a page.

    Its type is the one that its content showed when it came in.
    """
    answer = HttpResponse(content, content_type=attachment.content_type)
    answer["Content-Disposition"] = f"attachment; {_file_name(attachment.file_name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    # The middleware leaves a policy alone that an answer brings along.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _file_name(name: str) -> str:
    """The name for the header, in plain letters and, where that differs, as it is (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f'filename="{plain}"' if plain == name else f'filename="{plain}"; {_extended(name)}'


def _extended(name: str) -> str:
    return f"filename*=UTF-8''{quote(name, safe='')}"
