"""Sending a recording: as sound and as nothing else, whole or the piece that a player asks for."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase

from governance.uploads import part_of


def send_sound(
    request: HttpRequest, audio: FieldFile, content_type: str, *, name: str
) -> HttpResponseBase:
    """Send a stored recording. Who may hear it was asked before.

    Args:
        name: under which a browser saves it, without its ending: nothing of the stored name.
    Raises:
        Http404: there is no recording, or it was lost with a disk.
    """
    try:
        file = audio.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    size = audio.size
    headers = {
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if (part := part_of(file, size, request.headers.get("Range", ""))) is not None:
        file.close()
        content, first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        return HttpResponse(content, content_type, 206, headers=headers)
    filename = f"{name}.{content_type.rpartition('/')[2]}"
    return FileResponse(file, content_type=content_type, filename=filename, headers=headers)
