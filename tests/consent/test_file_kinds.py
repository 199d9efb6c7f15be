"""What a file is, by its content; what is refused, and the name it is shown under."""

import io
from contextlib import nullcontext
from time import process_time

import pytest
import weasyprint
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from consent.file_kinds import FileRefused, checked, shown_name
from consent.pdf_check import MOST_INFLATED, what_is_wrong
from tests.consent.files import HTML, JPEG, PDF, TAKEN, TEXT, object_stream, pdf, png
from tests.governance.sounds import MP3


@pytest.mark.parametrize(("name", "content", "shown", "served"), TAKEN)
def test_a_file_is_taken_for_what_it_is(name, content, shown, served):
    kind = checked(content, name)

    assert kind.content_type == served
    assert shown_name(name, kind) == shown


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.pdf", HTML, "none of those"),
        ("letter", HTML, "none of those"),
        ("letter.html", HTML, "end in .html"),
        ("letter.svg", b"<svg onload='go()'/>", "end in .svg"),
        ("letter.txt", b"\n <svg onload='go()'/>", "none of those"),
        ("letter.pdf", TEXT, "something else"),
        ("letter.txt", PDF, "something else"),
        ("letter.png", JPEG, "something else"),
        ("letter.pdf.exe", PDF, "end in .exe"),
        ("letter.exe ", PDF, "end in .exe"),
        ("letter.docx", b"PK\x03\x04" + bytes(40), "end in .docx"),
        ("letter", b"PK\x03\x04" + bytes(40), "none of those"),
        ("letter", b"MZ" + bytes(90), "none of those"),
        ("letter.txt", b"bell \x07", "none of those"),
        ("letter.txt", b"\xff\xfe\x00", "none of those"),
        ("cut.png", png()[:-4], "none of those"),
        ("cut.jpg", JPEG[:-2], "none of those"),
        ("cut.pdf", PDF[:-8], "end is missing"),
        ("letter.pdf", b"%PDF-hello %%EOF", "begins like a PDF"),
        ("empty.pdf", b"", "is empty"),
    ],
)
def test_what_pretends_is_refused_with_a_sentence(name, content, why):
    with pytest.raises(FileRefused, match=why):
        checked(content, name)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\evil.pdf", "evil.pdf"),
        ("/etc/cron.d/evil.pdf", "evil.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a-Set-Cookie- x-1.pdf"),
        ('a";filename="b.pdf', "a-filename-b.pdf"),
        ("a.tar.pdf", "a-tar.pdf"),
        ("\u202efdp.exe.pdf", "fdp-exe.pdf"),
        ("<script>.pdf", "script.pdf"),
        (".pdf", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("Überblick 2.pdf", "Überblick 2.pdf"),
    ],
)
def test_a_name_is_cleaned_before_it_is_shown(sent, shown):
    assert shown_name(sent, checked(PDF, "a.pdf")) == shown


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"<< /S /JavaScript /JS (app.alert(1)) >>", "scripts"),
        (b"<< /S /J#61vaScript /JS (app.alert(1)) >>", "scripts"),
        (b"<</S/JavaScript>>", "scripts"),
        (b"<< /S /Rendition /JS (x) >>", "scripts"),
        (b"<< /S /Launch /F (cmd.exe) >>", "program"),
        (b"<< /Type /EmbeddedFile >>", "other files"),
        (b"<< /Names << /EmbeddedFiles 9 0 R >> >>", "other files"),
        (b"<< /AcroForm << /XFA 9 0 R >> >>", "form"),
        (b"<< /S /SubmitForm /F (https://evil.example) >>", "form"),
        (b"<< /Subtype /RichMedia >>", "pictures"),
    ],
)
def test_a_pdf_that_does_more_than_show_pages_is_refused(body, word):
    assert word in what_is_wrong(pdf(body))
    assert word in what_is_wrong(pdf(object_stream(body)))
    # A reader that is lenient about the type would find it there too.
    assert word in what_is_wrong(pdf(object_stream(body, keys=b"/N 1 /First 4")))


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<< /Filter /Standard >>", extra=b"<< /Encrypt 4 0 R >>\n"),
        pdf(b"<< /Type /ObjStm /N 1 /First 4 /Filter /LZWDecode >>\nstream\n\x80\x0b\nendstream"),
        pdf(object_stream(b"<<>>", keys=b"/Type /ObjStm /DecodeParms << /Predictor 12 >>")),
        pdf(object_stream(bytes(MOST_INFLATED + 10))),
        pdf(b"<< >>\n" + b"stream\nx\nendstream\n" * 5001),
    ],
    ids=["locked", "another filter", "predicted", "a bomb", "thousands of streams"],
)
def test_a_pdf_that_cannot_be_looked_into_is_refused(content):
    assert "cannot be looked into" in what_is_wrong(content)


def streams_inside_each_other() -> bytes:
    """Thousands of streams, each of which goes on through all that come after it, and breaks off.

    Blocks of deflate that are stored as they are, so long that each ends where a block begins.
    """
    each = 1000
    stored = (60 * each - 5).to_bytes(2, "little")
    one = b"stream\n\x78\x01\x00" + stored + bytes(255 - byte for byte in stored) + b"1 0 "
    return pdf(b"<< >>\n" + one.ljust(each, b"a") * 4900)


@pytest.mark.parametrize(
    "content",
    [pdf(b"<< /" + b"#41" * 60 + b"\x80 >>"), streams_inside_each_other()],
    ids=["a name that reads in many ways", "streams inside each other"],
)
def test_no_pdf_keeps_a_worker_busy(content):
    begun = process_time()

    with pytest.raises(FileRefused) if len(content) > 10_000 else nullcontext():
        checked(content, "letter.pdf")

    assert process_time() - begun < 3


def test_a_pdf_of_a_common_maker_is_taken_though_its_text_speaks_of_launches():
    made = weasyprint.HTML(string="<p>/Launch and /JavaScript</p>").write_pdf()

    assert what_is_wrong(made) == ""


@pytest.mark.parametrize("what", ["script", "attachment", "password"])
def test_what_another_program_puts_into_a_pdf_is_found(what):
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(99, 99)
    if what == "attachment":
        writer.add_attachment("a.txt", b"x")
    elif what == "password":
        writer.encrypt("word")
    else:
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject("app.alert(1)"),
            }
        )
    writer.write(made)

    assert what_is_wrong(made.getvalue())


def test_names_by_chance_inside_a_picture_or_a_sound_do_no_harm():
    picture = b"<< /Subtype /Image >>\nstream\n" + MP3 * 40 + b"\nendstream"

    assert what_is_wrong(pdf(picture)) == ""
