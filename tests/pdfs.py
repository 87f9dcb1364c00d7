"""Sentences of a synthetic report -> the PDFs in which laboratories send them, sound and damaged.

Made when a test runs, with fixed dates; no binary file is kept.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.builders import Resource

MADE = datetime(2026, 11, 1, tzinfo=UTC)
BOMB = 400_000_000  # bytes that a content stream of a few hundred kB unpacks to
_LINE = 6  # millimetres


def form(pdf: bytes, kind: str = "application/pdf", **more: object) -> Resource:
    """An Attachment that holds this PDF."""
    data = base64.b64encode(pdf).decode()
    return {"contentType": kind, "data": data, **more} if kind else {"data": data, **more}


def announced(pdf: bytes) -> Resource:
    """With its size and hash."""
    digest = hashlib.sha1(pdf, usedforsecurity=False).digest()
    return form(pdf, size=len(pdf), hash=base64.b64encode(digest).decode())


def _blank() -> FPDF:
    pdf = FPDF()
    pdf.set_creation_date(MADE)
    pdf.set_font("Helvetica", size=11)
    pdf.add_page()
    return pdf


def written(*lines: str, pages: int = 1) -> bytes:
    """One column, a line each; the same on every page."""
    pdf = _blank()
    for number in range(pages):
        if number:
            pdf.add_page()
        for line in lines:
            pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT", h=_LINE)
    return bytes(pdf.output())


def columns(left: Sequence[str], right: Sequence[str], *, row_by_row: bool = False) -> bytes:
    """Two columns of prose, written one after the other or line by line."""
    pdf = _blank()
    spots = [(x, i, t) for x, side in ((10, left), (110, right)) for i, t in enumerate(side)]
    if row_by_row:
        spots.sort(key=lambda spot: (spot[1], spot[0]))
    for x, row, line in spots:
        pdf.set_xy(x, 20 + row * _LINE)
        pdf.cell(text=line, h=_LINE)
    return bytes(pdf.output())


def table(*rows: Sequence[str]) -> bytes:
    """A table with ruled lines; long cells are wrapped."""
    pdf = _blank()
    with pdf.table() as ruled:
        for row in rows:
            cells = ruled.row()
            for cell in row:
                cells.cell(cell)
    return bytes(pdf.output())


def tabbed(*rows: Sequence[str], column_by_column: bool = False) -> bytes:
    """A table without lines, its cells at tab stops."""
    pdf = _blank()
    spots = [(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    if column_by_column:
        spots.sort(key=lambda spot: (spot[1], spot[0]))
    for row, column, cell in spots:
        pdf.set_xy(10 + 60 * column, 20 + row * _LINE)
        pdf.cell(text=cell, h=_LINE)
    return bytes(pdf.output())


def scanned(*, pages: int = 1, said: str = "") -> bytes:
    """Pictures of pages and nothing to read on them; a first page with text where it is given."""
    writer = PdfWriter(clone_from=io.BytesIO(written(said))) if said else PdfWriter()
    picture = PdfReader(io.BytesIO(_picture()))
    for _ in range(pages):
        writer.add_page(picture.pages[0])
    return _saved(writer)


def _picture() -> bytes:
    """A page that is one grey picture."""
    image = zlib.compress(bytes(100 * 140))
    return raw(
        _stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
        b"<< /XObject << /I 5 0 R >> >>",
        _stream(
            image,
            b"/Type /XObject /Subtype /Image /Width 100 /Height 140 /BitsPerComponent 8"
            b" /ColorSpace /DeviceGray /Filter /FlateDecode",
        ),
    )


def rotated(*lines: str, angle: int = 90) -> bytes:
    """A page that is shown turned, as landscape tables are."""
    writer = PdfWriter(clone_from=io.BytesIO(written(*lines)))
    writer.pages[0].rotate(angle)
    return _saved(writer)


def sideways(*lines: str) -> bytes:
    """Text that runs up the page."""
    pdf = _blank()
    with pdf.rotation(90, x=40, y=200):
        for row, line in enumerate(lines):
            pdf.text(40, 200 + row * _LINE, line)
    return bytes(pdf.output())


def encrypted(*lines: str, password: str = "secret", how: str = "RC4-128") -> bytes:
    """Needs this password to be opened; '' opens for all, but may not be copied from."""
    writer = PdfWriter(clone_from=io.BytesIO(written(*lines)))
    writer.encrypt(password, owner_password="owner", algorithm=how)
    return _saved(writer)


def packed(*lines: str) -> bytes:
    """Objects in compressed object streams, as current producers write them."""
    writer = PdfWriter(clone_from=io.BytesIO(written(*lines)))
    writer.compress_identical_objects()
    for page in writer.pages:
        page.compress_content_streams()
    return _saved(writer)


def with_extras(*lines: str, hidden: str = "") -> bytes:
    """A script and an enclosed file beside the text."""
    writer = PdfWriter(clone_from=io.BytesIO(written(*lines)))
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject(hidden),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("notes.txt", hidden.encode())
    return _saved(writer)


def ligatures(text: str) -> bytes:
    """'fi' as one glyph without a map to letters, as TeX and InDesign leave it."""
    said = text.encode().replace(b"fi", b"\x01").replace(b"fl", b"\x02")
    font = (
        b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding"
        b" << /Type /Encoding /Differences [1 /fi /fl] >> >> >> >>"
    )
    return raw(_stream(b"BT /F 11 Tf 50 700 Td (" + said + b") Tj ET"), font)


def no_letters(text: str) -> bytes:
    """Glyphs by number in a font without a map to letters: seen by the eye, not by a program."""
    font = (
        b"<< /Font << /F << /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H"
        b" /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >> >> >>"
    )
    glyphs = "".join(f"{ord(letter) - 29:04x}" for letter in text)
    return raw(_stream(b"BT /F 11 Tf 50 700 Td <" + glyphs.encode() + b"> Tj ET"), font)


def bomb() -> bytes:
    """A content stream that unpacks to BOMB bytes."""
    packer = zlib.compressobj(9)
    block = b"0 0 m " * 1_000_000
    parts = [packer.compress(block) for _ in range(BOMB // len(block))]
    return raw(_stream(b"".join([*parts, packer.flush()]), b"/Filter /FlateDecode"))


def forms_within_forms(depth: int = 40) -> bytes:
    """Each form draws the next one twice: 2 to the power of depth texts."""
    last = _stream(b"BT /F 11 Tf 50 700 Td (NTRK1) Tj ET", _FORM + b" /Resources " + _HELVETICA)
    inner = [
        _stream(b"/X Do /X Do", _FORM + b" /Resources << /XObject << /X %d 0 R >> >>" % (6 + i))
        for i in range(depth)
    ]
    return raw(_stream(b"/X Do"), b"<< /XObject << /X 5 0 R >> >>", *inner, last)


def deep_tree(depth: int = 20_000) -> bytes:
    """A page below so many nodes that a reader which calls itself runs out of stack."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    for i in range(depth):
        parts.append(b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (i + 3))
    parts.append(b"<< /Type /Page /MediaBox [0 0 595 842] >>")
    return _file(parts)


def nested(depth: int = 100_000) -> bytes:
    """A page whose resources are an array in an array in an array."""
    return raw(_stream(b"q Q"), b"[" * depth + b"]" * depth)


def circle() -> bytes:
    """A page tree that contains itself, and again."""
    return _file(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 9 >>"]
    )


_HELVETICA = b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"


def raw(content: bytes, resources: bytes = b"<< >>", *more: bytes) -> bytes:
    """A one-page PDF by hand; further objects are numbered from 5."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        + resources
        + b" >>"
    )
    root = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    return _file([*root, page, content, *more])


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = [b"%PDF-1.7\n"], list[int]()
    at = len(body[0])
    for number, item in enumerate(objects, start=1):
        places.append(at)
        body.append(b"%d 0 obj\n%s\nendobj\n" % (number, item))
        at += len(body[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    body.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    body.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, at))
    return b"".join(body)


def _saved(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
